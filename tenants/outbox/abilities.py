"""Who may look after the outbox."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text


def abilities(actor: Actor) -> Abilities:
    """Return the verbs open to this person: all of them to the operator of the platform, none to others."""
    return verbs("see", "retry", "discard", when=actor.is_any(Role.OPERATOR))


SENTENCES: Final[dict[str, Text]] = {
    "see": _("See the work that was set aside"),
    "retry": _("Have work that was set aside tried again"),
    "discard": _("Give work that was set aside up"),
}
"""What each verb lets do, in words."""
