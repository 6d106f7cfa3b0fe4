"""Pages of the stock: lots, a lot's sheet, goods by product, the journal of movements."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip
from apps.kernel.doors import StaffRequest
from apps.kernel.pages import (
    Action,
    Column,
    Heading,
    Kind,
    More,
    Panel,
    RecordDetail,
    RecordList,
    RecordPage,
    table_panel,
)
from apps.kernel.quantity import format_kg
from apps.kernel.tables import csv_response
from apps.kernel.templatetags.collecto import both
from apps.stock.abilities import abilities
from apps.stock.forms import LotFilter, MovementFilter, SiteFilter
from apps.stock.models import Inspection, Lot, Movement, Pallet
from apps.stock.rules import CHILLED, zone_of
from apps.stock.selectors import (
    Held,
    Holding,
    balances_of,
    holdings,
    lot_explained,
    lots_in_stock,
    movements_journal,
    movements_of,
    pallets_of,
    trace_of,
)
from apps.stock.services import is_reversible
from apps.stock.states import LotStatus
from apps.stock.views.shown import (
    inspection_found,
    lot_date,
    lot_state,
    movement_state,
    movements_told,
    note,
    place_links,
    way,
    went_from,
    went_to,
    why,
)

MOVEMENTS_SHOWN = 100

MOVEMENT_COLUMNS = (
    Column(label=_("Day"), value="occurred_on", kind=Kind.DAY, sort="occurred_on"),
    Column(
        label=_("Movement"),
        value=movement_state,
        sort="kind",
        note=Column(label=_("Reason"), value=why),
    ),
    Column(label=_("Weight"), value="grams", kind=Kind.KG, sort="grams"),
    Column(label=_("From"), value=went_from),
    Column(label=_("To"), value=went_to),
    Column(
        label=_("Document"),
        value="document_number",
        sort="document_number",
        note=Column(label=_("By"), value="actor_label", sort="actor_label"),
    ),
)
LOT_MOVEMENT_COLUMNS = (
    Column(
        label=_("Movement"),
        value=movement_state,
        note=Column(label=_("Day"), value="occurred_on", kind=Kind.DAY),
    ),
    Column(label=_("Weight"), value="grams", kind=Kind.KG),
    Column(label=_("From and to"), value=way),
    Column(label=_("Note"), value=note),
)
PLACE_COLUMNS = (
    Column(label=_("Location"), value="location"),
    Column(label=_("Site"), value="location.site.name"),
    Column(
        label=_("Free"),
        value="on_hand_grams",
        kind=Kind.KG,
        note=Column(label=_("Free, in units"), value=lambda held: held.lot.packed(held.on_hand_grams)),
    ),
    Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG),
)
PALLET_COLUMNS = (
    Column(
        label=_("Pallet"),
        value="number",
        note=Column(label=_("Labelled"), value="created_at", kind=Kind.MOMENT),
    ),
    Column(label=_("Net weight"), value="grams", kind=Kind.KG),
    Column(label=_("Units"), value="unit_count", kind=Kind.NUMBER),
)
INSPECTION_COLUMNS = (
    Column(label=_("Inspected"), value="inspected_on", kind=Kind.DAY),
    Column(
        label=_("Finding"),
        value=inspection_found,
        note=Column(label=_("Comment"), value="comment"),
    ),
    Column(label=_("May leave until"), value="valid_until", kind=Kind.DAY),
    Column(label=_("By"), value="inspector_label"),
)


COUNTED = frozenset({"block", "unblock", "count", "lose", "move"})
"""Acts offered for a lot of which the books hold nothing any more, too."""
NUMBER = Column(label=_("Lot"), value="number", sort="number")
LOT_COLUMN = Column(
    label=_("Goods"),
    value="lot.label",
    sort="lot__label",
    note=Column(label=_("Lot"), value="lot.number", sort="lot__number"),
)


class LotPage:
    """What the pages of a lot share."""

    model = Lot
    urls = "stock_lot"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Lot]:
        """Return the lots with what is left of them."""
        return lots_in_stock()


class LotList(LotPage, RecordList[Lot]):
    """The lots of the bank, first expired first."""

    columns = (
        Column(label=_("Goods"), value="label", sort="label", note=NUMBER),
        Column(label=_("Date"), value=lot_date, sort="expires_on"),
        Column(
            label=_("Free"),
            value="on_hand_grams",
            kind=Kind.KG,
            sort="on_hand_grams",
            note=Column(label=_("Free, in units"), value=lambda lot: lot.packed(lot.on_hand_grams)),
        ),
        Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG, sort="reserved_grams"),
        Column(label=_("Where"), value="places"),
        Column(label=_("State"), value=lambda lot: lot_state(lot, lot.inspected_until), sort="status"),
    )
    search_fields = ("number", "label", "family__name", "donor_label", "supplier_lot")
    filters = LotFilter
    ordering = ("expires_on", "received_on", "number")
    lead = _("What is in the warehouse, in the order it should leave.")
    empty_text = _("No lot yet. A posted receipt becomes lots.")

    def records(self) -> QuerySet[Lot]:
        """Return the lots with what is left of them, at the chosen site if there is one."""
        form = self.filter_form
        return lots_in_stock(form.chosen_site if isinstance(form, SiteFilter) else None)

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the ways to look at the same goods."""
        return [
            Action(label=_("By product"), url=reverse("stock_holding_list"), icon="layers"),
            Action(label=_("Pallets"), url=reverse("stock_pallet_list"), icon="barcode"),
            Action(label=_("Minimum levels"), url=reverse("stock_level_list"), icon="gauge"),
            Action(label=_("Movements"), url=reverse("stock_movement_list"), icon="arrow-left-right"),
        ]


