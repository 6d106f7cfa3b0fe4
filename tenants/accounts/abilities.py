"""Who looks after the people of a place: of a bank, of the federation, of the platform."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text

HEADS: Final = (Role.MANAGER, Role.FEDERATION, Role.OPERATOR)
"""Who gives and takes roles: of a bank, of the federation, of the platform."""


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do with the people of the open place, or with one of them.

    A charity's responsible person sees and invites the colleagues of that charity. Everybody may leave.
    """
    gives_roles = actor.is_any(*HEADS)
    return (
        verbs("view", "invite", when=gives_roles or actor.is_responsible)
        | verbs("grant", "end", when=gives_roles)
        | verbs("leave", when=actor.id is not None and bool(actor.roles))
        | verbs("see_rights", when=actor.is_any(Role.MANAGER))
        | verbs("view_tokens", "issue_token", "revoke_token", when=actor.is_any(Role.MANAGER))
    )


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the people and their roles"),
    "invite": _("Invite somebody"),
    "grant": _("Give a role, or change the charity of a person"),
    "end": _("Take a role back"),
    "leave": _("Leave by oneself"),
    "see_rights": _("See who may do what"),
    "view_tokens": _("See which programs may read and write"),
    "issue_token": _("Let a program in"),
    "revoke_token": _("Shut a program out"),
}
