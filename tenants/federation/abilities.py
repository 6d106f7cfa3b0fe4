"""Who may read the figures of the whole network."""

from typing import Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text


def abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do: the federation's people read, and have the figures recomputed."""
    return verbs("view", "reconcile", when=actor.is_any(Role.FEDERATION))


def alert_abilities(actor: Actor, obj: Model | None = None) -> Abilities:
    """Return what this person may do with the recalls of the whole network."""
    return verbs("view", "publish", "settle", "read_source", when=actor.is_any(Role.FEDERATION))


SENTENCES: Final[dict[str, Text]] = {
    "view": _("Read the figures of the network"),
    "reconcile": _("Have the figures of the network recomputed"),
}
"""What each verb lets do, in words."""

ALERT_SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the recalls of the network, and how far each bank is"),
    "publish": _("Publish a recall to every food bank"),
    "settle": _("Say that a notice was read by a person"),
    "read_source": _("Read the public notices now"),
}
"""What each verb lets do with recalls, in words."""
