"""Pages of standing agreements, and of what two banks settle about one transfer: transport, claims."""

from functools import cached_property
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip
from apps.kernel.forms import FilterForm
from apps.kernel.pages import Action, RecordAct, RecordCreate, RecordDetail, RecordList
from apps.kernel.tables import Column, Kind
from tenants.network.abilities import abilities
from tenants.network.models import TransferAgreement
from tenants.network.selectors import banks_to_send_to
from tenants.network.surplus import agreements, claims
from tenants.network.surplus.forms import AgreementForm, ClaimAnswerForm, TransportForm, WhyForm
from tenants.network.surplus.states import AgreementState
from tenants.network.transfers import transfer_arrange
from tenants.network.views.staff import TransferAct
from tenants.network.words import state_chip
from tenants.registry.models import FoodBank


class AgreementFilter(FilterForm):
    """Agreements by state."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *AgreementState.choices])


class AgreementList(RecordList[TransferAgreement]):
    """What this bank agreed on with others."""

    model = TransferAgreement
    urls = "network_agreement"
    abilities = staticmethod(abilities)
    filters = AgreementFilter
    search_fields = ("from_label", "to_label", "family_label")
    lead = _("What this food bank and others usually give one another.")
    empty_text = _("No standing agreement yet.")
    columns = (
        Column(label=_("From"), value="from_label", sort="from_label"),
        Column(label=_("To"), value="to_label", sort="to_label"),
        Column(label=_("Goods"), value="goods"),
        Column(label=_("Share (%)"), value="share_percent", kind=Kind.NUMBER, sort="share_percent"),
        Column(label=_("A week"), value="weekly_grams", kind=Kind.KG, sort="weekly_grams"),
        Column(label=_("State"), value=state_chip),
    )

    def records(self) -> Any:
        """Return the agreements of this bank."""
        return agreements.agreements_here()

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the way to propose one."""
        if "agree" not in allowed:
            return []
        return [Action(label=_("Propose an agreement"), url=self.url("create"), icon="plus", primary=True)]


class AgreementDetail(RecordDetail[TransferAgreement]):
    """An agreement: who, what, how much, how long."""

    model = TransferAgreement
    urls = "network_agreement"
    abilities = staticmethod(abilities)
    fields = (
        Column(label=_("From"), value="from_label"),
        Column(label=_("To"), value="to_label"),
        Column(label=_("Goods"), value="goods"),
        Column(label=_("Usual share (%)"), value="share_percent", kind=Kind.NUMBER),
        Column(label=_("Usual weight a week"), value="weekly_grams", kind=Kind.KG),
        Column(label=_("Who drives"), value="get_driver_display"),
        Column(label=_("First day"), value="starts_on", kind=Kind.DAY),
        Column(label=_("Last day"), value="ends_on", kind=Kind.DAY),
        Column(label=_("Message"), value="comment"),
    )

    def records(self) -> Any:
        """Return the agreements of this bank."""
        return agreements.agreements_here()

    def state(self, record: TransferAgreement) -> Chip | None:
        """Return the state shown beside the title."""
        return state_chip(record)

    def actions(self, record: TransferAgreement, allowed: Abilities) -> list[Action]:
        """Return what this side can do."""
        acts = []
        if "accept_agreement" in allowed and record.state == AgreementState.PROPOSED:
            url, label = self.url("accept", record), pgettext_lazy("agreement", "Agree")
            acts.append(Action(label=label, url=url, icon="check", primary=True))
        if "end_agreement" in allowed and record.state != AgreementState.ENDED:
            url = self.url("end", record)
            acts.append(Action(label=_("End the agreement"), url=url, icon="ban"))
        return acts


class AgreementCreate(RecordCreate[TransferAgreement]):
    """Proposes an agreement."""

    model = TransferAgreement
    urls = "network_agreement"
    abilities = staticmethod(abilities)
    verb = "agree"
    title = _("Propose an agreement")
    submit = _("Propose")
    lead = _("It is in force once the other bank agrees. Either side ends it.")

    @cached_property
    def banks(self) -> dict[str, FoodBank]:
        """The other banks at work, by id."""
        return {str(bank.pk): bank for bank in banks_to_send_to(self.request.bank.pk)}

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with the other banks."""
        named = [(key, bank.name) for key, bank in self.banks.items()]
        return AgreementForm(data, banks=named, label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Propose what was typed."""
        data = form.cleaned_data
        return agreements.agreement_propose(
            self.request.actor,
            op_key=data["op_key"],
            other=self.banks[data["other"]],
            gives=data["gives"],
            terms=cast("AgreementForm", form).terms(),
        )


class OneAgreement(RecordAct[TransferAgreement]):
    """An act on an agreement of this bank."""

    model = TransferAgreement
    urls = "network_agreement"
    record_name = "agreement"
    abilities = staticmethod(abilities)

    def records(self) -> Any:
        """Return the agreements of this bank."""
        return agreements.agreements_here()


class AgreementAccept(OneAgreement):
    """The other bank agrees."""

    verb = "accept_agreement"
    title = submit = pgettext_lazy("agreement", "Agree")
    form_class = forms.Form
    service = staticmethod(agreements.agreement_accept)


class AgreementEnd(OneAgreement):
    """Either side ends it."""

    verb = "end_agreement"
    title = submit = _("End the agreement")
    form_class = WhyForm
    is_grave = True
    service = staticmethod(agreements.agreement_end)


class TransferArrange(TransferAct):
    """Either side writes how the goods will travel."""

    verb = "arrange"
    title = _("Arrange the transport")
    submit = _("Save")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form with what is settled so far."""
        names = ("driver", "carrier", "cost_cents", "cost_bearer")
        settled = {name: getattr(self.record, name) for name in names}
        return TransportForm(data, initial=settled, label_suffix="")

    def perform(self, form: forms.BaseForm) -> Any:
        """Write what was settled."""
        transport = cast("TransportForm", form).transport()
        return transfer_arrange(self.request.actor, transfer=self.record, transport=transport)


class TransferClaim(TransferAct):
    """The receiver contests what arrived."""

    verb = "claim"
    title = submit = _("Contest what arrived")
    lead = _("The other bank reads it and answers. Stock stays as it was weighed.")
    form_class = WhyForm
    service = staticmethod(claims.transfer_claim)


class ClaimAnswer(TransferAct):
    """The sender answers."""

    verb = "answer_claim"
    title = submit = _("Answer the claim")
    form_class = ClaimAnswerForm
    service = staticmethod(claims.claim_answer)
