"""The label of a location: its code, read from across the aisle, and a square code for telephones."""

from pathlib import Path
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.codes import qr_picture
from apps.kernel.papers import pdf_of
from apps.sites.models import Location

PLACE: Final = Path(__file__).parent / "place.typ"


def place_pdf(location: Location, *, base: str) -> bytes:
    """Return the label of a location as PDF; ``base`` is the address of the bank's site.

    The same location is the same bytes.
    """
    address = base.rstrip("/") + reverse("stock_place_detail", args=[location.pk])
    title = _("Location %(code)s") % {"code": location.code}
    data = {
        "title": title,
        "code": location.code,
        "name": location.name,
        "site": location.site.name,
        "zone": str(Location.Zone(location.zone).label),
        "purpose": str(location.get_purpose_display()),
    }
    picture = qr_picture(address, alt=_("QR code of location %(code)s") % {"code": location.code})
    return pdf_of(PLACE, data, title=title, at=location.updated_at, pictures={"qr": picture})
