"""What of the stock is found in the search box: lots, by the maker's number too, and their pallets."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.search import Searched, every_when
from apps.stock.abilities import abilities
from apps.stock.models import Lot, Pallet

SEARCHED: Final = (
    Searched(
        model=Lot,
        title=_("Lots"),
        icon="boxes",
        source=(
            "SELECT r.id, 'stock.lot', r.label, r.number,"
            " coalesce(nullif(r.donor_label, ''), r.origin_bank_label), r.campaign, ARRAY[r.supplier_lot],"
            " NULL::uuid, r.created_at, false FROM %1$I.stock_lot AS r"
        ),
        columns=("number", "label", "donor_label", "origin_bank_label", "campaign", "supplier_lot"),
        reach=lambda actor: every_when(allowed="view" in abilities(actor)),
        page="stock_lot_detail",
        is_paper=True,
    ),
    Searched(
        model=Pallet,
        title=_("Pallets"),
        icon="barcode",
        source=(
            "SELECT r.id, 'stock.pallet', lot.label, r.number, lot.number, '', ARRAY[]::text[], NULL::uuid,"
            " r.created_at, false FROM %1$I.stock_pallet AS r JOIN %1$I.stock_lot AS lot ON lot.id = r.lot_id"
        ),
        columns=("number", "lot_id"),
        reach=lambda actor: every_when(allowed="view" in abilities(actor)),
        page="stock_pallet_detail",
        is_paper=True,
    ),
)
