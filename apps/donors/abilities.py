"""Who may do what with the donors."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return the verbs for donors, or for one of them.

    Everybody who works for the bank sees them, and drivers, who need the dock and the telephone; who
    plans rounds keeps them.
    """
    keeps = actor.is_any(Role.MANAGER, Role.ROUNDS)
    return (
        verbs("view", when=actor.is_staff or actor.is_any(Role.DRIVER))
        | verbs("history", when=actor.is_staff)
        | verbs("create", "edit", "archive", when=keeps)
    )


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the donors"),
    "history": _("Read the history of a donor"),
    "create": _("Add a donor"),
    "edit": _("Change the file of a donor"),
    "archive": _("Put the file of a donor away"),
}
"""What each verb lets do, in words."""
