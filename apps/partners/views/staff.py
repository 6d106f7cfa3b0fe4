"""Pages of the partners: the list, and each partner's file with its agreements and visits."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone, day
from apps.kernel.errors import Text
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    Panel,
    RecordAct,
    RecordArchive,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
    table_panel,
)
from apps.partners import services
from apps.partners.abilities import abilities
from apps.partners.forms import (
    NewAgreementForm,
    NewHygieneVisitForm,
    NewPartnerForm,
    PartnerFilter,
    PartnerForm,
    agreement_period,
)
from apps.partners.models import Agreement, Partner
from apps.partners.selectors import partners_followed
from apps.partners.states import AccreditationState
from apps.partners.views.papers import papers_panel

ACCREDITATION_TONES = {
    AccreditationState.VALID: Tone.OK,
    AccreditationState.NOT_NEEDED: Tone.OK,
    AccreditationState.EXPIRED: Tone.DANGER,
    AccreditationState.MISSING: Tone.NEUTRAL,
}


def accreditation_chip(partner: Partner) -> Chip:
    """Return where the accreditation stands today, in words."""
    state = partner.accreditation_state(clock.today())
    return Chip(state.label, ACCREDITATION_TONES[state])


def accreditation_meaning(partner: Partner) -> Text:
    """Return what the accreditation allows, in a sentence."""
    state = partner.accreditation_state(clock.today())
    if state is AccreditationState.NOT_NEEDED:
        return _("A public body: it may receive public food without accreditation.")
    if state is AccreditationState.MISSING:
        return _("It receives gifts, but no public food.")
    if partner.accreditation_until is None:
        return _("It may receive public food; no end is known.")
    if state is AccreditationState.EXPIRED:
        return _("No public food since %(day)s: ask for the renewal.") % {
            "day": day(partner.accreditation_until)
        }
    return _("It may receive public food until %(day)s.") % {"day": day(partner.accreditation_until)}


def agreement_chip(partner: Any) -> Chip:
    """Return the end of the agreement in force today (``agreement_until``), in words."""
    if partner.agreement_until is None:
        return Chip(_("None in force"), Tone.DANGER)
    return Chip(_("Until %(day)s") % {"day": day(partner.agreement_until)}, Tone.OK)


def agreement_state(agreement: Agreement) -> Chip:
    """Return whether an agreement is in force today, past or to come."""
    if agreement.ends_on < clock.today():
        return Chip(_("Ended"))
    if agreement.starts_on > clock.today():
        return Chip(_("To come"), Tone.INFO)
    return Chip(_("In force"), Tone.OK)


AGREEMENT_COLUMNS = (
    Column(label=_("Period"), value=agreement_period),
    Column(label=_("Signed by"), value="signed_by"),
    Column(label=_("State"), value=agreement_state),
)
VISIT_COLUMNS = (
    Column(label=_("Visited on"), value="visited_on", kind=Kind.DAY),
    Column(label=_("Visitor"), value="visitor"),
    Column(label=_("Score out of 100"), value="score", kind=Kind.NUMBER),
    Column(label=_("To be put right"), value="corrective_actions"),
    Column(label=_("Before"), value="due_on", kind=Kind.DAY),
)


class PartnerPage:
    """What the pages of a partner share."""

    model = Partner
    urls = "partners_partner"
    abilities = staticmethod(abilities)


CODE = Column(label=_("Code"), value="code", sort="code")


class PartnerList(PartnerPage, RecordList[Partner]):
    """The partners of the bank."""

    columns = (
        Column(label=_("Name"), value="name", sort="name", note=CODE),
        Column(label=_("Type"), value="get_partner_type_display", sort="partner_type"),
        Column(label=_("Town"), value="city", sort="city"),
        Column(label=_("People"), value="person_count", kind=Kind.NUMBER, sort="person_count"),
        Column(label=_("Agreement"), value=agreement_chip, sort="agreement_until"),
        Column(label=_("Accreditation"), value=accreditation_chip),
        Column(label=_("Last hygiene visit"), value="visited_on", kind=Kind.DAY, sort="visited_on"),
    )
    search_fields = ("name", "code", "city", "department", "contact_name")
    filters = PartnerFilter
    create_label = _("Add a partner")
    lead = _("Charities, groceries and town services: who serves people.")
    empty_text = _("No partner yet. Add those who come to collect food.")

    def records(self) -> QuerySet[Partner]:
        """Return the partners with their agreement in force and last visit."""
        return partners_followed(clock.today())


class PartnerDetail(PartnerPage, RecordDetail[Partner]):
    """A partner's file; the partner's own people see it too, without the bank's notes."""

    fields = (
        Column(label=_("Code"), value="code"),
        Column(label=_("Type"), value="get_partner_type_display"),
        Column(label=_("Accreditation"), value=accreditation_chip),
        Column(label=_("What it allows"), value=accreditation_meaning),
        Column(label=_("Ground"), value="get_accreditation_kind_display"),
        Column(label=_("Agreement"), value=agreement_chip),
        Column(label=_("People registered"), value="person_count", kind=Kind.NUMBER),
        Column(label=_("Households"), value="household_count", kind=Kind.NUMBER),
        Column(label=_("Rhythm"), value="get_order_rhythm_display"),
        Column(label=_("Days of life wanted at hand-over"), value="life_days", kind=Kind.NUMBER),
        Column(label=_("Distributes free of charge"), value="distributes_free", kind=Kind.YES_NO),
        Column(label=_("Cold room"), value="has_chilled", kind=Kind.YES_NO),
        Column(label=_("Freezer"), value="has_frozen", kind=Kind.YES_NO),
        Column(label=_("Accepts food past best before"), value="accepts_past_best_before", kind=Kind.YES_NO),
        Column(label=_("Contact"), value="contact_name"),
        Column(label=_("Telephone"), value="phone"),
        Column(label=_("E-mail"), value="email"),
        Column(label=_("Address"), value="address"),
        Column(label=_("Town"), value=lambda partner: f"{partner.postcode} {partner.city}".strip()),
        Column(label=_("Department"), value="department"),
    )

    def records(self) -> QuerySet[Partner]:
        """Return the partners with their agreement in force."""
        return partners_followed(clock.today())

    def actions(self, record: Partner, allowed: Abilities) -> list[Action]:
        """Return the ways to the partner's orders and notes, for the bank's people, and to its changes."""
        buttons = super().actions(record, allowed)
        if "history" not in allowed:
            return buttons
        ways = (
            (_("Orders"), "orders_order_list", "clipboard-list"),
            (_("Delivery notes"), "delivery_note_list", "file-text"),
        )
        links = [
            Action(label=label, url=f"{reverse(name)}?partner={record.pk}", icon=icon)
            for label, name, icon in ways
        ]
        return [*links, *buttons]

    def panels(self, record: Partner) -> list[Panel]:
        """Return the agreements, the hygiene visits, their papers and, for the bank's people, the notes."""
        agreements, visits = list(record.agreements.all()), list(record.hygiene_visits.all())
        found = [
            table_panel(
                _("Agreements"),
                columns=AGREEMENT_COLUMNS,
                records=agreements,
                empty=_("No agreement yet. A partner orders once one is signed."),
                actions=self._add("partners_agreement_sign", _("Record a signed agreement")),
            ),
            table_panel(
                _("Hygiene visits"),
                columns=VISIT_COLUMNS,
                records=visits,
                empty=_("No visit yet."),
                actions=self._add("partners_visit_record", _("Record a visit")),
            ),
            papers_panel(
                [*agreements, *visits],
                actions=self._add("partners_paper_attach", _("Attach a paper")),
                may_remove="archive" in self.allowed,
            ),
        ]
        if record.notes and "history" in self.allowed:
            notes = {"text": record.notes}
            found.append(Panel(title=_("Notes"), template="partners/notes.html", context=notes))
        return found

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render the sheet; the way back of a partner's own people is their first page."""
        if "history" not in self.allowed:
            context |= {"list_url": reverse("home"), "list_label": _("Home")}
        return super().page(status=status, template=template, **context)

    def _add(self, url_name: str, label: Text) -> list[Action]:
        if "edit" not in self.allowed or self.record.is_archived:
            return []
        return [Action(label=label, url=reverse(url_name, args=[self.record.pk]), icon="plus")]


