"""Pages of a bank's staff: transfers to and from other banks, and where an offer went."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, require
from apps.kernel.display import Chip
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import DomainError, Forbidden, Text
from apps.kernel.forms import FilterForm, add_refusal
from apps.kernel.pages import Action, More, Panel, RecordAct, RecordDetail, RecordList
from apps.kernel.tables import Column, Kind
from apps.sites.selectors import active_locations
from apps.stock.models import Lot
from apps.stock.selectors import balances_of
from tenants.network import services
from tenants.network.abilities import abilities
from tenants.network.forms import NoteForm, ProposeForm, ReasonForm, ReceiveForm, ShipForm, WeighedForm
from tenants.network.models import SharedNeed, Transfer
from tenants.network.needs import needs_of_others
from tenants.network.selectors import (
    banks_to_send_to,
    told_by_the_other,
    trail_of_step,
    transfer_here,
    transfers_of,
)
from tenants.network.states import NOT_GONE, TRANSFER_STEPS, TransferState
from tenants.network.surplus.agreements import agreements_to_give
from tenants.network.surplus.claims import may_claim
from tenants.network.surplus.states import ClaimState
from tenants.network.words import state_chip, why_in_words
from tenants.registry.models import FoodBank

ACTS: dict[str, tuple[Text, str, TransferState]] = {
    "accept": (_("Accept"), "check", TransferState.ACCEPTED),
    "ship": (_("Ship"), "truck", TransferState.SHIPPED),
    "receive": (_("Receive"), "package-check", TransferState.RECEIVED),
    "decline": (_("Decline"), "x", TransferState.DECLINED),
    "cancel": (_("Cancel the transfer"), "ban", TransferState.CANCELLED),
}
"""Label, icon and outcome of each act, the main one of each side first."""


class TransferFilter(FilterForm):
    """Transfers by state."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *TransferState.choices])


class NeedList(RecordList[SharedNeed]):
    """What the other banks lack and chose to tell."""

    model = SharedNeed
    urls = "network_need"
    abilities = staticmethod(abilities)
    search_fields = ("bank_label", "label")
    lead = _("To help, open a lot of the stock and propose it. Only what they chose to tell is shown.")
    empty_text = _("No other bank tells of a need today.")
    columns = (
        Column(label=_("Goods"), value="label", sort="label"),
        Column(label=_("Food bank"), value="bank_label", sort="bank_label"),
        Column(label=_("Wanted"), value="wanted_grams", kind=Kind.KG, sort="wanted_grams"),
        Column(label=_("Told"), value="told_at", kind=Kind.MOMENT, sort="told_at"),
    )

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the ways to what they tell besides: room and arrivals, and the surplus offered."""
        return [
            Action(
                label=_("Their room and arrivals"), url=reverse("network_resource_list"), icon="warehouse"
            ),
            Action(label=_("Surplus offered"), url=reverse("network_surplus_list"), icon="package-check"),
        ]

    def records(self) -> Any:
        """Return the needs of the others."""
        return needs_of_others()

    def row_url(self, record: SharedNeed) -> str:
        """Return the stock of the same goods here."""
        return f"{reverse('stock_lot_list')}?{urlencode({'q': record.label})}"


class TransferList(RecordList[Transfer]):
    """Transfers that this bank sends or receives."""

    model = Transfer
    urls = "network_transfer"
    abilities = staticmethod(abilities)
    filters = TransferFilter
    search_fields = ("number", "from_label", "to_label", "comment")
    lead = _("Goods to and from other banks. To send some, open a lot of the stock.")
    empty_text = _("No transfer yet. Open a lot of the stock to propose one.")
    columns = (
        Column(label=_("Number"), value="number", sort="number"),
        Column(label=_("From"), value="from_label", sort="from_label"),
        Column(label=_("To"), value="to_label", sort="to_label"),
        Column(label=_("State"), value=state_chip),
        Column(label=_("Weight"), value="grams", kind=Kind.KG, sort="grams"),
        Column(label=_("Proposed on"), value="created_at", kind=Kind.MOMENT, sort="created_at"),
    )

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the ways to what the other banks lack, to the flows and to the agreements."""
        return [
            Action(label=_("What other banks lack"), url=reverse("network_need_list"), icon="hand-helping"),
            Action(label=_("Who gave what to whom"), url=reverse("network_flow_list"), icon="chart-column"),
            Action(label=_("Standing agreements"), url=reverse("network_agreement_list"), icon="file-text"),
        ]

    def records(self) -> Any:
        """Return the transfers of the bank whose site this is."""
        return transfers_of(self.request.bank.pk)


