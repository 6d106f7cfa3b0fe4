"""Delivery notes on paper: what they say in words, one by one or a day's in one file."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalogue.states import TemperatureClass
from apps.delivery.models import DeliveryLine, DeliveryNote
from apps.delivery.selectors import Section, parties_of, sections_of
from apps.kernel.codes import qr_picture
from apps.kernel.display import hour, number, paper_date, paper_day
from apps.kernel.money import format_euros
from apps.kernel.papers import Picture, pdf_of
from apps.kernel.quantity import format_kg
from apps.kernel.templatetags.collecto import both
from apps.sites.models import Letterhead
from apps.sites.papers import head_of, letterhead_parts, page_words

NOTE: Final = Path(__file__).parent / "note.typ"


def note_pdf(note: DeliveryNote, *, base: str) -> bytes:
    """Return a delivery note as PDF; ``base`` is the address of the bank's site, for the QR code."""
    return notes_pdf([note], base=base)


def notes_pdf(notes: Sequence[DeliveryNote], *, base: str) -> bytes:
    """Return delivery notes one after the other; read them with ``notes_with_lines``.

    The same notes are the same bytes: the file is dated from the last of them.
    """
    data, pictures = notes_in_words(notes, base=base)
    at = max(note.delivered_at for note in notes)
    return pdf_of(NOTE, data, title=_title(notes), at=at, pictures=pictures)


def notes_in_words(notes: Sequence[DeliveryNote], *, base: str) -> tuple[dict[str, Any], dict[str, Picture]]:
    """Return what the template is handed: the words of the notes, the logo and their codes."""
    letterhead, pictures = letterhead_parts()
    codes = {_code_name(note): _code(note, base) for note in notes}
    words = {"page": page_words()}
    data = {"words": words, "notes": [_in_words(note, letterhead) for note in notes]}
    return data, {**pictures, **codes}


def file_name(note: DeliveryNote) -> str:
    """Return the name under which a note is saved."""
    return f"{note.number}.pdf"


def _title(notes: Sequence[DeliveryNote]) -> str:
    if len(notes) == 1:
        return _("Delivery note %(number)s") % {"number": notes[0].number}
    return ngettext("%(count)s delivery note", "%(count)s delivery notes", len(notes)) % {
        "count": number(len(notes))
    }


def _code_name(note: DeliveryNote) -> str:
    return f"qr-{note.pk}"


def _code(note: DeliveryNote, base: str) -> Picture:
    address = base.rstrip("/") + reverse("delivery_note_detail", args=[note.pk])
    return qr_picture(address, alt=_("QR code of delivery note %(number)s") % {"number": note.number})


def _in_words(note: DeliveryNote, letterhead: Letterhead) -> dict[str, Any]:
    """Return what one note says, from what it kept the day it was issued."""
    parties = parties_of(note)
    asks = note.contribution_cents > 0
    sections = sections_of(note.lines.all())
    return {
        "head": head_of(letterhead, legal=parties["issuer"]),
        "number": note.number,
        "title": _("Delivery note %(number)s") % {"number": note.number},
        "qr": _code_name(note),
        "qr-words": _("This note on screen"),
        "facts": _facts(note, parties),
        "asks": asks,
        "heads": _heads(asks=asks),
        "sections": [_section(section, asks=asks, on=note.delivered_on) for section in sections],
        "totals": _totals(note, sections, asks=asks),
        "remark": _remark(asks=asks),
        "signatures": [[_("Handed over by"), note.handed_over_by], [_("Received by"), note.received_by]],
    }


def _facts(note: DeliveryNote, parties: dict[str, Any]) -> list[list[str]]:
    site, partner = parties["site"], parties["partner"]
    when = f"{paper_day(note.delivered_on)}, {hour(note.delivered_at)}"
    facts = [
        [_("From"), f"{site['name']}, {site['address']}"],
        [_("To"), f"{partner['name']} ({partner['code']}), {partner['address']}"],
        [_("Delivered on"), when],
        [_("Order"), note.picking_list.order.number],
    ]
    degrees = (
        (_("Chilled goods at departure"), note.chilled_temperature_c),
        (_("Frozen goods at departure"), note.frozen_temperature_c),
    )
    return facts + [
        [label, f"{number(value, decimals=1)} °C"] for label, value in degrees if value is not None
    ]


def _heads(*, asks: bool) -> list[str]:
    heads = [_("Goods"), _("Lot"), _("Date"), _("Temperature"), _("Weight")]
    return [*heads, _("Solidarity contribution")] if asks else heads


def _section(section: Section, *, asks: bool, on: dt.date) -> dict[str, Any]:
    total = [_("Total"), "", "", "", format_kg(section.grams)]
    return {
        "title": section.title,
        "rows": [_row(line, asks=asks, on=on) for line in section.lines if isinstance(line, DeliveryLine)],
        "total": [*total, format_euros(section.contribution_cents)] if asks else total,
    }


def _row(line: DeliveryLine, *, asks: bool, on: dt.date) -> list[str]:
    row = [
        line.label,
        line.lot_words,
        paper_date(line.kept.date_kind, line.kept.expires_on, on=on),
        str(TemperatureClass(line.kept.temperature_class).label),
        both(line.grams, line),
    ]
    return [*row, format_euros(line.contribution_cents)] if asks else row


def _totals(note: DeliveryNote, sections: Sequence[Section], *, asks: bool) -> list[list[str]]:
    grams = sum(section.grams for section in sections)
    totals = [[_("Total weight"), format_kg(grams)]]
    if asks:
        totals.append([_("Solidarity contribution"), format_euros(note.contribution_cents)])
    return totals


def _remark(*, asks: bool) -> str:
    if not asks:
        return _("These goods are given free of charge.")
    return _(
        "The solidarity contribution takes part in the cost of logistics. European food and market "
        "withdrawals are free."
    )
