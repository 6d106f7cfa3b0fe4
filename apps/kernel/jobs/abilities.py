"""Who may look at long work, stop it and take it up again."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from apps.kernel.jobs.kinds import is_kind_open_to
from apps.kernel.models import Job


def job_abilities(actor: Actor, obj: Job | None = None) -> Abilities:
    """Return what this person may do with background jobs, or with one of them.

    One's own, and with ``view_all`` everybody's; of a kind that one may ask for oneself, whoever asked.
    """
    everybody = verbs("view_all", when=actor.is_any(Role.MANAGER))
    if obj is None:
        return verbs("view", when=actor.is_staff) | everybody
    is_own = actor.is_staff and actor.id is not None and obj.asked_by_id == actor.id
    is_open = (is_own or bool(everybody)) and is_kind_open_to(actor, obj.kind)
    return verbs("view", "cancel", "retry", when=is_open) | everybody


JOB_SENTENCES: Final[dict[str, Text]] = {
    "view": _("See one’s own background jobs and take their files"),
    "view_all": _("See the background jobs of everybody"),
    "cancel": _("Stop a background job"),
    "retry": _("Take a background job up again"),
}
"""What each verb lets do, in words."""
