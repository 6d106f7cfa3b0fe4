"""Transfers that wait for this bank."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.today import Queue
from tenants.network.abilities import abilities
from tenants.network.selectors import transfers_waiting
from tenants.network.surplus.selectors import own_surplus_waiting

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
    return _surplus_asked() + [
        Queue(label=PILES[name][0], count=count, hint=PILES[name][1], url=f"{address}?state={PILES[name][2]}")
        for name, count in transfers_waiting().items()
        if count
    ]


def _surplus_asked() -> list[Queue]:
    """Return the pile of requests for this bank's surplus."""
    count = own_surplus_waiting()
    if not count:
        return []
    url = f"{reverse('network_surplus_list')}?whose=ours"
    return [Queue(label=_("Requests for surplus"), count=count, hint=_("Other banks ask for goods"), url=url)]
