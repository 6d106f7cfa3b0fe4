"""Who prepares, hands over, and sets the solidarity contribution."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.delivery.models import ContributionRate, DeliveryNote, PickingList
from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text


def abilities(actor: Actor, obj: PickingList | DeliveryNote | None = None) -> Abilities:
    """Return what this person may do with picking lists and delivery notes, or with one of them.

    ``view``: the bank's lists, staff only; ``view_notes``: delivery notes, a charity its own only;
    ``view_own_notes``: the list of a charity.
    """
    keepers = actor.is_any(Role.MANAGER, Role.ORDERS, Role.STOCK)
    return (
        verbs("view", "view_notes", "history", when=actor.is_staff)
        | verbs("view_notes", "view_own_notes", when=_is_own(actor, obj))
        | verbs("pick", "take_back", when=keepers or actor.is_any(Role.VOLUNTEER))
        | verbs("hand_over", "mail", when=keepers)
        | verbs("open", "cancel", "revise", when=actor.is_software)
    )


def rate_abilities(actor: Actor, obj: ContributionRate | None = None) -> Abilities:
    """Return what this person may do with the rates of the solidarity contribution."""
    sets_rates = actor.is_any(Role.MANAGER, Role.ACCOUNTS)
    return verbs("view", "history", "create", "edit", when=sets_rates)


def _is_own(actor: Actor, obj: PickingList | DeliveryNote | None) -> bool:
    """Tell whether the actor speaks for a charity, and the note belongs to that charity."""
    if Role.PARTNER not in actor.roles or actor.partner_id is None:
        return False
    return obj is None or (isinstance(obj, DeliveryNote) and obj.partner_id == actor.partner_id)


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the picking lists"),
    "view_notes": _("See a delivery note"),
    "view_own_notes": _("See the list of one’s own delivery notes"),
    "history": _("Read the history of a delivery"),
    "pick": _("Pick an order"),
    "take_back": _("Take back what a partner returns"),
    "hand_over": _("Hand goods over"),
    "mail": _("Send a delivery note by e-mail"),
    "open": _("Open a picking list"),
    "cancel": _("Cancel a picking list"),
    "revise": _("Change a picking list with its order"),
}
"""What each verb lets do, in words."""


RATE_SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the rates of the solidarity contribution"),
    "history": _("Read the history of a rate"),
    "create": _("Set a new rate"),
    "edit": _("Change a rate"),
}
"""What each verb lets do, in words."""