class PartnerCreate(PartnerPage, RecordCreate[Partner]):
    """Opens a partner's file."""

    form_class = NewPartnerForm
    service = staticmethod(services.partner_create)
    title = _("Add a partner")


class PartnerEdit(PartnerPage, RecordEdit[Partner]):
    """Changes a partner's file."""

    form_class = PartnerForm
    service = staticmethod(services.partner_update)
    title = _("Change the partner")


class PartnerArchive(PartnerPage, RecordArchive[Partner]):
    """Puts a partner's file away, or takes it out again."""

    service = staticmethod(services.partner_archive)


class AddToPartner(PartnerPage, RecordAct[Partner]):
    """A form that adds something to a partner's file and comes back to it."""

    verb = "edit"

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the form, with the partner as the way back."""
        return super().page(status=status, template=template, **{**context, "list_label": self.record.name})

    def perform(self, form: forms.BaseForm) -> Partner:
        """Call the service; returns the partner, whose file is shown next."""
        self.service(self.request.actor, partner=self.record, **form.cleaned_data)
        return self.record


class AgreementSign(AddToPartner):
    """Records a signed agreement."""

    form_class = NewAgreementForm
    service = staticmethod(services.agreement_sign)
    title = _("Record a signed agreement")
    success = _("%(record)s: agreement recorded.")


class VisitRecord(AddToPartner):
    """Records a hygiene visit."""

    form_class = NewHygieneVisitForm
    service = staticmethod(services.hygiene_visit_record)
    title = _("Record a hygiene visit")
    success = _("%(record)s: visit recorded.")
