"""What of the donors is found in the search box."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.donors.abilities import abilities
from apps.donors.models import Donor
from apps.kernel.search import Searched, every_when

SEARCHED: Final = (
    Searched(
        model=Donor,
        title=_("Donors"),
        icon="store",
        source=(
            "SELECT r.id, 'donors.donor', r.name, r.code, r.city,"
            " concat_ws(' ', r.address, r.postcode, r.contact_name, r.email), ARRAY[r.siret, r.phone],"
            " NULL::uuid, r.created_at, r.archived_at IS NOT NULL FROM %1$I.donors_donor AS r"
        ),
        columns=(
            "name", "code", "city", "address", "postcode", "contact_name", "email", "siret", "phone",
            "archived_at",
        ),
        reach=lambda actor: every_when(allowed="view" in abilities(actor)),
        page="donors_donor_detail",
    ),
)  # fmt: skip
