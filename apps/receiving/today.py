"""What waits today: goods at the dock."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.pages import Action
from apps.kernel.today import Queue
from apps.receiving.abilities import abilities
from apps.receiving.selectors import expected_since
from apps.receiving.states import ReceiptStatus

PATIENCE = dt.timedelta(hours=2)
"""Goods that wait longer than this at the dock are shown in the colour of danger."""


def queues(actor: Actor) -> list[Queue]:
    """Return the receipts to control, for whoever works at the dock (one query)."""
    if "post" not in abilities(actor):
        return []
    found = expected_since(before=clock.now() - PATIENCE)
    if not found["waiting"]:
        return []
    late = found["late"]
    words = ngettext("%(count)s for more than two hours", "%(count)s for more than two hours", late)
    return [
        Queue(
            label=ngettext("receipt to check", "receipts to check", found["waiting"]),
            count=found["waiting"],
            hint=words % {"count": late} if late else _("Weigh, check, put away"),
            url=f"{reverse('receiving_receipt_list')}?status={ReceiptStatus.EXPECTED}&sort=created_at",
            tone="danger" if late else "warn",
        )
    ]


def actions(actor: Actor) -> list[Action]:
    """Return the way to take in goods that somebody brings to the door."""
    if "create" not in abilities(actor):
        return []
    return [Action(label=_("Goods at the door"), url=reverse("receiving_receipt_create"), icon="warehouse")]
