"""Forms of the catalogue."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily, validate_gtin
from apps.catalogue.rules import gtin14
from apps.catalogue.selectors import active_families
from apps.catalogue.states import TemperatureClass
from apps.kernel.forms import EurosField, FilterForm, OpKeyForm, field_for

GRACE_HINT = _("How long after best before it may still be given, once checked. 0 for use-by dates.")


class GtinField(forms.CharField):
    """A GTIN as it is read under the bars, 8 to 14 digits; the cleaned value has fourteen."""

    default_validators = [validate_gtin]

    def to_python(self, value: Any) -> Any:
        """Return the number with zeros in front, without spaces."""
        return gtin14(super().to_python(value) or "")


class ValuedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form with a valuation typed in euros per kg."""

    value_cents_per_kg = EurosField(
        label=_("Valuation per kg"),
        required=False,
        help_text=_("Used for figures in the reports; nobody pays it."),
    )

    def clean_value_cents_per_kg(self) -> int:
        """Return cents per kg, 0 when left empty."""
        return self.cleaned_data["value_cents_per_kg"] or 0


class FamilyForm(ValuedForm):
    """The fields of a family."""

    class Meta:
        model = ProductFamily
        fields = (
            "name",
            "is_food",
            "is_fresh",
            "temperature_class",
            "date_kind",
            "shelf_life_days",
            "grace_days",
            "reporting_category",
            "value_cents_per_kg",
        )
        help_texts: ClassVar = {
            "is_food": _("Only food counts as meals."),
            "grace_days": GRACE_HINT,
        }
        formfield_callback = field_for


class NewFamilyForm(OpKeyForm, FamilyForm):
    """A family to add."""


class ProductForm(ValuedForm):
    """The fields of a product."""

    gtin = GtinField(
        label=_("GTIN"), required=False, help_text=_("The digits under the bars. Empty for loose goods.")
    )

    class Meta:
        model = Product
        fields = (
            "name",
            "family",
            "gtin",
            "temperature_class",
            "unit_label",
            "unit_grams",
            "units_per_case",
            "date_kind",
            "shelf_life_days",
            "grace_days",
            "is_fresh",
            "is_organic",
            "quality_label",
            "is_freezable",
            "value_cents_per_kg",
        )
        help_texts: ClassVar = {
            "unit_label": _("What one of it is: bottle, box, crate."),
            "grace_days": _("Empty to follow the family."),
        }
        formfield_callback = field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = active_families()
        if self.instance.family_id:
            choices |= ProductFamily.objects.filter(pk=self.instance.family_id)
        self.fields["family"].queryset = choices  # type: ignore[attr-defined]


class NewProductForm(OpKeyForm, ProductForm):
    """A product to add."""


class ProductFilter(FilterForm):
    """Filters of the list of products."""

    family = forms.ModelChoiceField(
        label=_("Family"), queryset=ProductFamily.objects.none(), empty_label=_("All")
    )
    temperature_class = forms.ChoiceField(
        label=_("Temperature class"), choices=[("", _("All")), *TemperatureClass.choices]
    )
    is_organic = forms.ChoiceField(
        label=_("Organic"), choices=[("", _("All")), ("1", _("Yes")), ("0", _("No"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family"].queryset = active_families()  # type: ignore[attr-defined]

    def narrow(self, records: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the products of a family and class, organic or not."""
        if not self.is_valid():
            return records
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        if "is_organic" in wanted:
            wanted["is_organic"] = wanted["is_organic"] == "1"
        return records.filter(**wanted)
