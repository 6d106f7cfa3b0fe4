"""What waits today: for a charity its orders, for the desk the orders nobody collected."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.pages import Action, Column, Kind, Panel, table_panel
from apps.kernel.today import Queue
from apps.orders.abilities import abilities
from apps.orders.models import Order
from apps.orders.selectors import orders_of_charity, spoilt_reservations
from apps.orders.states import OPEN, TO_REPAIR, OrderStatus
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
    spoilt = spoilt_reservations().aggregate(orders=Count("line__order", distinct=True))["orders"]
    late = Order.objects.filter(status__in=OPEN, wanted_on__lt=today).count()
    return [
        Queue(
            label=ngettext("order not collected", "orders not collected", late),
            count=late,
            hint=_("Their day has passed: call the partner, or cancel"),
            url=f"{reverse('orders_order_list')}?sort=wanted_on",
            tone="danger",
        ),
        Queue(
            label=ngettext("order to repair", "orders to repair", spoilt),
            count=spoilt,
            hint=_("They hold goods that may not leave on their day"),
            url=f"{reverse('orders_order_list')}?status={TO_REPAIR}",
            tone="danger",
        ),
    ]


def actions(actor: Actor) -> list[Action]:
    """Return the order page: for a charity the first thing on the page, for the desk one of its doors."""
    allowed = abilities(actor)
    if "view_own" in allowed:
        order = reverse("orders_mine_create")
        found = [Action(label=pgettext("verb", "Order"), url=order, icon="shopping-basket", primary=True)]
        kept = orders_of_charity(actor).exclude(status=OrderStatus.CANCELLED)
        latest = kept.values_list("number", flat=True).first()
        again = Action(label=_("Order again as last time"), url=f"{order}?repeat={latest}", icon="repeat")
        return [*found, again] if latest else found
    if "place_for_others" in allowed:
        order = reverse("orders_order_create")
        return [Action(label=_("Order for a partner"), url=order, icon="shopping-basket")]
    return []


def panels(actor: Actor) -> list[Panel]:
    """Return the orders of a charity that are on their way to it (one query)."""
    if "view_own" not in abilities(actor):
        return []
    columns = [
        Column(label=_("Number"), value="number"),
        Column(label=_("State"), value="get_status_display"),
        Column(label=_("Collection"), value="wanted_on", kind=Kind.DAY),
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG),
    ]
    return [
        table_panel(
            _("Your orders under way"),
            columns=columns,
            records=orders_of_charity(actor).filter(status__in=OPEN).order_by("wanted_on", "number"),
            empty=_("No order under way."),
            url_of=lambda order: reverse("orders_mine_detail", args=[order.pk]),
        )
    ]
