"""The origin of a lot: what travels with goods to another bank and never changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.donors.states import KEPT_APART, TRANSFORMATION
from apps.stock.errors import SourcesKeptApart
from apps.stock.models import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOrigin:
    """Everything a lot is born with, as plain values that another bank understands.

    ``family_code`` and ``product_ref`` are codes of the shared library; ``bank_id`` and ``lot_id`` name
    the bank that first received the goods and its lot.
    """

    bank_id: UUID
    bank_label: str
    lot_id: UUID
    family_code: str
    product_ref: str
    label: str
    temperature_class: str
    supply_source: str
    campaign: str
    donor_label: str
    received_on: dt.date
    date_kind: str
    expires_on: dt.date | None
    supplier_lot: str
    is_food: bool
    is_fresh: bool
    is_organic: bool
    value_cents_per_kg: int
    frozen_on: dt.date | None = None
    ingredients: str = ""
    allergens: str = ""


COPIED = (
    "label", "temperature_class", "supply_source", "campaign", "donor_label", "received_on", "date_kind",
    "expires_on", "supplier_lot", "is_food", "is_fresh", "is_organic", "value_cents_per_kg",
    "frozen_on", "ingredients", "allergens",
)  # fmt: skip
"""Fields that mean the same in every bank."""


def origin_of(lot: Lot, *, bank_id: UUID, bank_label: str) -> LotOrigin:
    """Return the origin of a lot of this bank; goods that came from elsewhere keep their first one."""
    return LotOrigin(
        bank_id=lot.origin_bank_id or bank_id,
        bank_label=lot.origin_bank_label or bank_label,
        lot_id=lot.origin_lot_id or lot.pk,
        family_code=lot.family.code,
        product_ref=lot.product.ref if lot.product else "",
        **{name: getattr(lot, name) for name in COPIED},
    )


def source_of(lots: Sequence[Lot]) -> str:
    """Return the supply source of what is made of some lots: theirs when they have one only.

    Raises:
        SourcesKeptApart: a public programme, or what stays free of charge, was mixed with something else.
    """
    apart = {(lot.supply_source, lot.campaign) for lot in lots}
    if len(apart) == 1:
        return lots[0].supply_source
    if any(source in KEPT_APART for source, _campaign in apart):
        raise SourcesKeptApart
    sources = {source for source, _campaign in apart}
    return sources.pop() if len(sources) == 1 else TRANSFORMATION
