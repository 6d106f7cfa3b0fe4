"""What waits today: offers to answer."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.pages import Action
from apps.kernel.today import Queue
from apps.offers.abilities import abilities
from apps.offers.selectors import answers_due
from apps.offers.states import OfferStatus

URGENT = dt.timedelta(hours=2)
"""An answer due within this time is shown in the colour of danger."""


def queues(actor: Actor) -> list[Queue]:
    """Return the offers to answer, for whoever answers (one query)."""
    if "accept" not in abilities(actor):
        return []
    due = answers_due(soon=clock.now() + URGENT)
    if not due["waiting"]:
        return []
    urgent = due["urgent"]
    return [
        Queue(
            label=ngettext("offer to answer", "offers to answer", due["waiting"]),
            count=due["waiting"],
            hint=ngettext("%(count)s within two hours", "%(count)s within two hours", urgent)
            % {"count": urgent}
            if urgent
            else _("Nothing due within two hours"),
            url=f"{reverse('offers_offer_list')}?status={OfferStatus.PROPOSED}&sort=answer_by",
            tone="danger" if urgent else "warn",
        )
    ]


def actions(actor: Actor) -> list[Action]:
    """Return the way to note an offer made by telephone."""
    if "create" not in abilities(actor):
        return []
    return [Action(label=_("Record an offer"), url=reverse("offers_offer_create"), icon="gift")]
