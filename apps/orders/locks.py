"""Row locks of the stage. Order of locks across the outflow: order, then picking list, then stock."""

from uuid import UUID

from apps.orders.models import Order


def order_locked(order_id: UUID) -> Order:
    """Return an order as it stands now, held until the end of the transaction.

    Raises:
        Order.DoesNotExist: there is no such order.
    """
    return Order.objects.select_for_update(of=("self",)).select_related("partner", "site").get(pk=order_id)
