"""Labels of pallets on paper: bars and a square code for scanners, large words for people in the cold."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import PUBLIC_PROGRAMMES
from apps.kernel import clock
from apps.kernel.codes import CodeRefused, code128_picture, gs1_picture, qr_picture, sscc_picture
from apps.kernel.display import number, paper_day
from apps.kernel.errors import Text
from apps.kernel.gs1 import (
    Element,
    bracketed,
    count_element,
    date_element,
    lot_element,
    weight_element,
)
from apps.kernel.papers import Picture, pdf_of
from apps.kernel.quantity import format_kg
from apps.sites.models import Letterhead
from apps.sites.papers import head_of, letterhead_parts
from apps.stock.models import Lot, Pallet
from apps.stock.rules import is_past_best_before, zone_of
from apps.stock.states import LabelPaper

LABEL: Final = Path(__file__).parent / "label.typ"
ROOM_MM: Final = 103.0
"""Width for bars: the quiet zones on both sides may reach into the margins of the label."""
NUMBER_MM: Final = 20.0
CONTENT_MM: Final = 8.0
"""Height of the bars of the number, and of those that say what the pallet holds."""
ROWS_MOST: Final = 2
DATE_IDENTIFIERS: Final = {DateKind.USE_BY: "17", DateKind.BEST_BEFORE: "15"}


def labels_pdf(pallets: Sequence[Pallet], *, paper: LabelPaper, base: str) -> bytes:
    """Return the labels of pallets as PDF; read them with ``pallets_listed``.

    ``base`` is the address of the bank's site, for the QR code. The same pallets are the same bytes.
    """
    data, pictures = labels_in_words(pallets, paper=paper, base=base)
    at = max(pallet.created_at for pallet in pallets)
    return pdf_of(LABEL, data, title=data["title"], at=at, pictures=pictures)


def labels_in_words(
    pallets: Sequence[Pallet], *, paper: LabelPaper, base: str
) -> tuple[dict[str, Any], dict[str, Picture]]:
    """Return what the template is handed: the words of the labels, the logo and their codes."""
    letterhead, pictures = letterhead_parts()
    labels = []
    for pallet in pallets:
        rows = content_rows(pallet)
        pictures |= _codes(pallet, base, [picture for picture, _said in rows])
        labels.append(_in_words(pallet, letterhead, [said for _picture, said in rows]))
    title = ngettext("%(count)s pallet label", "%(count)s pallet labels", len(labels))
    data = {
        "title": title % {"count": number(len(labels))},
        "head": head_of(letterhead),
        "sheet": paper == LabelPaper.A4,
        "labels": labels,
    }
    return data, pictures


def file_name(pallets: Sequence[Pallet]) -> str:
    """Return the name under which labels are saved."""
    return f"{pallets[0].number}.pdf"


def content_rows(pallet: Pallet) -> list[tuple[Picture, str]]:
    """Return the symbols that say what the pallet holds, each with the text under it, at most two.

    GS1 lets them speak of an article and its number of units only, so there are none where either is
    unknown; what has no room in bars stands on the label in words.
    """
    rows: list[list[Element]] = []
    for element in _elements(pallet):
        longer = [*rows[-1], element] if rows else [element]
        if rows and _is_narrow_enough(longer):
            rows[-1] = longer
        elif _is_narrow_enough([element]):
            rows.append([element])
    words = _("Bars: what the pallet holds, %(content)s")
    return [
        (_content(row, alt=words % {"content": bracketed(row)}), bracketed(row)) for row in rows[:ROWS_MOST]
    ]


def _content(row: Sequence[Element], *, alt: str) -> Picture:
    return gs1_picture(row, alt=alt, room_mm=ROOM_MM, height_mm=CONTENT_MM)


def _elements(pallet: Pallet) -> list[Element]:
    """Return what the bars say besides the number, the most telling first."""
    lot = pallet.lot
    if lot.product is None or not lot.product.gtin or pallet.unit_count is None:
        return []
    found: list[Element | None] = [
        ("02", lot.product.gtin.zfill(14)),
        count_element(pallet.unit_count),
        _date_element(lot),
        weight_element(pallet.grams),
        lot_element(lot.supplier_lot),
    ]
    return [element for element in found if element is not None]


def _date_words(lot: Lot, kind: DateKind) -> Text:
    """Return what the date means; a best-before date that has passed today says so."""
    passed = is_past_best_before(lot.date_kind, lot.expires_on, on=clock.today())
    return _("Best before passed") if passed else kind.label


def _date_element(lot: Lot) -> Element | None:
    identifier = DATE_IDENTIFIERS.get(DateKind(lot.date_kind))
    return date_element(identifier, lot.expires_on) if identifier and lot.expires_on else None


def _is_narrow_enough(row: Sequence[Element]) -> bool:
    try:
        _content(row, alt="")
    except CodeRefused:
        return False
    return True


def _codes(pallet: Pallet, base: str, rows: Iterable[Picture]) -> dict[str, Picture]:
    address = base.rstrip("/") + reverse("stock_pallet_detail", args=[pallet.pk])
    alt = _("QR code of pallet %(number)s") % {"number": pallet.number}
    return {
        **_number_bars(pallet),
        f"qr-{pallet.pk}": qr_picture(address, alt=alt),
        **{f"content-{place}-{pallet.pk}": picture for place, picture in enumerate(rows)},
    }


def _number_bars(pallet: Pallet) -> dict[str, Picture]:
    """Return the bars of the number; a number too long for them stands in words, and in the square code."""
    bars = sscc_picture if pallet.is_sscc else code128_picture
    words = _("Bars: pallet %(number)s") % {"number": pallet.number}
    try:
        drawn = bars(pallet.number, alt=words, room_mm=ROOM_MM, height_mm=NUMBER_MM)
    except CodeRefused:
        return {}
    return {f"bars-{pallet.pk}": drawn}


def _in_words(pallet: Pallet, letterhead: Letterhead, content: Sequence[str]) -> dict[str, Any]:
    """Return what one label says, in the order it is read."""
    lot = pallet.lot
    kind = DateKind(lot.date_kind)
    is_dated = kind is not DateKind.NONE and lot.expires_on is not None
    return {
        "goods": lot.label,
        "family": "" if str(lot.family) == lot.label else str(lot.family),
        "date-kind": str(_date_words(lot, kind)) if is_dated else _("No date"),
        "date": paper_day(lot.expires_on) if is_dated and lot.expires_on else "",
        "is-use-by": kind is DateKind.USE_BY,
        "temperature": str(TemperatureClass(lot.temperature_class).label),
        "is-cold": zone_of(lot.temperature_class) != "AMBIENT",
        "weight": format_kg(pallet.grams),
        "first": _told(
            [
                (_("Lot"), lot.number),
                (_("Maker’s lot"), lot.supplier_lot),
                (_("Units"), "" if pallet.unit_count is None else number(pallet.unit_count)),
                (_("Packed as"), lot.packed(pallet.grams)),
            ]
        ),
        "facts": _facts(pallet, letterhead),
        "qr": f"qr-{pallet.pk}",
        "bars": f"bars-{pallet.pk}",
        "bars-words": f"(00) {_spaced(pallet.number)}" if pallet.is_sscc else pallet.number,
        "bars-name": "SSCC" if pallet.is_sscc else _("Pallet number of the bank"),
        "content": [[f"content-{place}-{pallet.pk}", said] for place, said in enumerate(content)],
    }


def _facts(pallet: Pallet, letterhead: Letterhead) -> list[list[str]]:
    lot = pallet.lot
    programme = lot.supply_source in PUBLIC_PROGRAMMES
    facts = [
        (_("Product frozen on"), paper_day(lot.frozen_on) if lot.frozen_on else ""),
        (_("Allergens"), lot.allergens),
        (_("Received on"), paper_day(lot.received_on)),
        (_("Programme"), str(lot.get_supply_source_display()) if programme else ""),
        (_("Campaign"), lot.campaign),
        (_("Quality"), _("Organic") if lot.is_organic else ""),
        (_("Donor"), lot.donor_label if letterhead.labels_name_donor else ""),
    ]
    return _told(facts)


def _told(facts: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the facts of which something is known."""
    return [[label, value] for label, value in facts if value]


def _spaced(sscc: str) -> str:
    """Return an SSCC in groups that can be read aloud."""
    return f"{sscc[0]} {sscc[1:8]} {sscc[8:17]} {sscc[17]}"
