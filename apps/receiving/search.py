"""What of the receipts is found in the search box: by number, donor and campaign."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.search import Searched, every_when
from apps.receiving.abilities import abilities
from apps.receiving.models import GoodsReceipt

SEARCHED: Final = (
    Searched(
        model=GoodsReceipt,
        title=_("Receipts"),
        icon="package-check",
        source=(
            "SELECT r.id, 'receiving.goodsreceipt', donor.name, coalesce(r.number, ''), '',"
            " r.campaign, ARRAY[]::text[], NULL::uuid, r.created_at, false"
            " FROM %1$I.receiving_goodsreceipt AS r"
            " JOIN %1$I.donors_donor AS donor ON donor.id = r.donor_id"
        ),
        columns=("number", "donor_id", "campaign"),
        follows={"donors_donor": "donor_id"},
        reach=lambda actor: every_when(allowed="view" in abilities(actor)),
        page="receiving_receipt_detail",
        is_paper=True,
    ),
)
