"""The letterhead as papers show it, and a sample of it for who sets it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.kernel.files import chunks_of, is_kept
from apps.kernel.papers import Picture, png_of
from apps.kernel.quantity import format_kg
from apps.sites.models import Letterhead
from apps.sites.selectors import letterhead_now, logo_of

SAMPLE: Final = Path(__file__).parent / "sample.typ"
PREVIEW_PPI: Final = 96


def head_of(letterhead: Letterhead, *, legal: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the letterhead in words; ``legal``: who the bank was when the paper was issued."""
    who = {**{name: getattr(letterhead, name) for name in Letterhead.LEGAL}, **(legal or {})}
    town = f"{who['postcode']} {who['city']}".strip()
    place = ", ".join(filter(None, [who["address"], town]))
    contact = " · ".join(filter(None, [letterhead.phone, letterhead.email]))
    return {
        "legal_name": who["legal_name"],
        "opening": letterhead.opening,
        "lines": list(filter(None, [place, contact])) or [""],
        "footer": list(filter(None, [_numbers(who), letterhead.footer])) or [""],
        "colour": letterhead.colour,
        "accent": letterhead.accent,
    }


def page_words() -> str:
    """Return how a page says its number, for the template to fill in."""
    return _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"}


def logo_pictures(letterhead: Letterhead) -> dict[str, Picture]:
    """Return the logo for a paper, if the bank has one and the storage still holds it."""
    logo = logo_of(letterhead)
    if logo is None or not is_kept(logo):
        return {}
    words = _("Logo of %(bank)s") % {"bank": letterhead.legal_name}
    return {"logo": Picture(b"".join(chunks_of(logo)), "png", words)}


def letterhead_parts() -> tuple[Letterhead, dict[str, Picture]]:
    """Return the letterhead of the open bank and its logo."""
    letterhead = letterhead_now()
    return letterhead, logo_pictures(letterhead)


def sample_png(letterhead: Letterhead) -> bytes:
    """Return a picture of a paper under a letterhead that may not be saved yet."""
    data = {
        "head": head_of(letterhead),
        "page": page_words(),
        "reference": "BL-0000-00000",
        "title": _("Sample"),
        "facts": [[_("From"), letterhead.legal_name], [_("To"), _("A partner")]],
        "heads": [_("Goods"), _("Weight")],
        "rows": [[_("Carrots"), format_kg(120_500)], [_("Plain yoghurt"), format_kg(48_000)]],
        "signatures": [[_("Handed over by"), ""], [_("Received by"), ""]],
    }
    shown = logo_pictures(letterhead)
    return png_of(SAMPLE, data, title=_("Sample"), pictures=shown, ppi=PREVIEW_PPI)[0]


def _numbers(who: Mapping[str, str]) -> str:
    numbers = [("SIRET", who["siret"]), ("RNA", who["rna"])]
    return " · ".join(f"{name} {number}" for name, number in numbers if number)
