"""Forms of the donors."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.donors.models import Campaign, Donor, validate_siret
from apps.donors.rules import LOW_QUALITY, compact
from apps.donors.selectors import convention_in_force
from apps.donors.states import FILE_KINDS, SupplySource
from apps.kernel import clock
from apps.kernel.forms import FilterForm, OpKeyForm, field_for
from apps.sites.forms import ADDRESS_FIELDS, ADDRESS_HINTS


class SiretField(forms.CharField):
    """A SIRET as people copy it, with or without spaces; the cleaned value is its digits."""

    default_validators = [validate_siret]

    def to_python(self, value: Any) -> Any:
        """Return the number without its spaces."""
        return compact(super().to_python(value) or "")


class DonorForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a donor."""

    siret = SiretField(label=_("SIRET"), required=False, help_text=_("14 digits; spaces do no harm."))

    class Meta:
        model = Donor
        fields = (
            "name",
            "kind",
            "supply_source",
            "siret",
            "sales_area_m2",
            "contact_name",
            "phone",
            "email",
            *ADDRESS_FIELDS,
            "convention_from",
            "convention_until",
            "notes",
        )
        help_texts: ClassVar = {
            "supply_source": _("What this donor's goods are reported as; each offer can say otherwise."),
            "convention_until": _("Empty when it renews itself."),
            **ADDRESS_HINTS,
        }
        formfield_callback = field_for


class NewDonorForm(OpKeyForm, DonorForm):
    """A donor's file to open."""


class DonorFilter(FilterForm):
    """Filters of the list of donors."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *FILE_KINDS])
    supply_source = forms.ChoiceField(
        label=_("Supply source"), choices=[("", _("All")), *SupplySource.choices]
    )
    convention = forms.ChoiceField(
        label=_("Convention"), choices=[("", _("All")), ("yes", _("In force")), ("no", _("None"))]
    )
    quality = forms.ChoiceField(
        label=_("Fit to give out"),
        choices=[("", _("All")), ("low", _("Less than 95 %")), ("high", _("95 % or more"))],
    )

    def narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the donors of a kind, source and quality, with or without a convention in force today."""
        if not self.is_valid():
            return records
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        convention = wanted.pop("convention", "")
        quality = wanted.pop("quality", "")
        records = records.filter(**wanted)
        if quality:
            low = {"fit_share__lt": LOW_QUALITY}
            records = records.filter(**(low if quality == "low" else {"fit_share__gte": LOW_QUALITY}))
        if convention:
            in_force = convention_in_force(clock.today())
            records = records.filter(in_force) if convention == "yes" else records.exclude(in_force)
        return records


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """The days of a campaign."""

    class Meta:
        model = Campaign
        fields: tuple[str, ...] = ("starts_on", "ends_on")
        help_texts: ClassVar = {"ends_on": _("The last day counts. Empty when it has no end.")}
        formfield_callback = field_for


class NewCampaignForm(OpKeyForm, CampaignForm):
    """A campaign to open."""

    class Meta(CampaignForm.Meta):
        fields = ("programme", "name", *CampaignForm.Meta.fields)
        help_texts: ClassVar = {
            **CampaignForm.Meta.help_texts,
            "name": _("As on its papers, such as “ESF+ 2026”. It cannot change later."),
        }
