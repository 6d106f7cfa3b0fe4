"""The parts of the page of a case: what is named, lots, orders, partners."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import NOTHING
from apps.kernel.errors import Text
from apps.kernel.pages import Action, Column, Kind, Panel, table_panel
from apps.orders.models import Reservation
from apps.recalls.models import RecallCase, RecallGroup, RecallReach
from apps.recalls.selectors import FoundLot
from apps.recalls.states import NOT_CLEARANCE, MatchState
from apps.recalls.views.chips import is_waiting, match_chip, reach_chip

LOT_COLUMNS = (
    Column(
        label=_("Lot"),
        value="lot.number",
        note=Column(label=_("Goods"), value="lot.label"),
    ),
    Column(label=_("Label"), value=lambda found: found.lot.supplier_lot or NOTHING),
    Column(label=_("How sure"), value="match.get_rung_display", note=Column(label=_("Why"), value="why")),
    Column(label=_("State"), value=lambda found: match_chip(found.match)),
    Column(label=_("Entered"), value="grams.entered", kind=Kind.KG),
    Column(label=_("In stock"), value="grams.in_stock", kind=Kind.KG),
    Column(label=_("Served"), value="grams.served", kind=Kind.KG),
    Column(label=_("Lost"), value="grams.lost", kind=Kind.KG),
    Column(label=_("Sent to other banks"), value="grams.shipped", kind=Kind.KG),
)


def named_panel(groups: Iterable[RecallGroup]) -> Panel:
    """Return what the notice names, with what of it nobody could read."""
    return table_panel(
        _("What is named"),
        columns=[
            Column(label=_("Barcode"), value=lambda group: group.gtin or NOTHING),
            Column(label=_("Lot"), value=lambda group: group.lot_text or NOTHING),
            Column(label=_("Date"), value=lambda group: group.date_text or NOTHING),
            Column(label=_("Not understood"), value=lambda group: group.unread or NOTHING),
        ],
        records=groups,
        empty=_("No barcode, no lot, no date: only names, donors and days can be compared."),
    )


def lots_panels(case: RecallCase, found: Sequence[FoundLot], allowed: Abilities) -> list[Panel]:
    """Return the lots to check, then those recalled, then those that were looked at and are not concerned."""
    by_state = {state: [each for each in found if each.match.state == state] for state in MatchState}
    may_decide = case.is_open and "decide" in allowed

    def acts(each: FoundLot) -> list[Action]:
        confirm = reverse("recalls_match_confirm", args=[each.match.pk])
        dismiss = reverse("recalls_match_dismiss", args=[each.match.pk])
        ours = Action(label=_("Recalled"), url=confirm, grave=True, asks=True)
        if each.match.state == MatchState.TO_CHECK:
            return [ours, Action(label=_("Not concerned"), url=dismiss, asks=True)]
        if each.match.state == MatchState.OURS:
            return [Action(label=_("Release"), url=dismiss, asks=True)]
        return [ours]

    titles: dict[MatchState, tuple[Text, Text]] = {
        MatchState.TO_CHECK: (_("To check"), _("Nothing to check.")),
        MatchState.OURS: (_("Lots recalled"), NOT_CLEARANCE),
        MatchState.NOT_OURS: (_("Looked at, not concerned"), ""),
    }
    return [
        table_panel(
            title,
            columns=LOT_COLUMNS,
            records=by_state[state],
            empty=empty,
            url_of=lambda each: reverse("stock_lot_detail", args=[each.match.lot_id]),
            acts_of=acts if may_decide else None,
        )
        for state, (title, empty) in titles.items()
        if by_state[state] or empty
    ]


def orders_panel(frozen: Sequence[Reservation], *, may_revise: bool) -> Panel:
    """Return what open orders hold of the lots recalled."""

    def acts(held: Reservation) -> list[Action]:
        url = reverse("orders_order_revise", args=[held.line.order_id])
        return [Action(label=_("Replace or take out"), url=url)]

    return table_panel(
        _("Orders frozen"),
        columns=[
            Column(label=_("Order"), value="line.order.number"),
            Column(label=_("Partner"), value="line.order.partner.name"),
            Column(label=_("Wanted on"), value="line.order.wanted_on", kind=Kind.DAY),
            Column(label=_("Lot"), value="lot.number"),
            Column(label=_("Reserved"), value="grams", kind=Kind.KG),
        ],
        records=frozen,
        empty=_("No open order holds any of it."),
        url_of=lambda held: reverse("orders_order_detail", args=[held.line.order_id]),
        acts_of=acts if may_revise else None,
    )


def partners_panel(case: RecallCase, reaches: Sequence[RecallReach], allowed: Abilities) -> Panel:
    """Return the partners served, what they were told and what they answered."""

    def acts(reach: RecallReach) -> list[Action]:
        if not (case.is_open and is_waiting(reach)):
            return []
        return [
            Action(label=label, url=reverse(f"recalls_reach_{page}", args=[reach.pk]))
            for verb, page, label in (
                ("record_answer", "phone", _("Phoned")),
                ("remind", "remind", _("Remind")),
                ("explain", "explain", _("Explain")),
            )
            if verb in allowed
        ]

    return table_panel(
        _("Partners served"),
        columns=[
            Column(
                label=_("Partner"),
                value="partner.name",
                note=Column(label=_("Telephone"), value="partner.phone"),
            ),
            Column(label=_("State"), value=reach_chip),
            Column(label=_("Served"), value="served_grams", kind=Kind.KG),
            Column(
                label=_("Told"),
                value=lambda reach: reach.told_at if reach.told_to else None,
                kind=Kind.MOMENT,
            ),
            Column(label=_("Read"), value="read_at", kind=Kind.MOMENT),
            Column(label=_("Brought back"), value="returned_grams", kind=Kind.KG),
            Column(label=_("Destroyed"), value="destroyed_grams", kind=Kind.KG),
            Column(label=_("Handed out or eaten"), value="used_grams", kind=Kind.KG),
            Column(label=_("Comment"), value="comment"),
        ],
        records=reaches,
        empty=_("No partner was served any of the lots recalled."),
        acts_of=acts if case.is_open else None,
    )
