"""The inventory of a public programme: opening, in, out, stock, by campaign and product."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.kernel.doors import StaffRequest
from apps.kernel.pages import Column, Heading, Kind, RecordPage
from apps.kernel.tables import csv_response
from apps.stock.abilities import abilities
from apps.stock.forms import ProgrammeFilter
from apps.stock.models import Lot
from apps.stock.selectors import ProgrammeLine, programme_lines

PROGRAMME_COLUMNS = (
    Column(label=_("Goods"), value="label"),
    Column(label=_("Campaign"), value="campaign"),
    Column(label=_("Opening"), value="opening_grams", kind=Kind.KG),
    Column(label=_("Received"), value="received_grams", kind=Kind.KG),
    Column(label=_("Handed over"), value="handed_over_grams", kind=Kind.KG),
    Column(label=_("Shipped to other banks"), value="shipped_grams", kind=Kind.KG),
    Column(label=_("Lost"), value="lost_grams", kind=Kind.KG),
    Column(label=_("Counts and workshop"), value="other_grams", kind=Kind.KG),
    Column(label=_("In stock"), value="stock_grams", kind=Kind.KG),
)


class ProgrammeInventory(RecordPage[Lot]):
    """What a programme had, got, gave and has, campaign by campaign, over a period."""

    model = Lot
    urls = "stock_lot"
    abilities = staticmethod(abilities)
    template_name = "stock/programme_list.html"

    @cached_property
    def filter_form(self) -> ProgrammeFilter:
        """The programme, campaign and period as the URL sets them."""
        return ProgrammeFilter(self.request.GET)

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the account, or give it as CSV."""
        found = programme_lines(**self.filter_form.asked())
        if request.GET.get("format") == "csv":
            return csv_response(PROGRAMME_COLUMNS, found, name="programme")
        return self.page(
            title=_("Inventory of a programme"),
            filter_form=self.filter_form,
            headings=[Heading(label=c.label, is_numeric=c.is_numeric) for c in PROGRAMME_COLUMNS],
            rows=[self.row(line) for line in found],
            opening=sum(line.opening_grams for line in found),
            stock=sum(line.stock_grams for line in found),
        )

    def row(self, line: ProgrammeLine) -> dict[str, Any]:
        """Return a line that leads to its lots."""
        query = urlencode({"q": line.label, "family": line.family.pk})
        cells = [column.cell(line) for column in PROGRAMME_COLUMNS]
        return {"record": line, "url": f"{reverse('stock_lot_list')}?{query}", "cells": cells}
