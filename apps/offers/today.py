"""What waits today: offers to answer."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.pages import Action, Column, Kind, Panel, table_panel
from apps.kernel.quantity import format_kg
from apps.kernel.today import Queue
from apps.offers.abilities import abilities
from apps.offers.models import Offer
from apps.offers.selectors import answers_due, offers_listed
from apps.offers.states import OfferStatus

SHOWN = 5

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


def answers_in_row(offer: Offer) -> list[Action]:
    """Return the two answers to an offer; an acceptance is final, so it is held while it can be undone."""
    values = {"donor": offer.donor, "weight": format_kg(offer.offered_grams)}  # type: ignore[attr-defined]
    return [
        Action(
            label=_("Accept all"),
            url=reverse("offers_offer_accept_all", args=[offer.pk]),
            primary=True,
            post=True,
            held=_("%(donor)s: the %(weight)s are accepted in 10 seconds.") % values,
        ),
        Action(label=_("Decline"), url=reverse("offers_offer_decline", args=[offer.pk]), asks=True),
    ]


def panels(actor: Actor) -> list[Panel]:
    """Return the offers that expect their answer first, each answered where it stands (one query)."""
    if "accept" not in abilities(actor):
        return []
    waiting = offers_listed().filter(status=OfferStatus.PROPOSED).order_by("answer_by", "pk")[:SHOWN]
    columns = [
        Column(label=_("Donor"), value="donor.name", note=Column(label=_("Number"), value="number")),
        Column(label=pgettext("weight", "Offered"), value="offered_grams", kind=Kind.KG),
        Column(label=_("Nearest date"), value="earliest_on", kind=Kind.DAY),
        Column(label=_("Answer before"), value="answer_by", kind=Kind.MOMENT),
    ]
    listed = table_panel(
        _("Answer first"),
        columns=columns,
        records=waiting,
        empty="",
        url_of=lambda offer: reverse("offers_offer_detail", args=[offer.pk]),
        acts_of=answers_in_row,
    )
    return [listed] if listed.context["rows"] else []


def actions(actor: Actor) -> list[Action]:
    """Return the way to note an offer made by telephone."""
    if "create" not in abilities(actor):
        return []
    return [Action(label=_("Record an offer"), url=reverse("offers_offer_create"), icon="gift")]
