"""Which fact moves what, on one screen.

``inside``: the reaction commits or fails with its cause. ``later``: a row of the outbox, delivered at
least once after the commit, to a handler that is idempotent.
"""

from apps.delivery import handlers as delivery
from apps.delivery.facts import GoodsDelivered
from apps.kernel import facts
from apps.kernel.facts import Reactions, Wiring
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.orders.facts import OrderCancelled, OrderConfirmed
from apps.receiving import handlers as receiving
from apps.receiving.facts import GoodsReceived
from apps.rounds import handlers as rounds
from apps.rounds.facts import GoodsCollected, StopMissed
from apps.stock import handlers as stock
from apps.stock.facts import LotBlocked
from collecto import metrics
from tenants.network import handlers as network
from tenants.outbox.hints import hint

WIRING: Wiring = {
    OfferAccepted: Reactions(inside=(rounds.on_offer_accepted,), later=(network.on_offer_accepted,)),
    OfferDeclined: Reactions(later=(network.on_offer_declined,)),
    GoodsCollected: Reactions(inside=(receiving.on_goods_collected,)),
    StopMissed: Reactions(),
    GoodsReceived: Reactions(inside=(stock.on_goods_received,)),
    LotBlocked: Reactions(),
    OrderConfirmed: Reactions(inside=(delivery.on_order_confirmed, metrics.on_order_confirmed)),
    OrderCancelled: Reactions(inside=(delivery.on_order_cancelled,)),
    GoodsDelivered: Reactions(),
}


def install() -> None:
    """Connect the table to the kernel."""
    facts.connect(WIRING, hint=hint)
