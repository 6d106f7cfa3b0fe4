"""Row locks of the stage: the order first, then its picking list, as everywhere in the outflow."""

from uuid import UUID

from apps.delivery.models import PickingList
from apps.orders.locks import order_locked


def picking_locked(order_id: UUID) -> PickingList:
    """Return the picking list of an order as it stands now, both held until the transaction ends.

    Raises:
        PickingList.DoesNotExist: the order has none.
    """
    order = order_locked(order_id)
    picking = PickingList.objects.select_for_update(of=("self",)).get(order_id=order_id)
    picking.order = order
    return picking