class LotDetail(LotPage, RecordDetail[Lot]):
    """A lot: where it is, where it came from, where it went, and every movement."""

    fields = (
        Column(label=_("Family"), value="family.name"),
        Column(label=_("Product"), value="product.name"),
        Column(label=_("Precision"), value="get_granularity_display"),
        Column(label=_("Date"), value=lot_date),
        Column(label=_("Free"), value=lambda lot: both(lot.on_hand_grams, lot)),
        Column(label=_("Reserved"), value=lambda lot: both(lot.reserved_grams, lot)),
        Column(label=_("Temperature class"), value="get_temperature_class_display"),
        Column(label=_("Supply source"), value="get_supply_source_display"),
        Column(label=_("Donor"), value="donor_label"),
        Column(label=_("Received on"), value="received_on", kind=Kind.DAY),
        Column(label=_("Receipt"), value="receipt_line.receipt.number"),
        Column(label=_("Lot number on the label"), value="supplier_lot"),
        Column(label=_("Campaign"), value="campaign"),
        Column(label=_("Origin bank"), value="origin_bank_label"),
        Column(label=_("Frozen on"), value="frozen_on", kind=Kind.DAY),
        Column(label=_("Ingredients"), value="ingredients"),
        Column(label=_("Allergens"), value="allergens"),
        Column(label=_("Blocked because"), value="block_reason"),
    )

    def more_history(self) -> More:
        """Return the movements: the ledger is their history."""
        return partial(movements_told, self.record)

    def records(self) -> QuerySet[Lot]:
        """Return the lots with their receipt."""
        return lots_in_stock().select_related("receipt_line__receipt")

    def state(self, record: Any) -> Chip:
        """Return whether the lot, read with its newest inspection, may leave."""
        return lot_state(record, record.inspected_until)

    def actions(self, record: Lot, allowed: Abilities) -> list[Action]:
        """Return what this person may do with the lot."""
        held_back = record.status == LotStatus.BLOCKED
        offered = [
            ("unblock", _("Release"), "lock-open") if held_back else ("block", _("Block"), "lock"),
            ("inspect", _("Inspect"), "clipboard-check"),
            ("count", _("Count"), "scale"),
            ("lose", _("Record a loss"), "trash-2"),
            ("quarantine", _("Quarantine"), "shield-alert"),
            ("label", _("Print labels"), "printer"),
            ("move", _("Move"), "arrow-left-right"),
        ]
        buttons = [
            Action(label=label, url=self.url(verb, record), icon=icon, primary=verb == "move")
            for verb, label, icon in offered
            if ("move" if verb == "quarantine" else verb) in allowed and self.fits(verb, record)
        ]
        if "transform" in allowed and not held_back and self.may_be_frozen(record):
            url = reverse("workshop_lot_freeze", args=[record.pk])
            buttons.insert(0, Action(label=_("Freeze"), url=url, icon="snowflake"))
        if "offer_surplus" in allowed and not held_back and any(held.on_hand_grams for held in self.held):
            url = reverse("network_transfer_propose", args=[record.pk])
            buttons.insert(0, Action(label=_("Propose to another bank"), url=url, icon="send"))
            url = f"{reverse('network_surplus_create')}?lot={record.pk}"
            buttons.insert(1, Action(label=_("Offer as surplus"), url=url, icon="hand-helping"))
        return buttons

    def fits(self, verb: str, record: Lot) -> bool:
        """Tell whether an act makes sense for the lot as it is."""
        if verb == "inspect":
            return bool(self.held) and record.date_kind == DateKind.BEST_BEFORE and not self.is_over(record)
        return verb in COUNTED or bool(self.held)

    def is_over(self, record: Lot) -> bool:
        """Tell whether no inspection could let the lot leave any more."""
        return record.is_expired(clock.today())

    @cached_property
    def inspections(self) -> list[Inspection]:
        """The inspections of the lot, newest first."""
        return list(self.record.inspections.select_related("lot"))

    def inspected(self, record: Lot) -> list[Panel]:
        """Return what inspections found, if there were any."""
        if not self.inspections:
            return []
        panel = table_panel(
            _("Inspections"), columns=INSPECTION_COLUMNS, records=self.inspections, empty=_("None yet.")
        )
        return [panel]

    def may_be_frozen(self, record: Lot) -> bool:
        """Tell whether the workshop may freeze the lot: chilled, never frozen, in date, freezable, free."""
        is_chilled = zone_of(record.temperature_class) == CHILLED and record.frozen_on is None
        stands_it = record.product is None or record.product.is_freezable
        is_fit = is_chilled and stands_it and not self.is_over(record)
        return is_fit and any(held.on_hand_grams for held in self.held)

    def panels(self, record: Lot) -> list[Panel]:
        """Return the places, the inspections, the pallets, the account, the trace and the movements."""
        return [
            self.places(record),
            *self.inspected(record),
            self.labelled(record),
            self.account(record),
            self.trace(record),
            self.movements(record),
        ]

    @cached_property
    def held(self) -> list[Held]:
        """Where the lot is."""
        return balances_of(self.record)

    def places(self, record: Lot) -> Panel:
        """Return where the lot is, with what can be done there."""
        acts = Column(label=_("Act"), value=lambda held: place_links(held, self.allowed))
        return table_panel(
            _("Where it is"),
            columns=[*PLACE_COLUMNS, acts],
            records=self.held,
            empty=_("Nothing is left of it."),
        )

    @cached_property
    def pallets(self) -> list[Pallet]:
        """The pallets of the lot that have a label."""
        return list(pallets_of(self.record))

    def labelled(self, record: Lot) -> Panel:
        """Return the pallets, each with the way to another print of its label."""
        return table_panel(
            _("Pallets"),
            columns=PALLET_COLUMNS,
            records=self.pallets,
            empty=_("No label yet."),
            url_of=lambda pallet: reverse("stock_pallet_detail", args=[pallet.pk]),
            acts_of=self.print_again if "label" in self.allowed else None,
        )

    def print_again(self, pallet: Pallet) -> list[Action]:
        """Return the way to another print of a label."""
        return [Action(label=_("Print again"), url=reverse("stock_pallet_print", args=[pallet.pk]))]

    def told_with(self, record: Lot) -> list[Pallet | Inspection]:
        """Return the pallets and inspections: the lot's history tells of labels printed and things found."""
        return [*self.pallets, *self.inspections]

    def account(self, record: Lot) -> Panel:
        """Return what came in and went out, down to what is left."""
        lines = lot_explained(record)
        left = sum(line.grams for line in lines)
        return Panel(
            title=_("In and out"), template="stock/explained.html", context={"lines": lines, "left": left}
        )

    def trace(self, record: Lot) -> Panel:
        """Return who gave it and who got it."""
        shown = {"trace": trace_of(record), "url": reverse("network_lot_trace", args=[record.pk])}
        return Panel(title=_("Trace"), template="stock/trace.html", context=shown)

    def movements(self, record: Lot) -> Panel:
        """Return the latest movements, each reversed from its line."""
        return table_panel(
            _("Movements"),
            columns=LOT_MOVEMENT_COLUMNS,
            records=movements_of(record)[:MOVEMENTS_SHOWN],
            acts_of=self.movement_acts if "reverse" in self.allowed else None,
            empty=_("No movement yet."),
        )

    def movement_acts(self, movement: Movement) -> list[Action]:
        """Return the act that reverses a movement, where this person may."""
        if hasattr(movement, "reversed_by") or not is_reversible(movement, self.allowed):
            return []
        url = reverse("stock_movement_reverse", args=[movement.pk])
        return [Action(label=_("Reverse"), url=url, asks=True)]


