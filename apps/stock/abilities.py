"""Who may do what with the stock.

Reserving, releasing and handing over follow from orders and rounds, which check their own rights first:
here they are open to whoever can be behind such a document.
"""

from apps.kernel.abilities import BANK_STAFF, Abilities, Actor, Role, verbs
from apps.stock.models import Lot, Movement

KEEPERS = (Role.MANAGER, Role.STOCK)


def abilities(actor: Actor, obj: Lot | Movement | None = None) -> Abilities:
    """Return the verbs this person may use with the stock."""
    return (
        verbs("view", "history", when=actor.is_staff)
        | verbs("move", "count", "lose", when=actor.is_any(*KEEPERS, Role.VOLUNTEER))
        | verbs(
            "receive", "reverse", "block", "unblock", "unquarantine", "offer_surplus", "ship", "arrive",
            when=actor.is_any(*KEEPERS),
        )
        | verbs("reserve", "release", when=actor.is_any(*BANK_STAFF, Role.PARTNER))
        | verbs("deliver", when=actor.is_any(*BANK_STAFF, Role.DRIVER))
        | verbs("reverse_transfer", when=actor.is_software)
    )  # fmt: skip
