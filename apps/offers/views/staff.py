"""Pages of the offers: the list by state, an offer and its answer, recording one by telephone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import DomainError, Forbidden, Text
from apps.kernel.forms import add_refusal
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordDetail,
    RecordList,
    RecordPage,
)
from apps.offers import services
from apps.offers.abilities import abilities
from apps.offers.forms import (
    AcceptForm,
    DeclineForm,
    LineForms,
    OfferFilter,
    OfferForm,
    OfferLineForm,
    WithdrawForm,
    typed,
)
from apps.offers.models import Offer
from apps.offers.selectors import counts_by_status, offers_listed, offers_with_lines
from apps.offers.states import OfferStatus
from apps.offers.today import answers_in_row

TONES = {
    OfferStatus.PROPOSED: Tone.WARN,
    OfferStatus.ACCEPTED: Tone.OK,
    OfferStatus.PARTLY_ACCEPTED: Tone.OK,
    OfferStatus.EXPIRED: Tone.DANGER,
}
NEXT: dict[str, Text] = {
    OfferStatus.PROPOSED: _("Accept all or part of it, or decline it and say why. An answer is final."),
    OfferStatus.ACCEPTED: _("The pick-up is in the planning of rounds."),
    OfferStatus.PARTLY_ACCEPTED: _("The pick-up is in the planning of rounds. The rest is left to others."),
    OfferStatus.DECLINED: _("Nothing more to do here."),
    OfferStatus.WITHDRAWN: _("The donor took it back. Nothing more to do here."),
    OfferStatus.EXPIRED: _("Nobody answered in time. If the donor still has it, record a new offer."),
}


def status_chip(offer: Offer) -> Chip:
    """Return the state of an offer as a chip."""
    return Chip(offer.get_status_display(), TONES.get(OfferStatus(offer.status), Tone.NEUTRAL))


def answered_grams(offer: Offer) -> int | None:
    """Return the grams accepted, nothing while the offer waits."""
    return None if offer.status == OfferStatus.PROPOSED else offer.accepted_grams  # type: ignore[attr-defined]


NUMBER = Column(label=_("Number"), value="number", sort="number")
ACCEPTED = Column(
    label=pgettext_lazy("weight", "Accepted"),
    value=answered_grams,
    kind=Kind.KG,
    sort="accepted_grams",
    named=True,
)
PICKUP_UNTIL = Column(
    label=_("Pick-up until"), value="pickup_until", kind=Kind.MOMENT, sort="pickup_until", named=True
)


class OfferPage:
    """What the pages of an offer share."""

    model = Offer
    urls = "offers_offer"
    abilities = staticmethod(abilities)

    def records(self) -> QuerySet[Offer]:
        """Return offers with donor and weights."""
        return offers_listed()


class OfferList(OfferPage, RecordList[Offer]):
    """The offers, a tab per state."""

    template_name = "offers/offer_list.html"
    columns = (
        Column(label=_("Donor"), value="donor.name", sort="donor__name", note=NUMBER),
        Column(label=_("State"), value=status_chip, sort="status"),
        Column(
            label=pgettext_lazy("weight", "Offered"),
            value="offered_grams",
            kind=Kind.KG,
            sort="offered_grams",
            note=ACCEPTED,
        ),
        Column(label=_("Nearest date"), value="earliest_on", kind=Kind.DAY, sort="earliest_on"),
        Column(
            label=_("Answer before"), value="answer_by", kind=Kind.MOMENT, sort="answer_by", note=PICKUP_UNTIL
        ),
    )
    search_fields = ("number", "donor__name", "city", "lines__label")
    filters = OfferFilter
    create_label = _("Record an offer")
    lead = _("What donors propose to the bank: answer before they call somebody else.")
    empty_text = _("No offer yet. Offers of the network arrive here; record those made by telephone.")
    acts_in_rows = True

    def row_actions(self, record: Offer) -> list[Action]:
        """Return the two answers, while the offer waits for one."""
        if record.status != OfferStatus.PROPOSED or "accept" not in self.allowed:
            return []
        return answers_in_row(record)

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render the list with a tab per state."""
        return super().page(status=status, template=template, tabs=self.tabs(), **context)

    def tabs(self) -> list[dict[str, Any]]:
        """Return the states with how many offers each holds."""
        counts, shown = counts_by_status(), self.request.GET.get("status", "")
        states = [("", _("All"), sum(counts.values()))]
        states += [(value, label, counts.get(value, 0)) for value, label in OfferStatus.choices]
        return [
            {"value": value, "label": label, "count": count, "current": value == shown}
            for value, label, count in states
            if count or value == shown or value in ("", OfferStatus.PROPOSED)
        ]