class MovementPage:
    """What the pages of a movement share."""

    model = Movement
    urls = "stock_movement"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Movement]:
        """Return the movements with their lot and both sides."""
        return movements_journal()


class MovementList(MovementPage, RecordList[Movement]):
    """The journal: every movement, newest first."""

    columns = (LOT_COLUMN, *MOVEMENT_COLUMNS)
    search_fields = ("lot__number", "lot__label", "party_label", "document_number", "actor_label", "reason")
    filters = MovementFilter
    lead = _("Every movement ever made. Nothing is changed or removed: a mistake is reversed.")
    empty_text = _("No movement yet.")

    def row_name(self, record: Movement) -> str:
        """Return goods, lot, kind and weight: two lots of the same goods sound apart."""
        told = f"{record.get_kind_display()} {format_kg(record.grams)}"
        return f"{record.lot.label}, {record.lot.number}, {told}"

    def row_url(self, record: Movement) -> str:
        """Return the address of the lot."""
        return reverse("stock_lot_detail", args=[record.lot_id])


HOLDING_COLUMNS = (
    Column(label=_("Goods"), value="label"),
    Column(label=_("Family"), value="family.name"),
    Column(
        label=_("Free"),
        value="free_grams",
        kind=Kind.KG,
        note=Column(label=_("Free, in units"), value=lambda held: held.packed(held.free_grams)),
    ),
    Column(label=_("Reserved"), value="reserved_grams", kind=Kind.KG),
    Column(label=_("Kept back"), value="kept_back_grams", kind=Kind.KG),
    Column(label=_("Lots"), value="lot_count", kind=Kind.NUMBER),
    Column(label=_("First date"), value="earliest_on", kind=Kind.DAY),
)