class OneTransfer:
    """Pages about one transfer of this bank."""

    kwargs: dict[str, Any]

    @cached_property
    def record(self) -> Transfer:
        """The transfer named by the URL, with its lines; not found when it is not of this bank."""
        return transfer_here(self.kwargs["pk"])


class TransferDetail(OneTransfer, RecordDetail[Transfer]):
    """A transfer: who, what, how much left, arrived and was lost."""

    model = Transfer
    urls = "network_transfer"
    abilities = staticmethod(abilities)
    fields = (
        Column(label=_("From"), value="from_label"),
        Column(label=_("To"), value="to_label"),
        Column(label=_("Proposed on"), value="created_at", kind=Kind.MOMENT),
        Column(label=_("Shipped on"), value="shipped_on", kind=Kind.DAY),
        Column(label=_("Received on"), value="received_on", kind=Kind.DAY),
        Column(label=_("Who drives"), value="get_driver_display"),
        Column(label=_("Carrier"), value="carrier"),
        Column(label=_("Transport cost"), value="cost_cents", kind=Kind.EUROS),
        Column(label=_("Who bears the cost"), value="get_cost_bearer_display"),
        Column(label=_("Message"), value="comment"),
        Column(label=_("Surplus"), value="surplus.number"),
        Column(label=_("Claim"), value="get_claim_state_display"),
        Column(label=_("Why the receiver contests"), value="claim_reason"),
        Column(label=_("Answer of the sender"), value="claim_answer"),
    )
    action_labels = {**dict(TransferState.choices), "shipped": _("Shipped"), "received": _("Received")}

    def more_history(self) -> More:
        """Return what the other bank did."""
        return partial(told_by_the_other, self.record, self.action_labels)

    def state(self, record: Transfer) -> Chip | None:
        """Return the state shown beside the title."""
        return state_chip(record)

    def panels(self, record: Transfer) -> list[Panel]:
        """Return the goods, line by line."""
        lines = {"lines": list(record.lines.all()), "here": self.request.bank.pk == record.from_bank_id}
        return [Panel(title=_("Goods"), template="network/transfer_lines.html", context=lines)]

    def actions(self, record: Transfer, allowed: Abilities) -> list[Action]:
        """Return the next acts of this side."""
        possible = TRANSFER_STEPS[TransferState(record.state)]
        open_acts = [verb for verb in ACTS if verb in allowed and ACTS[verb][2] in possible]
        return [
            Action(label=ACTS[verb][0], icon=ACTS[verb][1], url=self.url(verb, record), primary=first)
            for first, verb in zip([True, False, False], open_acts, strict=False)
        ] + self.settling(record, allowed)

    def settling(self, record: Transfer, allowed: Abilities) -> list[Action]:
        """Return what the two banks settle besides the steps: the transport, a claim and its answer."""
        acts = (
            ("arrange", "arrange", _("Arrange the transport"), record.state in NOT_GONE),
            ("claim", "claim", _("Contest what arrived"), may_claim(record)),
            ("answer_claim", "answer", _("Answer the claim"), record.claim_state == ClaimState.OPEN),
        )
        return [
            Action(label=label, url=self.url(page, record))
            for verb, page, label, is_open in acts
            if is_open and verb in allowed
        ]


class TransferAct(OneTransfer, RecordAct[Transfer]):
    """A step of a transfer, with a word to the other side."""

    model = Transfer
    urls = "network_transfer"
    abilities = staticmethod(abilities)
    form_class: type[forms.BaseForm] = NoteForm
    success = _("Transfer %(record)s: done.")


class TransferAccept(TransferAct):
    """The receiver says yes."""

    verb = "accept"
    title = submit = _("Accept the transfer")
    lead = _("The other bank may then ship the goods.")
    service = staticmethod(services.transfer_accept)


