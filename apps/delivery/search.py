"""What of the delivery is found in the search box: notes, by the number of their order too."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.delivery.abilities import abilities
from apps.delivery.models import DeliveryNote
from apps.kernel.abilities import Actor
from apps.kernel.search import Reach, Searched, every_when, own


def _reach(actor: Actor) -> Reach | None:
    allowed = abilities(actor)
    if "view_own_notes" in allowed and "view" not in allowed:
        return own(actor.partner_id)
    return every_when(allowed="view_notes" in allowed)


SEARCHED: Final = (
    Searched(
        model=DeliveryNote,
        title=_("Delivery notes"),
        icon="file-text",
        source=(
            "SELECT r.id, 'delivery.deliverynote', partner.name, r.number, r.received_by, ordered.number,"
            " ARRAY[]::text[], r.partner_id, r.delivered_at, false FROM %1$I.delivery_deliverynote AS r"
            " JOIN %1$I.partners_partner AS partner ON partner.id = r.partner_id"
            " JOIN %1$I.delivery_pickinglist AS picking ON picking.id = r.picking_list_id"
            " JOIN %1$I.orders_order AS ordered ON ordered.id = picking.order_id"
        ),
        columns=("number", "partner_id", "received_by", "delivered_at"),
        follows={"partners_partner": "partner_id"},
        reach=_reach,
        page="delivery_note_detail",
        is_paper=True,
    ),
)
