"""Pages of surplus between banks: the board, what is offered, asked for and allocated."""

from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.kernel import display
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.errors import Text
from apps.kernel.pages import Action, Panel, RecordAct, RecordCreate, RecordDetail, RecordList, table_panel
from apps.kernel.tables import Column, Kind
from apps.stock.models import Balance
from apps.stock.selectors import reservable
from tenants.network.abilities import abilities
from tenants.network.forms import NoteForm
from tenants.network.models import Surplus, SurplusLine, SurplusRequest, SurplusWish
from tenants.network.surplus import asking, publishing
from tenants.network.surplus.agreements import agreements_to_give
from tenants.network.surplus.forms import AllocateForm, AskForm, BoardFilter, PublishForm, WhyForm
from tenants.network.surplus.selectors import (
    requests_shown,
    surplus_board,
    surplus_shown,
    surplus_to_ask,
)
from tenants.network.surplus.states import RequestState, SurplusState
from tenants.network.words import state_chip

MOST_LOTS = 30
"""Lots shown at once when surplus is offered; a search finds the others."""


def _life(line: SurplusLine) -> Chip | str:
    return display.food_date(line.date_kind, line.expires_on)


def _lacking(line: Any) -> Chip | str:
    return Chip(_("You lack this"), Tone.WARN) if line.lacking else ""


