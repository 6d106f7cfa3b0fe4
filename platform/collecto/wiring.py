"""Which fact moves what, on one screen.

``inside``: the reaction commits or fails with its cause. ``later``: a row of the outbox, delivered at
least once after the commit, to a handler that is idempotent.
"""

from apps.delivery.facts import GoodsDelivered
from apps.kernel import facts
from apps.kernel.facts import Reactions, Wiring
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.orders.facts import OrderCancelled, OrderConfirmed
from apps.receiving.facts import GoodsReceived
from apps.rounds.facts import GoodsCollected, StopMissed
from apps.stock import handlers as stock
from apps.stock.facts import LotBlocked
from tenants.outbox.delivery import hint

WIRING: Wiring = {
    OfferAccepted: Reactions(),
    OfferDeclined: Reactions(),
    GoodsCollected: Reactions(),
    StopMissed: Reactions(),
    GoodsReceived: Reactions(inside=(stock.on_goods_received,)),
    LotBlocked: Reactions(),
    OrderConfirmed: Reactions(),
    OrderCancelled: Reactions(),
    GoodsDelivered: Reactions(),
}


def install() -> None:
    """Connect the table to the kernel."""
    facts.connect(WIRING, hint=hint)
