"""What of the partners is found in the search box: the charities and their papers, each its own alone."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.models import StoredFile
from apps.kernel.search import Reach, Searched, every_when, own
from apps.partners.abilities import abilities
from apps.partners.models import Partner


def _reach(actor: Actor) -> Reach | None:
    allowed = abilities(actor)
    if "view_own" in allowed and "view" not in allowed:
        return own(actor.partner_id)
    return every_when(allowed="view" in allowed)


SEARCHED: Final = (
    Searched(
        model=Partner,
        title=_("Partners"),
        icon="handshake",
        source=(
            "SELECT r.id, 'partners.partner', r.name, r.code, r.city,"
            " concat_ws(' ', r.address, r.postcode, r.contact_name, r.email), ARRAY[r.phone], r.id,"
            " r.created_at, r.archived_at IS NOT NULL FROM %1$I.partners_partner AS r"
        ),
        columns=(
            "name", "code", "city", "address", "postcode", "contact_name", "email", "phone", "archived_at",
        ),
        reach=_reach,
        page="partners_partner_detail",
    ),
    Searched(
        model=StoredFile,
        title=_("Documents"),
        icon="paperclip",
        source=(
            "SELECT r.id, 'kernel.storedfile', r.name, '', partner.name, '', ARRAY[]::text[], r.partner_id,"
            " r.created_at, r.archived_at IS NOT NULL FROM (SELECT file.*, about.partner_id"
            " FROM %1$I.kernel_storedfile AS file JOIN ("
            "SELECT id, partner_id, 'partners.agreement' AS kind FROM %1$I.partners_agreement UNION ALL"
            " SELECT id, partner_id, 'partners.hygienevisit' FROM %1$I.partners_hygienevisit"
            ") AS about ON about.id = file.record_id AND about.kind = file.record_kind) AS r"
            " JOIN %1$I.partners_partner AS partner ON partner.id = r.partner_id"
        ),
        columns=("name", "record_id", "archived_at"),
        follows={"partners_partner": "partner_id"},
        reach=_reach,
        page="file_open",
        is_paper=True,
    ),
)  # fmt: skip
