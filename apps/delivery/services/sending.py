"""Sending a delivery note to its partner by e-mail: once for each asking, told in the note's history."""

from uuid import UUID

from django.db import transaction

from apps.delivery.abilities import abilities
from apps.delivery.facts import NoteMailed
from apps.delivery.models import DeliveryNote
from apps.delivery.selectors import language_read_at
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import history_of, write_entry

MAILED = "mailed"


@transaction.atomic
def note_mail(actor: Actor, *, note: DeliveryNote, email: str, base: str, op_key: UUID) -> DeliveryNote:
    """Send a note to an address after the commit; sent again with the same ``op_key``, it goes once.

    ``base`` is the address of the bank's site, which the QR code leads to.
    """
    require(abilities(actor, note), "mail")
    if not history_of(note).filter(pk=op_key).exists():
        write_entry(actor, note, MAILED, changes={"email": [None, email]}, entry_id=op_key)
        emit(NoteMailed(note_id=note.pk, email=email, base=base, language=language_read_at(email)))
    return note
