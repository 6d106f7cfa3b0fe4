"""Who may do what in the workshop."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, verbs
from apps.kernel.errors import Text
from apps.stock.abilities import KEEPERS
from apps.workshop.models import ProductionBatch


def abilities(actor: Actor, batch: ProductionBatch | None = None) -> Abilities:
    """Return what this person may do with batches: the staff reads, the warehouse cooks and freezes."""
    return verbs("view", "history", when=actor.is_staff) | verbs(
        "create", "take", "close", "cancel", "freeze", when=actor.is_any(*KEEPERS)
    )


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the batches of the workshop"),
    "history": _("Read the history of a batch"),
    "create": _("Open a batch"),
    "take": _("Take goods for a batch, or give them back"),
    "close": _("Close a batch: what it made, what was lost"),
    "cancel": _("Cancel a batch and put its goods back"),
    "freeze": _("Freeze chilled goods before their last day"),
}
"""What each verb lets do, in words."""
