"""Who may do what with the partners."""

from typing import Final
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.partners.models import Agreement, HygieneVisit, Partner


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return the verbs for partners, or for one of them.

    Everybody who works for the bank sees them; who handles orders keeps them; a partner's person sees
    the file of that partner alone (``view_own``), with its agreements and visits.
    """
    keeps = actor.is_any(Role.MANAGER, Role.ORDERS)
    is_partner = actor.is_any(Role.PARTNER) and actor.partner_id is not None
    owns = is_partner and _partner_id(obj) == actor.partner_id
    return (
        verbs("view", when=actor.is_staff or owns)
        | verbs("view_own", when=is_partner)
        | verbs("history", when=actor.is_staff)
        | verbs("create", "edit", "archive", when=keeps)
    )


def _partner_id(obj: Model | None) -> UUID | None:
    """Return whose file a record is part of."""
    if isinstance(obj, Agreement | HygieneVisit):
        return obj.partner_id
    return obj.pk if isinstance(obj, Partner) else None


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the file of a partner charity"),
    "view_own": _("See the file of one’s own charity"),
    "history": _("Read the history of a partner charity"),
    "create": _("Add a partner charity"),
    "edit": _("Change the file of a charity, its agreements, visits and papers"),
    "archive": _("Put the file of a charity away"),
}
"""What each verb lets do, in words."""
