"""What waits today: batches that are open."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel.abilities import Actor
from apps.kernel.today import Queue
from apps.workshop.abilities import abilities
from apps.workshop.selectors import open_counts
from apps.workshop.states import BatchStatus


def queues(actor: Actor) -> list[Queue]:
    """Return the batches to close, for whoever works in the workshop (one query)."""
    if "close" not in abilities(actor):
        return []
    found = open_counts()
    if not found["waiting"]:
        return []
    late = found["late"]
    words = ngettext("%(count)s since before today", "%(count)s since before today", late)
    return [
        Queue(
            label=ngettext("batch to close", "batches to close", found["waiting"]),
            count=found["waiting"],
            hint=words % {"count": late} if late else _("Weigh what was made, and what was lost"),
            url=f"{reverse('workshop_batch_list')}?status={BatchStatus.OPEN}",
            tone="warn" if late else "neutral",
        )
    ]