class OfferDetail(OfferPage, RecordDetail[Offer]):
    """An offer: its goods, what happens next, its answer."""

    known = (
        Column(label=_("Donor"), value="donor.name"),
        Column(label=_("Telephone"), value="donor.phone"),
        Column(label=_("Terms"), value="get_kind_display"),
        Column(label=_("Supply source"), value="get_supply_source_display"),
        Column(
            label=_("Place"),
            value=lambda offer: ", ".join(filter(None, [offer.address, offer.city, offer.department])),
        ),
        Column(label=_("Pick-up from"), value="pickup_from", kind=Kind.MOMENT),
        Column(label=_("Pick-up until"), value="pickup_until", kind=Kind.MOMENT),
        Column(label=_("Answer before"), value="answer_by", kind=Kind.MOMENT),
        Column(label=_("Answered at"), value="answered_at", kind=Kind.MOMENT),
        Column(label=_("Answered by"), value="answered_by"),
        Column(label=_("Reason"), value="get_decline_reason_display"),
        Column(label=_("Comment"), value="comment"),
    )

    def records(self) -> QuerySet[Offer]:
        """Return offers with their lines."""
        return offers_with_lines()

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show what is known of the offer: on a telephone, empty fields would push the goods away."""
        self.fields = [column for column in self.known if column.read(self.record)]
        return super().get(request, pk)

    def state(self, record: Offer) -> Chip:
        """Return where the offer stands."""
        return status_chip(record)

    def panels(self, record: Offer) -> list[Panel]:
        """Return the goods and what happens next."""
        shown = {"offer": record, "lines": record.lines.all(), "next": NEXT[record.status]}
        return [Panel(title=_("Goods"), template="offers/offer_lines.html", context=shown)]

    def actions(self, record: Offer, allowed: Abilities) -> list[Action]:
        """Return where the network asked, and the answers that are still open to this person."""
        trail = []
        if record.network_step_id is not None:
            url = reverse("network_offer_trail", args=[record.network_step_id])
            trail = [Action(label=_("Where this offer went"), url=url, icon="route")]
        if record.status != OfferStatus.PROPOSED:
            return trail
        offered = {
            "withdraw": Action(
                label=_("Withdraw"), url=self.url("withdraw", record), icon="undo-2", asks=True
            ),
            "decline": Action(label=_("Decline"), url=self.url("decline", record), icon="x", asks=True),
            "accept": Action(label=_("Accept in part"), url=self.url("accept", record), icon="scale"),
        }
        buttons = [action for verb, action in offered.items() if verb in allowed]
        if "accept" in allowed:
            whole = self.url("accept_all", record)
            buttons.append(Action(label=_("Accept all"), url=whole, icon="check", primary=True, post=True))
        return [*trail, *buttons]


class OfferAcceptAll(OfferPage, RecordPage[Offer]):
    """Takes the whole offer, in one press."""

    writing = True
    verb = "accept"

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Lead back to the offer."""
        return HttpResponseRedirect(self.url("detail", self.record))

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Accept every line."""
        services.offer_accept(request.actor, offer=self.record)
        done = _("Offer %(offer)s is accepted. Its pick-up waits in the planning of rounds.")
        messages.success(request, str(done) % {"offer": self.record})
        return HttpResponseRedirect(self.next_url(self.url("detail", self.record)))


class OfferAccept(OfferPage, RecordAct[Offer]):
    """Takes part of the offer, line by line."""

    verb = "accept"
    title = _("Accept in part")
    lead = _("Write what you take of each line. The rest is left to other banks at once.")
    submit = _("Accept these weights")
    success = _("Offer %(record)s is accepted. Its pick-up waits in the planning of rounds.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return a weight per line."""
        return AcceptForm(data, offer=self.record)

    def perform(self, form: forms.BaseForm) -> Offer:
        """Accept the weights."""
        return services.offer_accept(
            self.request.actor,
            offer=self.record,
            accepted=form.accepted() if isinstance(form, AcceptForm) else None,
            comment=form.cleaned_data["comment"],
        )


