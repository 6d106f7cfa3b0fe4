"""The state of an order as a chip."""

from apps.kernel.display import Chip, Tone
from apps.orders.models import Order
from apps.orders.states import OrderStatus

TONES = {
    OrderStatus.CONFIRMED: Tone.INFO,
    OrderStatus.PICKED: Tone.OK,
    OrderStatus.CANCELLED: Tone.DANGER,
}


def status_chip(order: Order) -> Chip:
    """Return the state of an order as a chip."""
    return Chip(order.get_status_display(), TONES.get(OrderStatus(order.status), Tone.NEUTRAL))
