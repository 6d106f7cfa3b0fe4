"""Who may receive goods."""

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.receiving.models import GoodsReceipt


def abilities(actor: Actor, receipt: GoodsReceipt | None = None) -> Abilities:
    """Return what this person may do with receipts.

    The whole staff reads; whoever works at the dock weighs and posts; the warehouse cancels; only a
    manager changes the temperature limits.
    """
    keeps_stock = actor.is_any(Role.MANAGER, Role.STOCK)
    return (
        verbs("view", when=actor.is_staff)
        | verbs("create", "post", when=keeps_stock or actor.is_any(Role.VOLUNTEER))
        | verbs("cancel", "history", when=keeps_stock)
        | verbs("set_limits", when=actor.is_any(Role.MANAGER))
    )