class SurplusList(RecordList[SurplusLine]):
    """The board: goods that banks offer now, line by line."""

    model = SurplusLine
    urls = "network_surplus"
    abilities = staticmethod(abilities)
    filters = BoardFilter
    search_fields = ("label", "surplus__bank_label", "surplus__number", "family_code")
    ordering = ("expires_on",)
    empty_text = _("No surplus is offered now.")
    columns = (
        Column(
            label=_("Goods"), value="label", sort="label", note=Column(label=_("Lacking"), value=_lacking)
        ),
        Column(label=_("Food bank"), value="surplus.bank_label", sort="surplus__bank_label"),
        Column(label=_("Remaining"), value="left", kind=Kind.KG, sort="left"),
        Column(label=_("Date"), value=_life, sort="expires_on"),
        Column(label=_("Temperature"), value="get_temperature_class_display"),
        Column(label=_("Distance (km)"), value="km", kind=Kind.NUMBER, sort="km"),
        Column(label=_("Until"), value="surplus.until", kind=Kind.MOMENT, sort="surplus__until"),
    )

    @property
    def lead(self) -> str:  # type: ignore[override]
        """What the board is, and what this bank has agreed to give."""
        said = [gettext("What food banks offer one another. Open a line to ask for goods.")]
        agreed = agreements_to_give()
        if agreed:
            names = ", ".join(dict.fromkeys(agreement.to_label for agreement in agreed))
            said.append(gettext("Standing agreements to give: %(banks)s.") % {"banks": names})
        return " ".join(said)

    def records(self) -> Any:
        """Return the board, narrowed to what the address asks for."""
        return cast("BoardFilter", self.filter_form).narrow_for(surplus_board(), self.request.bank.pk)

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the ways to offer surplus, and to the agreements."""
        url = reverse("network_agreement_list")
        ways = [Action(label=_("Standing agreements"), url=url, icon="file-text")]
        if "offer_surplus" in allowed:
            url = reverse("network_surplus_create")
            ways.append(Action(label=_("Offer surplus"), url=url, icon="plus", primary=True))
        return ways

    def row_url(self, record: SurplusLine) -> str:
        """Return the sheet of the surplus."""
        return reverse("network_surplus_detail", args=[record.surplus_id])

    def row_name(self, record: SurplusLine) -> str:
        """Return goods and bank."""
        return f"{record.label}, {record.surplus.bank_label}"


LINE_COLUMNS = (
    Column(label=_("Goods"), value="label"),
    Column(label=_("Date"), value=_life),
    Column(label=_("Temperature"), value="get_temperature_class_display"),
    Column(label=_("Supply source"), value="get_programme_display"),
    Column(label=_("Offered"), value="grams", kind=Kind.KG),
    Column(label=_("Remaining"), value="left_grams", kind=Kind.KG),
)


def _wished(request: SurplusRequest) -> str:
    return ", ".join(f"{wish.line.label} {display_kg(wish)}" for wish in request.wishes.all())


def display_kg(wish: SurplusWish) -> str:
    """Write what a wish is about, and what it got when it was answered with less."""
    column = Column(label="", value="grams", kind=Kind.KG)
    return str(column.show(wish))


REQUEST_COLUMNS = (
    Column(label=_("Food bank"), value="bank_label"),
    Column(label=_("Asked for"), value=_wished),
    Column(label=_("State"), value=state_chip, note=Column(label=_("Answer"), value="answer")),
    Column(label=_("Message"), value="comment"),
)


class SurplusDetail(RecordDetail[Surplus]):
    """A surplus: its goods, who asked for them, what they got."""

    model = Surplus
    urls = "network_surplus"
    abilities = staticmethod(abilities)
    fields = (
        Column(label=_("Food bank"), value="bank_label"),
        Column(label=_("Offered until"), value="until", kind=Kind.MOMENT),
        Column(label=_("Who may see it"), value="get_reach_display"),
        Column(label=_("Message"), value="comment"),
    )

    def records(self) -> Any:
        """Return the surplus that this bank sees."""
        return surplus_shown()

    def state(self, record: Surplus) -> Chip | None:
        """Return the state shown beside the title."""
        return state_chip(record)

    def panels(self, record: Surplus) -> list[Panel]:
        """Return the goods and the requests."""
        goods = table_panel(
            _("Goods"), columns=LINE_COLUMNS, records=record.lines.all(), empty=_("Nothing is offered.")
        )
        requests = table_panel(
            _("Requests"),
            columns=REQUEST_COLUMNS,
            records=record.requests.all(),
            empty=_("Nobody has asked yet."),
            acts_of=self.acts_of,
        )
        return [goods, requests]

    def acts_of(self, request: SurplusRequest) -> list[Action]:
        """Return what this side can do with a request."""
        if request.transfer_id:
            url = reverse("network_transfer_detail", args=[request.transfer_id])
            return [Action(label=_("Transfer"), url=url, icon="arrow-left-right")]
        if request.state != RequestState.ASKED:
            return []
        allowed = abilities(self.request.actor, request)
        return [
            Action(label=label, url=reverse(f"network_surplus_request_{act}", args=[request.pk]))
            for verb, act, label in (
                ("allocate", "allocate", pgettext_lazy("surplus", "Allocate")),
                ("allocate", "decline", _("Decline")),
                ("unask", "withdraw", _("Take back")),
            )
            if verb in allowed
        ]

    def actions(self, record: Surplus, allowed: Abilities) -> list[Action]:
        """Return what can be done with what is still offered."""
        if record.state != SurplusState.OPEN:
            return []
        acts: list[tuple[str, str, Text, str]] = [
            ("ask", "ask", _("Ask for goods"), "hand-helping"),
            ("withdraw_surplus", "withdraw", _("Withdraw the surplus"), "undo-2"),
        ]
        return [
            Action(label=label, url=self.url(page, record), icon=icon, primary=verb == "ask")
            for verb, page, label, icon in acts
            if verb in allowed
        ]


class SurplusCreate(RecordCreate[Surplus]):
    """Offers lots: the shortest dates first, found by words typed."""

    model = Surplus
    urls = "network_surplus"
    abilities = staticmethod(abilities)
    verb = "offer_surplus"
    template_name = "network/surplus_form.html"
    title = _("Offer surplus")
    submit = _("Offer")
    lead = _("What you offer is reserved at once, and freed when the offer ends. Leave the other lots empty.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the lots looked for, or those that were sent."""
        return PublishForm(data, held=self.held(data), label_suffix="")

    def held(self, data: Any) -> list[Balance]:
        """Return free goods that may leave: of what was sent, of one lot, or as searched."""
        free = reservable().select_related("account__lot__family", "account__location__site")
        if data is not None:
            sent = [name.removeprefix("lot-") for name in data if name.startswith("lot-")]
            return list(free.filter(account_id__in=[key for key in sent if key.isdecimal()][:MOST_LOTS]))
        for word in self.request.GET.get("q", "").replace("\x00", " ").split():
            free = free.filter(Q(account__lot__label__holds=word) | Q(account__lot__number__holds=word))
        lot = _uuid(self.request.GET.get("lot", ""))
        return list((free.filter(account__lot=lot) if lot else free)[:MOST_LOTS])

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> Any:
        """Show the words that were searched."""
        return super().page(status=status, template=template, query=self.request.GET.get("q", ""), **context)

    def perform(self, form: forms.BaseForm) -> Any:
        """Publish what was filled in."""
        data = form.cleaned_data
        return publishing.surplus_publish(
            self.request.actor,
            op_key=data["op_key"],
            items=cast("PublishForm", form).items(),
            until=data["until"],
            reach=data["reach"],
            comment=data["comment"],
        )


