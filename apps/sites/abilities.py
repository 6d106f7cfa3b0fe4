"""Who may do what with the sites."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.sites.models import Letterhead, Vehicle


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return the verbs for sites, or for one site, location, vehicle or slot.

    Everybody who works for the bank sees them; stock managers keep them; vehicles are also kept by who
    plans rounds (``edit_vehicles`` on a site).
    """
    keeps = actor.is_any(Role.MANAGER, Role.STOCK)
    keeps_vehicles = keeps or actor.is_any(Role.ROUNDS)
    edits = keeps_vehicles if isinstance(obj, Vehicle) else keeps
    return (
        verbs("view", "history", when=actor.is_staff)
        | verbs("create", when=keeps)
        | verbs("edit", "archive", when=edits)
        | verbs("edit_vehicles", when=keeps_vehicles)
    )


def letterhead_abilities(actor: Actor, letterhead: Letterhead | None = None) -> Abilities:
    """Return what this person may do with the letterhead: managers keep it, its logo is on every paper."""
    keeps = actor.is_any(Role.MANAGER)
    return verbs("view", when=actor.is_staff) | verbs("edit", "history", when=keeps)


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the sites, their places and vehicles"),
    "history": _("Read the history of sites and places"),
    "create": _("Add a site, a place or an opening slot"),
    "edit": _("Change a site, a place or an opening slot"),
    "archive": _("Put a site or a place away"),
    "edit_vehicles": _("Add and change vehicles"),
}
"""What each verb lets do, in words."""


LETTERHEAD_SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the letterhead of the bank’s papers"),
    "edit": _("Change the letterhead of the bank’s papers"),
    "history": _("Read the history of the letterhead"),
}
"""What each verb lets do, in words."""
