"""What of the orders is found in the search box: by number, charity and day; a charity finds its own."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.search import Reach, Searched, every_when, own
from apps.orders.abilities import abilities
from apps.orders.models import Order


def _reach(actor: Actor) -> Reach | None:
    allowed = abilities(actor)
    if "view_own" in allowed and "view_all" not in allowed:
        return own(actor.partner_id)
    return every_when(allowed="view_all" in allowed)


SEARCHED: Final = (
    Searched(
        model=Order,
        title=_("Orders"),
        icon="clipboard-list",
        source=(
            "SELECT r.id, 'orders.order', partner.name, r.number, '',"
            " to_char(r.wanted_on, 'YYYY MM DD'), ARRAY[]::text[], r.partner_id, r.created_at, false"
            " FROM %1$I.orders_order AS r JOIN %1$I.partners_partner AS partner ON partner.id = r.partner_id"
        ),
        columns=("number", "partner_id", "wanted_on"),
        follows={"partners_partner": "partner_id"},
        reach=_reach,
        page="orders_order_detail",
        own_page="orders_mine_detail",
        is_paper=True,
    ),
)
