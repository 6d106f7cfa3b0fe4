"""What of the offers is found in the search box: by number, donor and town."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.search import Searched, every_when
from apps.offers.abilities import abilities
from apps.offers.models import Offer

SEARCHED: Final = (
    Searched(
        model=Offer,
        title=_("Offers"),
        icon="package-plus",
        source=(
            "SELECT r.id, 'offers.offer', donor.name, r.number, r.city, '', ARRAY[]::text[], NULL::uuid,"
            " r.created_at, false FROM %1$I.offers_offer AS r"
            " JOIN %1$I.donors_donor AS donor ON donor.id = r.donor_id"
        ),
        columns=("number", "donor_id", "city"),
        follows={"donors_donor": "donor_id"},
        reach=lambda actor: every_when(allowed="view" in abilities(actor)),
        page="offers_offer_detail",
        is_paper=True,
    ),
)
