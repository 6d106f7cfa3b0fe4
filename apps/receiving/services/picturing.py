"""Photographs of goods at the dock: kept small, without what the telephone hid in them."""

from hashlib import sha256
from typing import Final
from uuid import uuid5

from django.core.files.base import ContentFile
from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.files import file_store, files_about
from apps.kernel.models import StoredFile
from apps.kernel.pictures import jpeg_anew
from apps.receiving.abilities import abilities
from apps.receiving.errors import TooManyPhotos
from apps.receiving.models import GoodsReceipt, ReceiptLine

SIDE_MOST: Final = 1_600
"""Pixels of the longer side: a label stays readable."""
PHOTOS_MOST: Final = 6
"""Photographs of one line."""


@transaction.atomic
def line_photograph(
    actor: Actor, *, receipt: GoodsReceipt, line: ReceiptLine, content: bytes, name: str
) -> StoredFile:
    """Keep a photograph of goods of a receipt; the same one sent twice is kept once.

    Raises:
        Forbidden: this person does not receive goods.
        PictureRefused: it is no picture, or too large.
        TooManyPhotos: the line has as many as it may.
    """
    require(abilities(actor, receipt), "post")
    key = uuid5(line.pk, sha256(content).hexdigest())
    ReceiptLine.objects.select_for_update(of=("self",), no_key=True).get(pk=line.pk)
    known = files_about([line])
    if not known.filter(pk=key).exists() and known.count() >= PHOTOS_MOST:
        raise TooManyPhotos(most=PHOTOS_MOST)
    small = ContentFile(jpeg_anew(content, side_most=SIDE_MOST, field="photo"))
    return file_store(actor, record=line, content=small, name=name, op_key=key)
