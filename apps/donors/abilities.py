"""Who may do what with the donors."""

from django.db.models import Model

from apps.kernel.abilities import Abilities, Actor, Role, verbs


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
