"""What waits today: for a charity its orders, for the desk the orders nobody collected."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.today import Queue
from apps.orders.abilities import abilities
from apps.orders.models import Order
from apps.orders.selectors import orders_of_charity
from apps.orders.states import OPEN, OrderStatus
from apps.stock.selectors import reservable


def queues(actor: Actor) -> list[Queue]:
    """Return the piles of work of a charity, or of the order desk (constant number of queries)."""
    allowed = abilities(actor)
    found: list[Queue] = []
    if "view_own" in allowed:
        found += _of_charity(actor)
    if "place_for_others" in allowed:
        found += _of_desk()
    return [queue for queue in found if queue.count]


def _of_charity(actor: Actor) -> list[Queue]:
    counts = orders_of_charity(actor).aggregate(
        ready=Count("pk", filter=Q(status=OrderStatus.PICKED)),
        underway=Count("pk", filter=Q(status=OrderStatus.CONFIRMED)),
    )
    lots = reservable().aggregate(lots=Count("account__lot", distinct=True))["lots"]
    orders = reverse("orders_mine_list")
    return [
        Queue(
            label=ngettext("order ready to collect", "orders ready to collect", counts["ready"]),
            count=counts["ready"],
            hint=_("Come and collect: show the number"),
            url=orders,
            tone="ok",
        ),
        Queue(
            label=_("Order now"),
            count=lots,
            hint=ngettext("lot in stock today", "lots in stock today", lots),
            url=reverse("orders_mine_create"),
        ),
        Queue(
            label=ngettext("order being prepared", "orders being prepared", counts["underway"]),
            count=counts["underway"],
            hint=_("You may still cancel"),
            url=orders,
        ),
    ]


def _of_desk() -> list[Queue]:
    today = clock.today()
    late = Order.objects.filter(status__in=OPEN, wanted_on__lt=today).count()
    return [
        Queue(
            label=ngettext("order not collected", "orders not collected", late),
            count=late,
            hint=_("Their day has passed: call the partner, or cancel"),
            url=f"{reverse('orders_order_list')}?sort=wanted_on",
            tone="danger",
        )
    ]
