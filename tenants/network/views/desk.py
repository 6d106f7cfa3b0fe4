"""Pages of the federation: offers under way, placing and closing by hand, how offers are routed."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, require
from apps.kernel.display import NOTHING, Chip
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordCreate,
    RecordDetail,
    RecordList,
    RecordPage,
    table_panel,
)
from tenants.network import services
from tenants.network.abilities import desk_abilities
from tenants.network.models import NetworkOffer, RoutingPolicy
from tenants.network.routing_forms import EndForm, NeedForm, PlaceForm, PolicyForm
from tenants.network.selectors import banks_to_ask, offers_at_the_desk, offers_under_way
from tenants.network.standing import bank_needs, policies_so_far, policy_now
from tenants.network.states import UNDER_WAY
from tenants.network.words import state_chip, why_in_words
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks


class DeskPage(RecordPage[NetworkOffer]):
    """What the pages of the desk share."""

    model = NetworkOffer
    urls = "network_desk"
    record_name = "offer"
    abilities = staticmethod(desk_abilities)

    def records(self) -> QuerySet[NetworkOffer]:
        """Return every offer; its donor is not the federation's to know."""
        return offers_at_the_desk()


class DeskList(DeskPage, RecordList[NetworkOffer]):
    """Offers of the network under way, the latest first."""

    columns = (
        Column(label=_("Number"), value="number", sort="number"),
        Column(label=_("Town"), value="city", sort="city"),
        Column(label=_("Department"), value="department", sort="department"),
        Column(label=_("State"), value=state_chip),
        Column(label=_("Offered"), value="offered_grams", kind=Kind.KG, sort="offered_grams"),
        Column(label=_("Accepted"), value="accepted_grams", kind=Kind.KG, sort="accepted_grams"),
        Column(label=_("Banks asked"), value="asked_count", kind=Kind.NUMBER, sort="asked_count"),
        Column(label=_("Pick-up until"), value="pickup_until", kind=Kind.MOMENT, sort="pickup_until"),
    )
    title = _("Offers of the network")
    search_fields = ("number", "city")
    empty_text = _("No offer is under way.")

    def records(self) -> QuerySet[NetworkOffer]:
        """Return the offers under way, with how many banks were asked."""
        return offers_under_way()

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the ways to how offers are routed."""
        needs = reverse("network_bank_need_list")
        return [
            Action(label=_("Needs"), url=needs, icon="hand-helping"),
            Action(label=_("Settings"), url=reverse("network_policy"), icon="sliders-horizontal"),
        ]


class DeskDetail(DeskPage, RecordDetail[NetworkOffer]):
    """One offer: its goods, every bank asked and why, what was done by hand."""

    fields = (
        Column(label=_("Town"), value="city"),
        Column(label=_("Department"), value="department"),
        Column(label=_("Offered"), value="offered_grams", kind=Kind.KG),
        Column(label=_("Accepted"), value="accepted_grams", kind=Kind.KG),
        Column(label=_("Pick-up from"), value="pickup_from", kind=Kind.MOMENT),
        Column(label=_("Pick-up until"), value="pickup_until", kind=Kind.MOMENT),
    )

    def state(self, record: NetworkOffer) -> Chip | None:
        """Return the state shown beside the title."""
        return state_chip(record)

    def panels(self, record: NetworkOffer) -> list[Panel]:
        """Return the goods, the banks asked, the acts by hand."""
        return [_goods_panel(record), _steps_panel(record), _acts_panel(record)]

    def actions(self, record: NetworkOffer, allowed: Abilities) -> list[Action]:
        """Return what can be done by hand while the offer is under way."""
        if record.status not in UNDER_WAY:
            return []
        return [
            Action(label=_("Close"), url=self.url("end", record), icon="ban", grave=True),
            Action(label=_("Place by hand"), url=self.url("place", record), icon="send", primary=True),
        ]


def _goods_panel(offer: NetworkOffer) -> Panel:
    return table_panel(
        _("Goods"),
        columns=[
            Column(label=_("Goods"), value="label"),
            Column(label=_("Temperature"), value="get_temperature_class_display"),
            Column(label=_("Date"), value="expires_on", kind=Kind.DAY),
            Column(label=_("Offered"), value="grams", kind=Kind.KG),
            Column(label=_("Not taken yet"), value="remaining_grams", kind=Kind.KG),
        ],
        records=offer.lines.all(),
        empty=_("No goods."),
    )


def _steps_panel(offer: NetworkOffer) -> Panel:
    return table_panel(
        _("Banks asked"),
        columns=[
            Column(label=_("Food bank"), value="bank.shown_name"),
            Column(label=_("State"), value=state_chip),
            Column(label=_("Why this bank"), value=why_in_words),
            Column(label=_("Answer before"), value="deadline", kind=Kind.MOMENT),
            Column(label=_("Asked for"), value="proposed_grams", kind=Kind.KG),
            Column(label=_("Accepted"), value="accepted_grams", kind=Kind.KG),
            Column(label=_("Reason"), value=lambda step: step.get_decline_reason_display() or NOTHING),
        ],
        records=offer.steps.all(),
        empty=_("No bank has been asked."),
    )


def _acts_panel(offer: NetworkOffer) -> Panel:
    return table_panel(
        _("Done by hand"),
        columns=[
            Column(label=_("When"), value="at", kind=Kind.MOMENT),
            Column(label=_("Act"), value="get_action_display"),
            Column(label=_("Food bank"), value="bank_label"),
            Column(label=_("Asked for"), value="grams", kind=Kind.KG),
            Column(label=_("Reason"), value="reason"),
            Column(label=_("Who"), value="actor.actor_label"),
        ],
        records=offer.acts.all(),
        empty=_("Nothing was done by hand."),
    )


class DeskPlace(DeskPage, RecordAct[NetworkOffer]):
    """Asks a bank of one's choice for a part of an offer."""

    verb = "place"
    title = submit = _("Place by hand")
    lead = _("The bank is asked at once for what nobody has taken and nobody is asked for.")
    service = staticmethod(services.offer_place)
    success = _("%(record)s: the bank is asked.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the banks not asked yet."""
        banks = [(str(bank.pk), bank.name) for bank in banks_to_ask(self.record)]
        return PlaceForm(data, banks=banks, label_suffix="")


class DeskEnd(DeskPage, RecordAct[NetworkOffer]):
    """Closes an offer: nobody is asked any more."""

    verb = "end"
    form_class = EndForm
    title = submit = _("Close the offer")
    lead = _("Every question under way is taken back. What is taken stays taken.")
    is_grave = True
    service = staticmethod(services.offer_end)
    success = _("%(record)s: closed.")


class Policy(RecordCreate[RoutingPolicy]):
    """How offers are routed: the settings in words, and those that held before."""

    model = RoutingPolicy
    urls = "network_desk"
    abilities = staticmethod(desk_abilities)
    verb = "set_policy"
    template_name = "network/policy.html"
    form_class = PolicyForm
    title = _("How offers are routed")
    lead = _("The settings hold for every question asked from now on. Say why they change.")
    submit = _("Save")
    service = staticmethod(services.policy_set)
    success = _("The settings hold from now on.")

    def initial(self) -> dict[str, Any]:
        """Return the settings of now; the reason is that of the next ones."""
        now = policy_now()
        return {name: getattr(now, name) for name in PolicyForm.base_fields if name != "reason"}

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form on new settings: those of now are never changed."""
        return PolicyForm(data, initial=self.initial(), label_suffix="")

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Add the settings that held before."""
        return super().page(status=status, template=template, before=_history_panel(), **context)

    def success_url(self, record: RoutingPolicy) -> str:
        """Return the page itself."""
        return reverse("network_policy")


def _history_panel() -> Panel:
    return table_panel(
        _("Settings so far"),
        columns=[
            Column(label=_("Set on"), value="set_at", kind=Kind.MOMENT),
            Column(label=_("Who"), value="actor_label"),
            Column(label=_("Reason"), value="reason"),
            Column(label=_("Settings"), value=_in_words),
        ],
        records=policies_so_far(),
        empty=_("Nothing was set: the first values hold."),
    )


def _in_words(policy: RoutingPolicy) -> str:
    """Return every setting with its value, in one line."""
    fields = [field for field in PolicyForm.base_fields if field != "reason"]
    named = [(policy._meta.get_field(name), getattr(policy, name)) for name in fields]
    told = [
        (field, (_("yes") if value else _("no")) if isinstance(value, bool) else value)
        for field, value in named
    ]
    return " · ".join(f"{getattr(field, 'verbose_name', '')}: {value}" for field, value in told)


@reads
def bank_need_list(request: StaffRequest) -> HttpResponse:
    """Show what each bank needs in a week.

    Raises:
        Forbidden: this person does not work for the federation.
    """
    require(desk_abilities(request.actor), "view")
    panel = table_panel(
        _("Needs"),
        columns=[
            Column(label=_("Food bank"), value="bank.name"),
            Column(label=_("Departments"), value="departments"),
            Column(label=_("Need per week, reckoned"), value="reckoned_grams", kind=Kind.KG),
            Column(label=_("Need per week, set"), value="said_grams", kind=Kind.KG),
            Column(label=_("What counts"), value="basis"),
            Column(label=_("Takes by itself"), value="takes_automatically", kind=Kind.YES_NO),
        ],
        records=bank_needs(),
        empty=_("No food bank is at work."),
        url_of=lambda line: reverse("network_bank_need_edit", args=[line.bank.pk]),
        name_of=lambda line: line.bank.name,
    )
    context = {"panel": panel, "list_url": reverse("network_desk_list"), "list_label": DeskList.title}
    return render(request, "network/bank_needs.html", context)


class NeedEdit(RecordAct[FoodBank]):
    """Says what a bank needs in a week."""

    model = FoodBank
    urls = "network_bank_need"
    record_name = "bank"
    abilities = staticmethod(desk_abilities)
    verb = "set_need"
    form_class = NeedForm
    title = _("Need per week")
    lead = _(
        "Empty, it is reckoned from the people below the poverty line in the departments served: "
        "a rounded, unverified value to start from."
    )
    submit = _("Save")
    success = _("The need is set.")

    def records(self) -> QuerySet[FoodBank]:
        """Return the banks at work."""
        return operating_banks()

    def initial(self) -> dict[str, Any]:
        """Return what is set."""
        row = getattr(self.record, "routing", None)
        return {"weekly_need_grams": row.weekly_need_grams if row else None}

    def perform(self, form: forms.BaseForm) -> Any:
        """Set it."""
        services.need_set(self.request.actor, bank=self.record.pk, **form.cleaned_data)
        return self.record

    def success_url(self, record: FoodBank) -> str:
        """Return the list."""
        return self.url("list")

    def back_url(self) -> str:
        """Return the list."""
        return self.url("list")