class TransferDecline(TransferAct):
    """The receiver says no."""

    verb = "decline"
    form_class = ReasonForm
    title = submit = _("Decline the transfer")
    service = staticmethod(services.transfer_decline)


class TransferCancel(TransferAct):
    """The sender takes the proposal back."""

    verb = "cancel"
    form_class = ReasonForm
    title = submit = _("Cancel the transfer")
    is_grave = True
    service = staticmethod(services.transfer_cancel)


class TransferShip(TransferAct):
    """The sender loads the goods."""

    verb = "ship"
    title = submit = _("Ship the goods")
    lead = _("They leave your stock and are on the road until the other bank receives them.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with one weight per line."""
        settled = {"carrier": self.record.carrier, "cost_cents": self.record.cost_cents}
        return ShipForm(data, lines=self.record.lines.all(), initial=settled, label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Ship what was loaded."""
        return services.transfer_ship(
            self.request.actor,
            transfer=self.record,
            shipped=_weights(form),
            carrier=form.cleaned_data["carrier"],
            cost_cents=form.cleaned_data["cost_cents"],
        )


class TransferReceive(TransferAct):
    """The receiver weighs the goods."""

    verb = "receive"
    title = submit = _("Receive the goods")
    lead = _("Write what you weigh. What is missing becomes a loss in transport, with its reason.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with one weight per line and where to put the goods."""
        return ReceiveForm(data, lines=self.record.lines.all(), locations=active_locations(), label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Receive what was weighed."""
        return services.transfer_receive(
            self.request.actor,
            transfer=self.record,
            received=_weights(form),
            location=form.cleaned_data["location"],
            reason=form.cleaned_data["reason"],
            temperature_c=form.cleaned_data["temperature_c"],
        )


@writes
def transfer_propose(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """Propose part of a lot to another bank."""
    require(abilities(request.actor), "propose")
    lot = get_object_or_404(Lot, pk=lot_id)
    places = [held for held in balances_of(lot) if held.on_hand_grams > 0]
    banks = {str(bank.pk): bank for bank in banks_to_send_to(request.bank.pk)}
    form = ProposeForm(
        request.POST or None,
        banks=[(key, bank.name) for key, bank in banks.items()],
        locations=active_locations().filter(pk__in=[held.location.pk for held in places]),
        initial={"location": places[0].location if places else None},
        label_suffix="",
    )
    if request.method == "POST" and form.is_valid():
        transfer = _proposed(request, form, lot, banks)
        if transfer is not None:
            messages.success(request, str(_("Transfer %(record)s: proposed.")) % {"record": transfer})
            return HttpResponseRedirect(reverse("network_transfer_detail", args=[transfer.pk]))
    context = {
        "form": form,
        "lot": lot,
        "places": places,
        "agreements": agreements_to_give(),
        "list_url": reverse("network_transfer_list"),
        "list_label": _("Transfers between banks"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "network/transfer_propose.html", context, status=status)


def _proposed(
    request: StaffRequest, form: ProposeForm, lot: Lot, banks: Mapping[str, FoodBank]
) -> Transfer | None:
    """Propose what a valid form says; a refusal goes back to its field."""
    data = {**form.cleaned_data, "to_bank": banks[form.cleaned_data["to_bank"]]}
    try:
        return services.transfer_propose(request.actor, from_bank=request.bank, lot=lot, **data)
    except Forbidden:
        raise
    except DomainError as error:
        add_refusal(form, error)
        return None


@reads
def offer_trail(request: StaffRequest, step_id: UUID) -> HttpResponse:
    """Show where an offer that reached this bank went before and after, and why."""
    require(abilities(request.actor), "view")
    offer = trail_of_step(step_id)
    steps = [
        {"step": step, "state": state_chip(step), "why": why_in_words(step)} for step in offer.steps.all()
    ]
    context = {"offer": offer, "state": state_chip(offer), "steps": steps, "acts": offer.acts.all()}
    return render(request, "network/offer_trail.html", context)


def _weights(form: forms.BaseForm) -> Mapping[UUID, int]:
    return cast("WeighedForm", form).weights()