class HoldingList(RecordPage[Lot]):
    """What is in the warehouse, product by product, at a site or at all of them."""

    model = Lot
    urls = "stock_lot"
    abilities = staticmethod(abilities)
    template_name = "stock/holding_list.html"

    @cached_property
    def filter_form(self) -> SiteFilter:
        """The site as the URL sets it."""
        return SiteFilter(self.request.GET)

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the goods, or give them as CSV."""
        found = holdings(self.filter_form.chosen_site)
        if request.GET.get("format") == "csv":
            return csv_response(HOLDING_COLUMNS, found, name="stock")
        return self.page(
            title=_("Stock by product"),
            filter_form=self.filter_form,
            headings=[Heading(label=c.label, is_numeric=c.is_numeric) for c in HOLDING_COLUMNS],
            rows=[self.row(holding) for holding in found],
            free=sum(holding.free_grams for holding in found),
            held=sum(holding.reserved_grams for holding in found),
            blocked=sum(holding.kept_back_grams for holding in found),
        )

    def row(self, holding: Holding) -> dict[str, Any]:
        """Return a line that leads to its lots."""
        query = urlencode({"q": holding.label, "family": holding.family.pk})
        cells = [column.cell(holding) for column in HOLDING_COLUMNS]
        return {"record": holding, "url": f"{self.url('list')}?{query}", "cells": cells}
