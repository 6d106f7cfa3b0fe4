"""Who may read the bank's figures."""

from django.db.models import Model

from apps.kernel.abilities import Abilities, Actor, Role, verbs


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do: everyone who works in the bank reads its figures."""
    return verbs("view", when=actor.is_staff or actor.is_any(Role.DRIVER))
