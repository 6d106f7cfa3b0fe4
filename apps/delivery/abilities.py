"""Who prepares, hands over, and sets the solidarity contribution."""

from apps.delivery.models import ContributionRate, DeliveryNote, PickingList
from apps.kernel.abilities import Abilities, Actor, Role, verbs


def abilities(actor: Actor, obj: PickingList | DeliveryNote | None = None) -> Abilities:
    """Return what this person may do with picking lists and delivery notes, or with one of them.

    ``view``: the bank's lists, staff only; ``view_notes``: delivery notes, a charity its own only;
    ``view_own_notes``: the list of a charity.
    """
    keepers = actor.is_any(Role.MANAGER, Role.ORDERS, Role.STOCK)
    return (
        verbs("view", "view_notes", "history", when=actor.is_staff)
        | verbs("view_notes", "view_own_notes", when=_is_own(actor, obj))
        | verbs("pick", when=keepers or actor.is_any(Role.VOLUNTEER))
        | verbs("hand_over", when=keepers)
        | verbs("open", "cancel", when=actor.is_software)
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
