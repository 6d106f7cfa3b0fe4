"""Who may do what with the catalogue."""

from django.db.models import Model

from apps.kernel.abilities import Abilities, Actor, Role, verbs


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return the verbs for families and products, or for one of them.

    Everybody who works for the bank sees them; who keeps the stock keeps them, and may adopt the shared
    library, as the operator does who opens a bank.
    """
    keeps = actor.is_any(Role.MANAGER, Role.STOCK)
    return (
        verbs("view", "history", when=actor.is_staff)
        | verbs("create", "edit", "archive", when=keeps)
        | verbs("adopt", when=keeps or actor.is_any(Role.OPERATOR))
    )
