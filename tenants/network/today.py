"""Transfers that wait for this bank."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.today import Queue
from tenants.network.abilities import abilities
from tenants.network.selectors import transfers_past_date, transfers_waiting
from tenants.network.surplus.selectors import own_surplus_waiting

PILES = {
    "to_answer": (_("Transfers to answer"), _("Another bank proposes goods"), "proposed"),
    "to_ship": (_("Transfers to ship"), _("The other bank agreed"), "accepted"),
    "to_receive": (_("Transfers on their way here"), _("Weigh them when they arrive"), "shipped"),
}

NAMED: Final = 3
"""Transfers to cancel that the morning page names."""


def queues(actor: Actor) -> list[Queue]:
    """Return the piles of transfers that this person can act on."""
    if "propose" not in abilities(actor):
        return []
    address = reverse("network_transfer_list")
    return [*_past_date(), *_surplus_asked()] + [
        Queue(label=PILES[name][0], count=count, hint=PILES[name][1], url=f"{address}?state={PILES[name][2]}")
        for name, count in transfers_waiting().items()
        if count
    ]


def _past_date() -> list[Queue]:
    """Return the pile of transfers to cancel: what is reserved for them may no longer leave."""
    found = transfers_past_date()
    if not found:
        return []
    numbers = ", ".join(transfer.number for transfer in found[:NAMED])
    url = f"{reverse('network_transfer_list')}?state=accepted"
    if len(found) == 1:
        url = reverse("network_transfer_detail", args=[found[0].pk])
    return [
        Queue(
            label=_("Out of date, reserved for a transfer"),
            count=len(found),
            hint=_("To cancel: %(numbers)s") % {"numbers": numbers},
            url=url,
            tone="danger",
        )
    ]


def _surplus_asked() -> list[Queue]:
    """Return the pile of requests for this bank's surplus."""
    count = own_surplus_waiting()
    if not count:
        return []
    url = f"{reverse('network_surplus_list')}?whose=ours"
    return [Queue(label=_("Requests for surplus"), count=count, hint=_("Other banks ask for goods"), url=url)]
