"""Who may do what with the catalogue."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text


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


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the catalogue"),
    "history": _("Read the history of a product"),
    "create": _("Add a product or a family"),
    "edit": _("Change a product or a family"),
    "archive": _("Put a product or a family away"),
    "adopt": _("Take over what is new in the shared library"),
}
"""What each verb lets do, in words."""
