"""Pages of the order desk: the list, one order with its lots and history, order for a partner, cancel."""

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, food_date
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordDetail,
    RecordList,
    RecordPage,
    table_panel,
)
from apps.orders.abilities import abilities
from apps.orders.forms import CancelForm, OrderFilter, PartnerChoiceForm, ReviseForm
from apps.orders.models import Order, Reservation
from apps.orders.selectors import frozen_in, lines_of, orders_visible_to
from apps.orders.services import order_cancel, order_revise
from apps.orders.states import OPEN, OrderStatus
from apps.orders.views.chips import status_chip
from apps.orders.views.ordering import OrderingPage


class OrderPage(RecordPage[Order]):
    """What the pages of the bank's orders share."""

    model = Order
    urls = "orders_order"
    verb = "view_all"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Order]:
        """Return the orders with partner, site and weights."""
        return orders_visible_to(self.request.actor)


NUMBER = Column(label=_("Number"), value="number", sort="number")
SITE = Column(label=_("Site"), value="site.name", sort="site__name")


SPOILT_COLUMNS = (
    Column(label=_("Goods"), value="lot"),
    Column(
        label=_("Date"),
        value=lambda held: food_date(held.lot.date_kind, held.lot.expires_on),
        note=Column(label=_("State"), value="lot.get_status_display"),
    ),
    Column(label=_("Location"), value="location"),
    Column(label=_("Reserved"), value="grams", kind=Kind.KG),
)


class OrderList(OrderPage, RecordList[Order]):
    """The orders of the bank."""

    columns = (
        Column(label=_("Partner"), value="partner.name", sort="partner__name", note=NUMBER),
        Column(label=_("Wanted on"), value="wanted_on", kind=Kind.DAY, sort="wanted_on", note=SITE),
        Column(label=_("State"), value=status_chip, sort="status"),
        Column(label=_("Lines"), value="line_count", kind=Kind.NUMBER, sort="line_count"),
        Column(label=_("Ordered"), value="wanted_grams", kind=Kind.KG, sort="wanted_grams"),
        Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG, sort="reserved_grams"),
    )
    search_fields = ("number", "partner__name", "partner__code")
    filters = OrderFilter
    empty_text = _("No order yet. Partners order by themselves, or you order for them.")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to a new order, for whoever may place one."""
        if "place_for_others" not in allowed:
            return []
        return [Action(label=_("Order for a partner"), url=self.url("create"), icon="plus", primary=True)]


class OrderCreate(OrderPage, OrderingPage):
    """The desk orders for a partner: choose who, then as the partner would."""

    verb = "place_for_others"
    for_others: ClassVar[bool] = True

    def partner_key(self) -> UUID | str | None:
        """Return the id of the partner that the address names."""
        return self.request.GET.get("partner")

    def get(self, request: StaffRequest) -> HttpResponse:
        """Ask for whom, then show what that partner can order."""
        if not request.GET.get("partner"):
            return render(request, "orders/for_whom.html", {"form": PartnerChoiceForm()})
        chosen = PartnerChoiceForm(request.GET)
        if not chosen.is_valid():
            return render(request, "orders/for_whom.html", {"form": chosen}, status=422)
        return super().get(request)


class OrderDetail(OrderPage, RecordDetail[Order]):
    """One order: its lines with the lots reserved, and its history."""

    action_labels = dict(OrderStatus.choices)
    fields = (
        Column(label=_("Partner"), value="partner.name"),
        Column(label=_("Wanted on"), value="wanted_on", kind=Kind.DAY),
        Column(label=_("Site"), value="site.name"),
        Column(label=_("Ordered by"), value="placed_by"),
        Column(label=_("Placed"), value="created_at", kind=Kind.MOMENT),
        Column(label=_("Ordered"), value="wanted_grams", kind=Kind.KG),
        Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG),
        Column(label=_("Comment"), value="comment"),
    )

    @cached_property
    def frozen(self) -> list[Reservation]:
        """What the order holds that may not leave on its day."""
        return frozen_in(self.record)

    def state(self, record: Order) -> Chip:
        """Return the state of the order."""
        return status_chip(record)

    def panels(self, record: Order) -> list[Panel]:
        """Return the lines with what is reserved for each, lot by lot."""
        context: dict[str, Any] = {"lines": lines_of(record), "is_open": record.status in OPEN}
        goods = Panel(title=_("Goods"), template="orders/parts/lines.html", context=context)
        return [*self.spoilt(record), goods]

    def spoilt(self, record: Order) -> list[Panel]:
        """Return what the order holds that may not leave on its day, if there is any."""
        if not self.frozen:
            return []
        title = _("To repair: these goods may not leave on that day")
        return [table_panel(title, columns=SPOILT_COLUMNS, records=self.frozen, empty="")]

    def actions(self, record: Order, allowed: Abilities) -> list[Action]:
        """Return what is done with frozen goods, and the cancellation, while goods are still reserved."""
        if record.status not in OPEN:
            return []
        found = []
        if "cancel_for_others" in allowed:
            found.append(Action(label=_("Cancel the order"), url=self.url("cancel", record), icon="circle-x"))
        if "revise" in allowed and self.frozen:
            url = self.url("revise", record)
            found.append(Action(label=_("Deal with frozen goods"), url=url, icon="repeat", primary=True))
        return found


class OrderCancel(OrderPage, RecordAct[Order]):
    """The desk cancels an order that was not handed over."""

    form_class = CancelForm
    service = staticmethod(order_cancel)
    verb = "cancel_for_others"
    title = _("Cancel the order?")
    lead = _("What was reserved goes back to free stock at once. The partner sees the reason.")
    submit = _("Cancel the order")
    is_grave = True
    success = _("Order %(record)s is cancelled.")


class OrderRevise(OrderPage, RecordAct[Order]):
    """What becomes of goods of an order that may not leave: others take their place, or nothing does."""

    form_class = ReviseForm
    service = staticmethod(order_revise)
    verb = "revise"
    title = _("Deal with frozen goods")
    lead = _(
        "They may not leave on that day: they are given back in any case and stay in the warehouse. The"
        " picking list follows, and what gets other goods is picked again."
    )
    submit = _("Change the order")
    success = _("Order %(record)s no longer holds frozen goods.")
