"""Forms of the partners."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.kernel.display import day, paper_day
from apps.kernel.files import ENDINGS
from apps.kernel.forms import FilterForm, OpKeyForm, field_for
from apps.partners.models import Agreement, HygieneVisit, Partner
from apps.partners.selectors import Subject
from apps.partners.states import PartnerType
from apps.sites.forms import ADDRESS_FIELDS, ADDRESS_HINTS


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a partner."""

    class Meta:
        model = Partner
        fields = (
            "name",
            "partner_type",
            "contact_name",
            "phone",
            "email",
            *ADDRESS_FIELDS,
            "person_count",
            "household_count",
            "order_rhythm",
            "needs_days_left",
            "accreditation_kind",
            "accreditation_until",
            "distributes_free",
            "has_chilled",
            "has_frozen",
            "accepts_past_best_before",
            "notes",
        )
        help_texts: ClassVar = {
            "person_count": _("How many people it serves. Never a name."),
            "needs_days_left": _("Days after the day it collects. Empty to follow its rhythm."),
            "accreditation_kind": _("Public food goes to accredited partners only."),
            "accreditation_until": _("Empty when it has no end."),
            "notes": _("Seen by the bank alone."),
            **ADDRESS_HINTS,
        }
        formfield_callback = field_for


class NewPartnerForm(OpKeyForm, PartnerForm):
    """A partner's file to open."""


class NewAgreementForm(OpKeyForm, forms.ModelForm):  # type: ignore[type-arg]
    """A signed agreement to record."""

    class Meta:
        model = Agreement
        fields = ("starts_on", "ends_on", "signed_by")
        help_texts: ClassVar = {"ends_on": _("The last day counts.")}
        formfield_callback = field_for


class NewHygieneVisitForm(OpKeyForm, forms.ModelForm):  # type: ignore[type-arg]
    """A hygiene visit to record."""

    class Meta:
        model = HygieneVisit
        fields = ("visited_on", "visitor", "score", "corrective_actions", "due_on")
        formfield_callback = field_for


def agreement_period(agreement: Agreement) -> str:
    """Return the first and the last day of an agreement, in words."""
    return f"{paper_day(agreement.starts_on)} – {paper_day(agreement.ends_on)}"


def subject_words(subject: Subject) -> str:
    """Say what a paper belongs to: ``Agreement of 1 January – 31 December``."""
    if isinstance(subject, Agreement):
        return _("Agreement of %(period)s") % {"period": agreement_period(subject)}
    return _("Visit of %(day)s") % {"day": day(subject.visited_on)}


class NewPaperForm(OpKeyForm):
    """A paper to attach: what it belongs to, and the file."""

    subject = forms.ChoiceField(label=_("Belongs to"))
    file = forms.FileField(
        label=_("Scan or photograph"),
        help_text=_("A PDF, or a photograph (JPEG or PNG): 10 MB at most."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def __init__(self, *args: Any, subjects: Iterable[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = {str(subject.pk): subject for subject in subjects}
        field = cast("forms.ChoiceField", self.fields["subject"])
        field.choices = [("", _("Choose")), *((key, subject_words(s)) for key, s in self.subjects.items())]

    def clean_subject(self) -> Subject:
        """Return the agreement or the visit that was chosen."""
        return self.subjects[self.cleaned_data["subject"]]


class PartnerFilter(FilterForm):
    """Filters of the list of partners."""

    partner_type = forms.ChoiceField(label=_("Type"), choices=[("", _("All")), *PartnerType.choices])
    agreement = forms.ChoiceField(
        label=_("Agreement"), choices=[("", _("All")), ("yes", _("In force")), ("no", _("None"))]
    )

    def narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the partners of a type, with or without an agreement in force (``agreement_until``)."""
        if not self.is_valid():
            return records
        if self.cleaned_data["partner_type"]:
            records = records.filter(partner_type=self.cleaned_data["partner_type"])
        if self.cleaned_data["agreement"]:
            records = records.filter(agreement_until__isnull=self.cleaned_data["agreement"] == "no")
        return records
