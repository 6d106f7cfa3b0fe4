"""Pictures that people send: opened within bounds, turned upright, and written anew before we keep them."""

import io
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from apps.kernel.display import number, size
from apps.kernel.errors import DomainError

FORMATS: Final = ("JPEG", "PNG", "WEBP")
PIXELS_MOST: Final = 50_000_000
"""The largest photographs of telephones; a small file may unpack to far more."""
BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
MEGAPIXEL: Final = 1_000_000
JPEG_QUALITY: Final = 82
"""Good enough to read a label, a tenth of what a telephone writes."""


class PictureRefused(DomainError):
    """A picture that we do not look at: too large, or no picture at all."""

    code = "picture_refused"


def opened_picture(content: bytes, *, field: str = "file") -> Image.Image:
    """Open a photograph, upright; its pixels are unpacked only when their number is known to be bearable.

    Raises:
        PictureRefused: it is empty, too large, damaged, or neither JPEG, PNG nor WebP.
    """
    if len(content) > settings.FILE_BYTES_MOST:
        most = size(settings.FILE_BYTES_MOST)
        message = _("This picture is too large: at most %(most)s.")
        raise PictureRefused(message, code="picture_too_large", field=field, params={"most": most})
    try:
        return _unpacked(content, field)
    except (OSError, SyntaxError, ValueError, *BOMBS) as error:
        message = _("This picture cannot be read. Take it again, as a JPEG or a PNG.")
        raise PictureRefused(message, field=field) from error


def _unpacked(content: bytes, field: str) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > PIXELS_MOST:
        message = _("This picture has too many pixels: at most %(most)s million.")
        most = number(PIXELS_MOST // MEGAPIXEL)
        raise PictureRefused(message, code="picture_too_large", field=field, params={"most": most})
    picture.load()
    return ImageOps.exif_transpose(picture)


def png_anew(content: bytes, *, side_most: int, field: str = "file") -> bytes:
    """Write a picture anew as a small PNG: what a sender hid in the file is gone.

    Raises:
        PictureRefused: it is empty, too large, damaged, or neither JPEG, PNG nor WebP.
    """
    picture = opened_picture(content, field=field).convert("RGBA")
    picture.thumbnail((side_most, side_most))
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def jpeg_anew(content: bytes, *, side_most: int, field: str = "file") -> bytes:
    """Write a photograph anew as a small JPEG: where and when it was taken, and with what, is gone.

    Raises:
        PictureRefused: it is empty, too large, damaged, or neither JPEG, PNG nor WebP.
    """
    picture = opened_picture(content, field=field).convert("RGB")
    picture.thumbnail((side_most, side_most))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return kept.getvalue()
