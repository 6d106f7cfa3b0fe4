"""Who may do what with the partners."""

from django.db.models import Model

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.partners.models import Partner


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return the verbs for partners, or for one of them.

    Everybody who works for the bank sees them; who handles orders keeps them; a partner's person sees
    the file of that partner alone (``view_own``).
    """
    keeps = actor.is_any(Role.MANAGER, Role.ORDERS)
    is_partner = actor.is_any(Role.PARTNER) and actor.partner_id is not None
    owns = is_partner and isinstance(obj, Partner) and obj.pk == actor.partner_id
    return (
        verbs("view", when=actor.is_staff or owns)
        | verbs("view_own", when=is_partner)
        | verbs("history", when=actor.is_staff)
        | verbs("create", "edit", "archive", when=keeps)
    )
