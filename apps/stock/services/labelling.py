"""Pallets get their number and their label."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.codes import sscc_of
from apps.kernel.history import records_save
from apps.kernel.numbering import next_numbers, next_serials
from apps.sites.selectors import letterhead_now
from apps.stock import errors, rules
from apps.stock.abilities import abilities
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Lot, Pallet
from apps.stock.selectors import label_weights, only_places

OWN_KIND: Final = "PAL"
LABELS_MOST: Final = 50
"""Labels of one act: what one PDF holds in a second or so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPallets:
    """So many pallets of a lot; ``grams`` and ``unit_count`` are shared out evenly between them.

    Without ``grams`` they are what of the lot no label speaks of yet, else all of it in stock.
    """

    lot: Lot
    count: int
    grams: int | None = None
    unit_count: int | None = None


@retrying
@transaction.atomic
def labels_print(
    actor: Actor,
    *,
    op_key: UUID,
    new: Sequence[NewPallets] = (),
    again: Collection[Pallet] = (),
) -> list[Pallet]:
    """Number new pallets, and note that labels are printed again under the numbers they have.

    Returns the pallets to print, by number: a repeat of the act returns the same, and numbers nothing.

    Raises:
        Forbidden: the role does not allow it.
        NoLabel, TooManyLabels: nothing to print, or more than ``LABELS_MOST``.
        MoreThanInStock, TooLightToShare: a lot does not have as much as its labels would say.
        CodeRefused: every number of the GS1 prefix has been given.
    """
    require(abilities(actor), "label")
    wanted = [each for each in new if each.count > 0]
    if not wanted and not again:
        raise errors.NoLabel
    if sum(each.count for each in wanted) + len(again) > LABELS_MOST:
        raise errors.TooManyLabels(LABELS_MOST)
    locked = lock_lots([each.lot.pk for each in wanted] + [pallet.lot_id for pallet in again])
    made = list(Pallet.objects.filter(lot__in=locked, op_key=op_key))
    if wanted and not made:
        made = _numbered(actor, op_key, wanted)
    return sorted([*made, *_printed_again(actor, op_key, again)], key=lambda pallet: pallet.number)


def _numbered(actor: Actor, op_key: UUID, wanted: Sequence[NewPallets]) -> list[Pallet]:
    weights = label_weights([each.lot.pk for each in wanted])
    parts = []
    for each in wanted:
        weight = weights[each.lot.pk]
        grams = each.grams or weight.unlabelled_grams or weight.stock_grams
        if grams > weight.stock_grams:
            raise errors.MoreThanInStock(each.lot.number, weight.stock_grams)
        parts += _shared_out(each, grams)
    is_sscc, numbers = _numbers(len(parts))
    places = only_places([each.lot.pk for each in wanted])
    pallets = [
        Pallet(
            number=number,
            is_sscc=is_sscc,
            op_key=op_key,
            print_key=op_key,
            lot=lot,
            grams=grams,
            unit_count=units,
            location_id=places.get(lot.pk),
        )
        for number, (lot, grams, units) in zip(numbers, parts, strict=True)
    ]
    records_save(actor, pallets, action="created")
    return pallets


def _shared_out(wanted: NewPallets, grams: int) -> list[tuple[Lot, int, int | None]]:
    if grams < wanted.count:
        raise errors.TooLightToShare(wanted.lot.number, field="grams")
    if wanted.unit_count is not None and wanted.unit_count < wanted.count:
        raise errors.TooLightToShare(wanted.lot.number, field="unit_count")
    weights = rules.shares(grams, wanted.count)
    units: list[int | None] = [None] * wanted.count
    if wanted.unit_count is not None:
        units = list(rules.shares(wanted.unit_count, wanted.count))
    return [(wanted.lot, weight, count) for weight, count in zip(weights, units, strict=True)]


def _numbers(count: int) -> tuple[bool, list[str]]:
    """Return whether the next numbers are SSCCs, and the numbers; each prefix has a series of its own."""
    prefix = letterhead_now().gs1_prefix
    if not prefix:
        return False, next_numbers(OWN_KIND, count)
    serials = next_serials(f"SSCC-{prefix}", count)
    return True, [sscc_of(prefix=prefix, serial=serial) for serial in serials]


def _printed_again(actor: Actor, op_key: UUID, again: Collection[Pallet]) -> list[Pallet]:
    """Count one more print of each pallet, read anew now that its lot is locked."""
    pallets = list(Pallet.objects.filter(pk__in=[pallet.pk for pallet in again]).select_related("lot"))
    fresh = [pallet for pallet in pallets if pallet.print_key != op_key]
    for pallet in fresh:
        pallet.print_count += 1
        pallet.print_key = op_key
    records_save(actor, fresh, action="reprinted")
    return pallets
