"""A donor's declaration link on paper: what it is for, a code to scan, until when it is good."""

import datetime as dt
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.codes import qr_picture
from apps.kernel.display import paper_day
from apps.kernel.papers import Picture, pdf_of
from apps.sites.papers import head_of, letterhead_parts, page_words

SHEET: Final = Path(__file__).parent / "link.typ"


def link_code(name: str, address: str) -> Picture:
    """Return the QR code of the declaration link of a donor."""
    return qr_picture(address, alt=_("QR code of the declaration link of %(donor)s") % {"donor": name})


def link_pdf(name: str, *, address: str, good_until: dt.datetime) -> bytes:
    """Return the sheet that a donor hangs up in the stockroom, under the letterhead of the open bank."""
    letterhead, pictures = letterhead_parts()
    data = {
        "head": head_of(letterhead),
        "page": page_words(),
        "donor": name,
        "title": _("Food to give?"),
        "steps": [
            _("Scan this code with a telephone."),
            _("Say what there is, how much, until when."),
            _("The nearest food bank answers, and a driver comes."),
        ],
        "until": _("Good until %(day)s.") % {"day": paper_day(clock.day_of(good_until))},
        "warning": _(
            "This code is for %(donor)s alone. If it got into wrong hands, call us: it is replaced at once."
        )
        % {"donor": name},
        "address": address,
    }
    shown = {**pictures, "code": link_code(name, address)}
    return pdf_of(
        SHEET,
        data,
        title=_("Declaration link of %(donor)s") % {"donor": name},
        at=clock.now(),
        pictures=shown,
    )