class OneSurplus(RecordAct[Surplus]):
    """An act on a surplus that this bank sees."""

    model = Surplus
    urls = "network_surplus"
    abilities = staticmethod(abilities)
    form_class: type[forms.BaseForm] = WhyForm

    def records(self) -> Any:
        """Return the surplus that this bank sees."""
        return surplus_shown()


class SurplusWithdraw(OneSurplus):
    """Takes back what nobody got."""

    verb = "withdraw_surplus"
    title = submit = _("Withdraw the surplus")
    is_grave = True
    service = staticmethod(publishing.surplus_withdraw)


class SurplusAsk(OneSurplus):
    """Asks for goods of a surplus."""

    verb = "ask"
    title = submit = _("Ask for goods")
    lead = _("The other bank decides; what it gives becomes a transfer.")
    success = _("Your request is sent.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with one weight per line."""
        return AskForm(data, lines=surplus_to_ask(self.record), label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Ask for what was typed."""
        asking.surplus_ask(
            self.request.actor,
            op_key=form.cleaned_data["op_key"],
            surplus=self.record,
            wanted=cast("AskForm", form).weights(),
            comment=form.cleaned_data["comment"],
        )
        return self.record


class OneRequest(RecordAct[SurplusRequest]):
    """An act on a request; its sheet is that of the surplus."""

    model = SurplusRequest
    urls = "network_surplus"
    record_name = "request"
    abilities = staticmethod(abilities)
    success = _("%(record)s: done.")

    def records(self) -> Any:
        """Return the requests that this bank may read."""
        return requests_shown()

    @cached_property
    def sheet_url(self) -> str:
        """The sheet of the surplus."""
        return reverse("network_surplus_detail", args=[self.record.surplus_id])

    def success_url(self, record: SurplusRequest) -> str:
        """Return the sheet of the surplus."""
        return self.sheet_url

    def back_url(self) -> str:
        """Return the sheet of the surplus."""
        return self.sheet_url


class RequestAllocate(OneRequest):
    """Gives goods to a bank that asked."""

    verb = "allocate"
    title = submit = _("Allocate goods")
    lead = _("What you give becomes a transfer, ready to ship.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with one weight per line asked for."""
        return AllocateForm(data, asked=self.record, label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Allocate what was typed."""
        typed = cast("AllocateForm", form)
        asking.request_allocate(
            self.request.actor,
            request=self.record,
            granted=typed.weights(),
            transport=typed.transport(),
            reason=typed.cleaned_data["reason"],
        )
        return self.record


class RequestDecline(OneRequest):
    """Refuses a request."""

    verb = "allocate"
    title = submit = _("Decline the request")
    form_class = WhyForm
    is_grave = True
    service = staticmethod(asking.request_decline)


class RequestWithdraw(OneRequest):
    """Takes a request back."""

    verb = "unask"
    title = submit = _("Take the request back")
    form_class = NoteForm
    is_grave = True

    def perform(self, form: forms.BaseForm) -> Any:
        """Take it back, with the words that were typed."""
        reason = form.cleaned_data["comment"]
        return asking.request_withdraw(self.request.actor, request=self.record, reason=reason)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
