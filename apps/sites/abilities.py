"""Who may do what with the sites."""

from django.db.models import Model

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.sites.models import Vehicle


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
