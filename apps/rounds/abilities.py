"""Who may plan rounds and who may drive them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.rounds.models import Round, Stop


def abilities(actor: Actor, about: Round | Stop | None = None) -> Abilities:
    """Return what this person may do with rounds, or with one round or one of its stops.

    Planners plan; the staff sees every round and volunteers may hold the wheel of any; a driver sees
    and records only the rounds that bear their name, once their day has come.
    """
    plans = actor.is_any(Role.MANAGER, Role.ROUNDS)
    drives_all = plans or actor.is_any(Role.VOLUNTEER)
    drives_this = drives_all or _is_driver_of(actor, about)
    return (
        verbs("view", when=actor.is_staff or drives_this)
        | verbs("plan", "create", "edit", "history", when=plans)
        | verbs("drive", when=drives_all or actor.is_any(Role.DRIVER))
        | verbs("start", "close", "collect", when=drives_this)
    )


def _is_driver_of(actor: Actor, about: Round | Stop | None) -> bool:
    """Tell whether the actor is the driver of the round, or of the stop's round, and its day has come."""
    if not actor.is_any(Role.DRIVER) or actor.id is None:
        return False
    round_ = about.round if isinstance(about, Stop) else about
    return round_ is not None and round_.driver_id == actor.id and round_.day <= clock.today()


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See a round and its stops"),
    "plan": _("Plan the stops of the rounds"),
    "create": _("Open a round"),
    "edit": _("Change a round"),
    "history": _("Read the history of a round"),
    "drive": _("Open the driver’s pages"),
    "start": _("Start a round"),
    "close": _("Close a round"),
    "collect": _("Record what was collected at a stop"),
}
"""What each verb lets do, in words."""
