"""Putting an order together, for a charity and for the desk: choose, check, confirm.

Everything is one form that travels with the person: without JavaScript each step is a plain POST, going
back loses nothing, and nothing is written before the last one.
"""

import datetime as dt
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.models import new_id
from apps.kernel.pages import RecordPage
from apps.orders.abilities import abilities
from apps.orders.forms import OrderForm
from apps.orders.models import Order, OrderLine
from apps.orders.rules import next_open_day, units_to_cover
from apps.orders.selectors import (
    Goods,
    Shelf,
    goods_key,
    goods_named,
    handover_weekdays,
    in_words,
    latest_order_of,
    lines_of,
    orders_visible_to,
    shelves_for,
    shortages_in,
    sites_with_orders,
)
from apps.orders.services import order_place
from apps.partners.models import Partner
from apps.sites.models import Site


class OrderingPage(RecordPage[Order]):
    """The live stock with a number beside each goods, then the check, then the confirmation."""

    writing: ClassVar[bool] = True
    model = Order
    abilities = staticmethod(abilities)
    template_name = "orders/ordering.html"
    review_template = "orders/review.html"
    for_others: ClassVar[bool] = False

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show what can be ordered, filled from an earlier order when ``?repeat=`` names one."""
        return self.choosing(self.form(initial=self.first_values()))

    def post(self, request: StaffRequest) -> HttpResponse:
        """Take the next step that the button names: another site or day, the basket, check, place."""
        step = request.POST.get("step", "review")
        if step == "cart":
            return self.choosing(self.form(request.POST), template=f"{self.template_name}#cart")
        if step in ("update", "change"):
            return self.choosing(self.form(initial=request.POST.dict()))
        form = self.form(request.POST)
        if not form.is_valid():
            return self.choosing(form, status=422)
        return self.placed(form) if step == "place" else self.checking(form)

    def partner_key(self) -> UUID | str | None:
        """Return the id of the partner that orders: the person's own."""
        return self.request.actor.partner_id

    def done_url(self, order: Order) -> str:
        """Return where to go once the order is placed."""
        return self.url("detail", order)

    @cached_property
    def partner(self) -> Partner:
        """The partner that orders.

        Raises:
            Forbidden: this person does not order for it.
        """
        partner = get_object_or_404(Partner, pk=self.partner_key())
        require(abilities(self.request.actor, partner), "place")
        return partner

    @cached_property
    def asked(self) -> QueryDict:
        """What the person sent: the form, or the address."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def latest(self) -> Order | None:
        """The last order of the partner."""
        return latest_order_of(self.partner)

    @cached_property
    def site(self) -> Site | None:
        """The site asked for, else that of the last order, else the first."""
        sites = {str(site.pk): site for site in sites_with_orders()}
        usual = str(self.latest.site_id) if self.latest else ""
        return sites.get(self.asked.get("site", "")) or sites.get(usual) or next(iter(sites.values()), None)

    @cached_property
    def wanted_on(self) -> dt.date:
        """The day asked for, else the next one on which the site hands goods over."""
        try:
            asked = parse_date(self.asked.get("wanted_on", ""))
        except ValueError:
            asked = None
        weekdays = handover_weekdays(self.site) if self.site and not asked else frozenset[int]()
        return asked or next_open_day(clock.today(), weekdays)

    @cached_property
    def shelves(self) -> list[Shelf]:
        """What the partner can order at that site for that day."""
        if self.site is None:
            return []
        return shelves_for(partner=self.partner, site=self.site, wanted_on=self.wanted_on)

    @cached_property
    def gone(self) -> list[Goods]:
        """What the person asks for that is no longer there."""
        there = {goods.key for shelf in self.shelves for goods in shelf.goods}
        return goods_named(
            name for name, value in self.asked.items() if name not in there and value not in ("", "0")
        )

    @cached_property
    def repeated(self) -> list[OrderLine]:
        """The lines of the earlier order that the address names."""
        asked = self.request.GET.get("repeat", "")
        known = orders_visible_to(self.request.actor).filter(partner=self.partner)
        order = known.filter(number=asked).first() if asked else None
        return lines_of(order) if order else []

    def first_values(self) -> dict[str, Any]:
        """Return the day, the site, and the units of the earlier order that are still there."""
        values: dict[str, Any] = {"site": self.site.pk if self.site else None, "wanted_on": self.wanted_on}
        there = {goods.key: goods for shelf in self.shelves for goods in shelf.goods}
        for line in self.repeated:
            goods = there.get(_key(line))
            if goods is not None:
                units = values.get(goods.key, 0) + units_to_cover(line.wanted_grams, goods.unit_grams)
                values[goods.key] = min(units, goods.available_units)
        return values

    def form(self, data: QueryDict | None = None, **kwargs: Any) -> OrderForm:
        """Return the form over what is there now."""
        return OrderForm(
            data,
            partner=self.partner,
            sites=sites_with_orders(),
            shelves=self.shelves,
            gone=self.gone,
            **kwargs,
        )

    def choosing(self, form: OrderForm, *, status: int = 200, template: str = "") -> HttpResponse:
        """Show the goods, or only the basket."""
        there = {goods.key for goods in form.goods}
        return self.page(
            status=status,
            template=template,
            form=form,
            partner=self.partner,
            for_others=self.for_others,
            latest=self.latest,
            site=self.site,
            wanted_on=self.wanted_on,
            missing=[line.label for line in self.repeated if _key(line) not in there],
        )

    def checking(self, form: OrderForm) -> HttpResponse:
        """Show what would be ordered, with one button that places it."""
        return self.page(
            template=self.review_template,
            form=form,
            partner=self.partner,
            for_others=self.for_others,
            site=form.cleaned_data["site"],
            wanted_on=form.cleaned_data["wanted_on"],
            op_key=new_id(),
        )

    def placed(self, form: OrderForm) -> HttpResponse:
        """Place the order and say what was reserved and what is missing, or show why not."""
        sent = form.cleaned_data
        names = ("op_key", "site", "wanted_on", "comment")
        try:
            order = order_place(
                self.request.actor,
                partner=self.partner,
                lines=form.lines(),
                **{name: sent[name] for name in names},
            )
        except Forbidden:
            raise
        except DomainError as error:
            form.refuse(error)
            return self.choosing(form, status=422)
        missing = shortages_in(lines_of(order))
        messages.success(self.request, _("Order %(order)s is placed.") % {"order": order})
        if missing and self.for_others:
            sentences = " ".join(in_words(shortage) for shortage in missing)
            messages.warning(self.request, _("Less than wanted: %(goods)s") % {"goods": sentences})
        return HttpResponseRedirect(self.done_url(order))


def _key(line: OrderLine) -> str:
    """Return the name that the goods of a line have in the form."""
    return goods_key(line.product_id, line.family_id, line.programme)
