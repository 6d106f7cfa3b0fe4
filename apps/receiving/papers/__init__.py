"""Receipt notes on paper: what arrived, what the control found, what was accepted and what was not."""

from pathlib import Path
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.catalogue.states import TemperatureClass
from apps.kernel.codes import qr_picture
from apps.kernel.display import NOTHING, hour, moment, number, paper_date, paper_day
from apps.kernel.papers import Picture, pdf_of
from apps.kernel.quantity import format_kg
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.selectors import parties_of
from apps.sites.papers import head_of, letterhead_parts, page_words

NOTE: Final = Path(__file__).parent / "note.typ"


def receipt_pdf(receipt: GoodsReceipt, *, base: str) -> bytes:
    """Return the note of a posted receipt as PDF; read it with ``receipts_with_lines``.

    ``base`` is the address of the bank's site, for the QR code. The same receipt is the same bytes.
    """
    data, pictures = receipt_in_words(receipt, base=base)
    return pdf_of(
        NOTE, data, title=data["title"], at=receipt.posted_at or receipt.updated_at, pictures=pictures
    )


def receipt_in_words(receipt: GoodsReceipt, *, base: str) -> tuple[dict[str, Any], dict[str, Picture]]:
    """Return what the template is handed: the words of the note, the logo and its code."""
    letterhead, pictures = letterhead_parts()
    parties = parties_of(receipt)
    title = _("Receipt note %(number)s") % {"number": receipt.number}
    lines = list(receipt.lines.all())
    address = base.rstrip("/") + reverse("receiving_receipt_detail", args=[receipt.pk])
    alt = _("QR code of receipt %(number)s") % {"number": receipt.number}
    data = {
        "head": head_of(letterhead, legal=parties["issuer"]),
        "page": page_words(),
        "number": receipt.number,
        "title": title,
        "qr-words": _("This receipt on screen"),
        "facts": _facts(receipt, parties),
        "heads": _heads(),
        "rows": [_row(line) for line in lines],
        "total": [_("Total"), "", "", "", *_weights(lines), ""],
        "comment": receipt.comment,
        "remark": _("Keep this note for five years."),
        "signatures": [
            [_("Signature of the donor or carrier"), ""],
            [_("Signature of the food bank"), receipt.received_by],
        ],
    }
    return data, {**pictures, "qr": qr_picture(address, alt=alt)}


def file_name(receipt: GoodsReceipt) -> str:
    """Return the name under which a note is saved."""
    return f"{receipt.number}.pdf"


def _facts(receipt: GoodsReceipt, parties: dict[str, Any]) -> list[list[str]]:
    donor, site = parties["donor"], parties["site"]
    stop = receipt.stop
    fetched = f"{moment(stop.done_at)}, {stop.done_by}" if stop and stop.done_at else ""
    day = paper_day(receipt.received_on) if receipt.received_on else ""
    when = f"{day}, {hour(receipt.posted_at)}" if receipt.posted_at else day
    facts = [
        (_("Donor"), ", ".join(filter(None, [f"{donor['name']} ({donor['code']})", donor["address"]]))),
        (_("Received at"), ", ".join(filter(None, [site["name"], site["address"]]))),
        (_("Received on"), when),
        (_("Received by"), receipt.received_by),
        (_("Supply source"), str(receipt.get_supply_source_display())),
        (_("Campaign"), receipt.campaign),
        (_("Picked up"), fetched),
        (_("Round"), str(stop.round or "") if stop else ""),
    ]
    return [[label, value] for label, value in facts if value]


def _heads() -> list[str]:
    return [
        _("Goods"),
        _("Lot"),
        _("Date"),
        _("Measured"),
        pgettext("weight", "Accepted"),
        pgettext("weight", "Refused"),
        _("Control"),
    ]


def _row(line: ReceiptLine) -> list[list[str]]:
    """Return the cells of a line, each in a word or two with what else there is to say under it."""
    lot = line.lot.number if hasattr(line, "lot") else NOTHING
    refused = str(line.get_refusal_reason_display()) if line.refused_grams else ""
    measured = NOTHING if line.temperature_c is None else f"{number(line.temperature_c, decimals=1)} °C"
    expected = _("%(weight)s expected") % {"weight": format_kg(line.expected_grams)}
    return [
        [line.label, "" if line.product else _("(mixed)")],
        [lot, line.supplier_lot],
        [paper_date(line.date_kind, line.expires_on), line.short_date_reason],
        [measured, str(TemperatureClass(line.temperature_class).label)],
        [format_kg(line.accepted_grams), expected if line.expected_grams else ""],
        [format_kg(line.refused_grams), refused],
        [str(line.get_verdict_display()) or NOTHING, str(line.location or "")],
    ]


def _weights(lines: list[ReceiptLine]) -> list[str]:
    return [
        format_kg(sum(line.accepted_grams for line in lines)),
        format_kg(sum(line.refused_grams for line in lines)),
    ]