class OfferDecline(OfferPage, RecordAct[Offer]):
    """Leaves the offer to others."""

    verb = "decline"
    title = _("Decline the offer")
    lead = _("The network asks the next bank at once. Donors do not see the reason.")
    submit = _("Decline")
    form_class = DeclineForm
    service = staticmethod(services.offer_decline)
    success = _("Offer %(record)s is declined.")


class OfferWithdraw(OfferPage, RecordAct[Offer]):
    """Notes that the donor took the offer back."""

    verb = "withdraw"
    title = _("The donor takes the offer back")
    submit = _("Withdraw the offer")
    is_grave = True
    form_class = WithdrawForm
    service = staticmethod(services.offer_withdraw)
    success = _("Offer %(record)s is withdrawn.")


class OfferCreate(OfferPage, RecordPage[Offer]):
    """Records an offer made by telephone, with as many lines as it takes."""

    writing = True
    verb = "create"
    template_name = "offers/offer_form.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show the form; ``?donor=`` chooses the donor."""
        initial = {**OfferForm.first_values(), **request.GET.dict()}
        return self.shown(OfferForm(initial=initial, label_suffix=""), LineForms(OfferLineForm))

    def post(self, request: StaffRequest) -> HttpResponse:
        """Record the offer, or add a line and keep what is typed."""
        lines = LineForms(OfferLineForm, request.POST)
        if "add_line" in request.POST:
            lines.add_blank(request.POST)
            return self.shown(OfferForm(initial=typed(request.POST), label_suffix=""), lines)
        form = OfferForm(request.POST, label_suffix="")
        if all([form.is_valid(), lines.is_valid()]):
            try:
                offer = self.recorded(form, lines)
            except Forbidden:
                raise
            except (DomainError, ValidationError) as error:
                add_refusal(form, error)
            else:
                messages.success(request, str(_("Offer %(offer)s is recorded.")) % {"offer": offer})
                return HttpResponseRedirect(self.url("detail", offer))
        return self.shown(form, lines, status=422)

    def recorded(self, form: OfferForm, lines: LineForms[OfferLineForm]) -> Offer:
        """Call the service with what is typed."""
        values = form.cleaned_data
        return services.offer_record(
            self.request.actor,
            op_key=values["op_key"],
            donor=values["donor"],
            kind=values["kind"],
            supply_source=values["supply_source"] or None,
            place=form.place(),
            pickup_from=values["pickup_from"],
            pickup_until=values["pickup_until"],
            answer_by=values["answer_by"],
            comment=values["comment"],
            lines=[line.line() for line in lines.filled()],
        )

    def shown(self, form: OfferForm, lines: LineForms[OfferLineForm], *, status: int = 200) -> HttpResponse:
        """Show the form and its lines."""
        failed = [each for each in (form, *lines) if each.errors]
        return self.page(status=status, title=_("Record an offer"), form=form, lines=lines, failed=failed)
