"""Who may receive goods."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.receiving.models import (
    CollectionShop,
    Container,
    GoodsReceipt,
    NationalCollection,
    ReceiptLine,
    Weighing,
)

Collecting = NationalCollection | CollectionShop | Container | Weighing


def abilities(actor: Actor, receipt: GoodsReceipt | ReceiptLine | None = None) -> Abilities:
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


def collecting_abilities(actor: Actor, about: Collecting | None = None) -> Abilities:
    """Return what this person may do with national collections, their shops and the containers.

    The whole staff reads; whoever works at the dock weighs, adds a shop that comes and sorts; the
    warehouse prepares.
    """
    keeps_stock = actor.is_any(Role.MANAGER, Role.STOCK)
    return (
        verbs("view", "history", when=actor.is_staff)
        | verbs("weigh", "sort", when=keeps_stock or actor.is_any(Role.VOLUNTEER))
        | verbs("create", "edit", "archive", when=keeps_stock)
    )


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the receipts"),
    "create": _("Open a receipt"),
    "post": _("Weigh, control and receive goods"),
    "cancel": _("Cancel a receipt"),
    "history": _("Read the history of a receipt"),
    "set_limits": _("Change the temperature limits"),
}
"""What each verb lets do, in words."""


COLLECTING_SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the national collections and what they weighed"),
    "history": _("Read the history of a collection"),
    "weigh": _("Weigh what shops collected"),
    "sort": _("Put into stock what was sorted of a collection"),
    "create": _("Prepare a collection, or a container to weigh in"),
    "edit": _("Change a collection, a shop or a container"),
    "archive": _("Put a collection or a container away"),
}
"""What each verb lets do, in words."""
