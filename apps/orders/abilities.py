"""Who may see, place, prepare and cancel orders."""

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.orders.models import Order
from apps.partners.models import Partner


def abilities(actor: Actor, obj: Order | Partner | None = None) -> Abilities:
    """Return what this person may do with orders, with one order, or with the orders of one partner.

    ``view_all``: the bank's list; ``view_own``: the charity's own; ``place`` and ``cancel``: manager,
    orders, and the charity for itself (``…_for_others``: whoever it is for); ``prepare``: whoever works
    in the warehouse.
    """
    runs_orders = actor.is_any(Role.MANAGER, Role.ORDERS)
    own = _is_own(actor, obj)
    return (
        verbs("view", "view_all", "history", when=actor.is_staff)
        | verbs("view", "view_own", when=own)
        | verbs("place", "cancel", when=runs_orders or own)
        | verbs("place_for_others", "cancel_for_others", when=runs_orders)
        | verbs("prepare", when=runs_orders or actor.is_any(Role.STOCK, Role.VOLUNTEER))
    )


def _is_own(actor: Actor, obj: Order | Partner | None) -> bool:
    """Tell whether the actor speaks for a charity, and the object belongs to that charity."""
    if Role.PARTNER not in actor.roles or actor.partner_id is None:
        return False
    if obj is None:
        return True
    return actor.partner_id == (obj.partner_id if isinstance(obj, Order) else obj.pk)
