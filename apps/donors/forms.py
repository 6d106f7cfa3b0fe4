"""Forms of the donors."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.donors.models import Donor, validate_siret
from apps.donors.rules import compact
from apps.donors.selectors import convention_in_force
from apps.donors.states import DonorKind, SupplySource
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

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *DonorKind.choices])
    supply_source = forms.ChoiceField(
        label=_("Supply source"), choices=[("", _("All")), *SupplySource.choices]
    )
    convention = forms.ChoiceField(
        label=_("Convention"), choices=[("", _("All")), ("yes", _("In force")), ("no", _("None"))]
    )

    def narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the donors of a kind and source, with or without a convention in force today."""
        if not self.is_valid():
            return records
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        convention = wanted.pop("convention", "")
        records = records.filter(**wanted)
        if convention:
            in_force = convention_in_force(clock.today())
            records = records.filter(in_force) if convention == "yes" else records.exclude(in_force)
        return records
