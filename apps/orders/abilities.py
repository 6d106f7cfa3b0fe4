"""Who may see, place, prepare and cancel orders."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.orders.models import Order
from apps.partners.models import Partner


def abilities(actor: Actor, obj: Order | Partner | None = None) -> Abilities:
    """Return what this person may do with orders, with one order, or with the orders of one partner.

    ``freeze`` and ``revise``: whoever deals with goods that may not leave.
    ``view_all``: the bank's list; ``view_own``: the charity's own; ``place`` and ``cancel``: manager,
    orders, and the charity for itself (``…_for_others``: whoever it is for); ``prepare``: whoever works
    in the warehouse.
    """
    runs_orders = actor.is_any(Role.MANAGER, Role.ORDERS)
    own = _is_own(actor, obj)
    return (
        verbs("view", "view_all", "history", when=actor.is_staff)
        | verbs("view", "view_own", "history", when=own)
        | verbs("place", "cancel", when=runs_orders or own)
        | verbs("place_for_others", "cancel_for_others", when=runs_orders)
        | verbs("freeze", "revise", when=runs_orders or actor.is_any(Role.STOCK))
        | verbs("prepare", when=runs_orders or actor.is_any(Role.STOCK, Role.VOLUNTEER))
    )


def _is_own(actor: Actor, obj: Order | Partner | None) -> bool:
    """Tell whether the actor speaks for a charity, and the object belongs to that charity."""
    if Role.PARTNER not in actor.roles or actor.partner_id is None:
        return False
    if obj is None:
        return True
    return actor.partner_id == (obj.partner_id if isinstance(obj, Order) else obj.pk)


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See an order"),
    "view_all": _("See the list of all orders"),
    "view_own": _("See the list of one’s own orders"),
    "history": _("Read the history of an order"),
    "place": _("Place an order"),
    "cancel": _("Cancel an order"),
    "place_for_others": _("Place an order for a charity"),
    "cancel_for_others": _("Cancel the order of a charity"),
    "freeze": _("Freeze orders whose goods may not leave"),
    "revise": _("Replace or take out the frozen goods of an order"),
    "prepare": _("Prepare an order"),
}
"""What each verb lets do, in words."""
