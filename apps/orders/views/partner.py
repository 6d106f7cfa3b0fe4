"""Pages of a charity: order, its orders, one order and what is missing, cancel."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel.abilities import Abilities
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import Action, Column, Kind, RecordAct, RecordList, RecordPage, history_panel
from apps.orders.abilities import abilities
from apps.orders.forms import CancelForm
from apps.orders.models import Order
from apps.orders.selectors import lines_of, orders_of_charity, shortages_in
from apps.orders.services import order_cancel
from apps.orders.states import CANCELLABLE_BY_PARTNER, OPEN
from apps.orders.views.chips import status_chip
from apps.orders.views.ordering import OrderingPage


class OwnOrders(RecordPage[Order]):
    """What the pages of a charity's own orders share."""

    model = Order
    urls = "orders_mine"
    verb = "view_own"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Order]:
        """Return the orders of this person's charity."""
        return orders_of_charity(self.request.actor)


class OwnList(OwnOrders, RecordList[Order]):
    """The orders of the charity, newest first."""

    columns = (
        Column(label=_("Number"), value="number", sort="number"),
        Column(label=_("Wanted on"), value="wanted_on", kind=Kind.DAY, sort="wanted_on"),
        Column(label=_("State"), value=status_chip, sort="status"),
        Column(label=_("Ordered"), value="wanted_grams", kind=Kind.KG, sort="wanted_grams"),
        Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG, sort="reserved_grams"),
    )
    search_fields = ("number", "lines__label")
    empty_text = _("No order yet. Choose from what is in stock today.")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to a new order, and to the last one again."""
        order = self.url("create")
        actions = [
            Action(label=pgettext_lazy("verb", "Order"), url=order, icon="shopping-basket", primary=True)
        ]
        latest = self.records().first()
        if latest is not None:
            again = f"{order}?repeat={latest.number}"
            actions.append(Action(label=_("Order again as last time"), url=again, icon="repeat"))
        return actions


class OwnCreate(OwnOrders, OrderingPage):
    """The charity orders from the live stock."""

    def done_url(self, order: Order) -> str:
        """Return the page that says what was reserved and what is missing."""
        return self.url("placed", order)


class OwnDetail(OwnOrders, RecordPage[Order]):
    """One order: what is reserved, what is missing, where to collect it."""

    template_name = "orders/mine.html"
    just_placed = False

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the order."""
        lines = lines_of(self.record)
        is_open = self.record.status in OPEN
        return self.page(
            is_open=is_open,
            is_frozen=is_open and any(line.frozen_grams for line in lines),
            order=self.record,
            state=status_chip(self.record),
            lines=lines,
            history=history_panel(request, self.record, names=False),
            shortages=shortages_in(lines),
            just_placed=self.just_placed,
            can_cancel="cancel" in self.allowed and self.record.status in CANCELLABLE_BY_PARTNER,
            again_url=f"{reverse('orders_mine_create')}?repeat={self.record.number}",
        )


class OwnPlaced(OwnDetail):
    """The confirmation of an order just placed."""

    just_placed = True


class OwnCancel(OwnOrders, RecordAct[Order]):
    """The charity cancels an order that is not prepared yet."""

    form_class = CancelForm
    service = staticmethod(order_cancel)
    verb = "cancel"
    title = _("Cancel the order?")
    lead = _("What was reserved goes to others at once. You can order again from what is left.")
    submit = _("Cancel the order")
    is_grave = True
    success = _("Order %(record)s is cancelled.")
