"""Who may do what with the stock.

Reserving, releasing and handing over follow from orders and rounds, which check their own rights first:
here they are open to whoever can be behind such a document.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import BANK_STAFF, Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.stock.models import CountEntry, CountLine, CountSheet, Lot, MinimumLevel, Movement, Pallet

KEEPERS = (Role.MANAGER, Role.STOCK)


Thing = Lot | Movement | Pallet | CountSheet | CountLine | CountEntry | MinimumLevel


def abilities(actor: Actor, obj: Thing | None = None) -> Abilities:
    """Return the verbs this person may use with the stock."""
    return (
        verbs("view", "history", when=actor.is_staff)
        | verbs("move", "count", "lose", "label", when=actor.is_any(*KEEPERS, Role.VOLUNTEER))
        | verbs(
            "open_count", "set_levels", "approve_count", "close_count", "settle_count",
            "receive", "reverse", "block", "unblock", "unquarantine", "inspect", "offer_surplus", "ship",
            "arrive", "transform",
            when=actor.is_any(*KEEPERS),
        )
        | verbs("take_back", when=actor.is_any(*KEEPERS, Role.ORDERS, Role.VOLUNTEER))
        | verbs("limit_counts", when=actor.is_any(Role.MANAGER))
        | verbs("reserve", "release", when=actor.is_any(*BANK_STAFF, Role.PARTNER))
        | verbs("deliver", when=actor.is_any(*BANK_STAFF, Role.DRIVER))
        | verbs("reverse_transfer", when=actor.is_software)
    )  # fmt: skip


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the stock, its lots and movements"),
    "history": _("Read the history of a lot"),
    "move": _("Move goods from place to place"),
    "count": _("Count a lot"),
    "set_levels": _("Set minimum levels, and who is told"),
    "open_count": _("Open a count sheet"),
    "approve_count": _("Approve or refuse the difference of a count"),
    "close_count": _("Close a count sheet"),
    "settle_count": _("Settle what a count found missing from reserved goods"),
    "limit_counts": _("Set which differences of a count need approval"),
    "lose": _("Record a loss"),
    "label": _("Print the labels of pallets"),
    "receive": _("Put goods into stock"),
    "reverse": _("Reverse a movement"),
    "block": _("Block a lot"),
    "unblock": _("Free a blocked lot"),
    "unquarantine": _("Take a lot out of quarantine"),
    "inspect": _("Inspect food past best before"),
    "offer_surplus": _("Offer a surplus lot to another bank"),
    "ship": _("Take goods of a transfer out of stock"),
    "arrive": _("Put goods of a transfer into stock"),
    "take_back": _("Take back into quarantine what a partner returns"),
    "transform": _("Take goods into the workshop, and put into stock what it makes"),
    "reserve": _("Hold goods for an order"),
    "release": _("Free goods held for an order"),
    "deliver": _("Take goods out of stock with a delivery"),
    "reverse_transfer": _("Undo the movement of a transfer"),
}
"""What each verb lets do, in words."""
