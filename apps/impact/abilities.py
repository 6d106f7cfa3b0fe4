"""Who may read the bank's figures."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do: everyone who works in the bank reads its figures.

    Managers, and the federation's people at their own place, may have the monthly report by e-mail.
    """
    is_person = actor.id is not None
    return verbs("view", when=actor.is_staff or actor.is_any(Role.DRIVER)) | verbs(
        "subscribe", when=is_person and actor.is_any(Role.MANAGER, Role.FEDERATION)
    )


SENTENCES: Final[dict[str, Text]] = {
    "view": _("Read the figures of the bank"),
    "subscribe": _("Have the monthly report sent by e-mail"),
}
"""What each verb lets do, in words."""
