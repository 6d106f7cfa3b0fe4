"""Who may read the figures of the whole network."""

from django.db.models import Model

from apps.kernel.abilities import Abilities, Actor, Role, verbs


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do: the federation's people read, and have the figures recomputed."""
    return verbs("view", "reconcile", when=actor.is_any(Role.FEDERATION))
