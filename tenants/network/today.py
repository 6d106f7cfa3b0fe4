"""Transfers that wait for this bank."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.today import Queue
from tenants.network.abilities import abilities
from tenants.network.selectors import transfers_waiting

PILES = {
    "to_answer": (_("Transfers to answer"), _("Another bank proposes goods"), "proposed"),
    "to_ship": (_("Transfers to ship"), _("The other bank agreed"), "accepted"),
    "to_receive": (_("Transfers on their way here"), _("Weigh them when they arrive"), "shipped"),
}


def queues(actor: Actor) -> list[Queue]:
    """Return the piles of transfers that this person can act on."""
    if "propose" not in abilities(actor):
        return []
    address = reverse("network_transfer_list")
    return [
        Queue(label=PILES[name][0], count=count, hint=PILES[name][1], url=f"{address}?state={PILES[name][2]}")
        for name, count in transfers_waiting().items()
        if count
    ]
