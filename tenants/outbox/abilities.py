"""Who may look after the outbox."""

from apps.kernel.abilities import Abilities, Actor, Role, verbs


def abilities(actor: Actor) -> Abilities:
    """Return the verbs open to this person: all of them to the operator of the platform, none to others."""
    return verbs("see", "retry", "discard", when=actor.is_any(Role.OPERATOR))
