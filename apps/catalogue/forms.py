"""Forms of the catalogue."""

from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily, validate_gtin
from apps.catalogue.rules import KG, UNIT, WEIGHED, grams_of, gtin14
from apps.catalogue.selectors import active_families
from apps.catalogue.states import PackUnit, TemperatureClass
from apps.kernel.forms import EurosField, FilterForm, KgField, OpKeyForm, field_for
from apps.kernel.quantity import format_kg, plain_number, within_reach

GRACE_HINT = _("How long after best before it may still be given, once checked. 0 for use-by dates.")


USUAL_PACKING: Final = (
    "units_per_pack",
    "units_per_crate",
    "cases_per_pallet",
    "crate_tare_grams",
    "pallet_tare_grams",
)
"""Fields of how a product is packed that have a usual value when they are left empty."""


class GtinField(forms.CharField):
    """A GTIN as it is read under the bars, 8 to 14 digits; the cleaned value has fourteen."""

    default_validators = [validate_gtin]

    def to_python(self, value: Any) -> Any:
        """Return the number with zeros in front, without spaces."""
        return gtin14(super().to_python(value) or "")


class QuantityInput(forms.TextInput):
    """A number and the unit it is counted in, chosen in a list beside it; works without scripts.

    The number is sent under the field's own name and the unit under ``<name>_unit``: without it, kg.
    """

    template_name = "catalogue/quantity.html"

    def __init__(self, *, unit: str = KG, has_buttons: bool = False) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.units: list[tuple[str, Any]] = [(KG, PackUnit.KG.label)]
        self.unit = unit
        self.has_buttons = has_buttons

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the number as it was typed with its unit, nothing when it was left empty."""
        text = data.get(name)
        return (text, data.get(f"{name}_unit") or KG) if text not in (None, "") else None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the units, and which of them is chosen."""
        text, unit = value if isinstance(value, tuple) else (value, self.unit if value is None else KG)
        context = super().get_context(name, text, attrs)
        context["units"] = [(code, label, code == unit) for code, label in self.units]
        context["has_buttons"] = self.has_buttons
        return context


class QuantityField(KgField):
    """A weight typed in kg, or as a number of units of the goods; the cleaned value is whole grams.

    Give it the packing of the goods with ``pack``; until then it takes kg.
    """

    def __init__(self, *, unit: str = KG, has_buttons: bool = False, **kwargs: Any) -> None:
        kwargs["widget"] = QuantityInput(unit=unit, has_buttons=has_buttons)
        super().__init__(**kwargs)
        self.packing = WEIGHED

    def pack(self, product: Product | None) -> None:
        """Offer the units of a product; goods without a product are weighed."""
        self.packing = product.packing if product else WEIGHED
        widget = self.widget
        assert isinstance(widget, QuantityInput)  # noqa: S101 - made above
        widget.units = unit_choices(product)
        if widget.unit not in dict(widget.units):
            widget.unit = KG

    def to_python(self, value: Any) -> int | None:
        """Return grams.

        Raises:
            ValidationError: not a number, not a unit of these goods, no whole number of grams, or too much.
        """
        text, unit = value if isinstance(value, tuple) else (value, KG)
        if unit == KG or text in self.empty_values:
            return super().to_python(text)
        try:
            amount = within_reach(Decimal(plain_number(str(text).strip())))
            grams = grams_of(self.packing, amount, unit)
        except (ArithmeticError, ValueError) as error:
            message = _("Write a number of this unit, for example 3, or choose kg.")
            raise forms.ValidationError(message, code="quantity_unreadable") from error
        return within_reach(grams)

    def prepare_value(self, value: Any) -> Any:
        """Show grams as kg; what was typed, with its unit, as it is."""
        return value if isinstance(value, tuple) else super().prepare_value(value)


def unit_choices(product: Product | None) -> list[tuple[str, Any]]:
    """Return the units of a product with what one weighs; of goods without a product, kg alone."""
    if product is None:
        return [(KG, PackUnit.KG.label)]
    named = {code: str(label) for code, label in PackUnit.choices} | {UNIT: product.unit_label}
    about = "≈\u00a0" if product.is_variable_weight else ""
    return [
        (unit, named[unit] if unit == KG else f"{named[unit]} ({about}{format_kg(grams)})")
        for unit, grams in product.packing.sizes.items()
    ]


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
            "is_infant_food",
            "temperature_class",
            "date_kind",
            "shelf_life_days",
            "grace_days",
            "reporting_category",
            "value_cents_per_kg",
        )
        help_texts: ClassVar = {
            "is_food": _("Only food counts as meals."),
            "is_infant_food": _("Never given past its date, best before included."),
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
            "units_per_pack",
            "units_per_case",
            "units_per_crate",
            "cases_per_pallet",
            "crate_tare_grams",
            "pallet_tare_grams",
            "is_variable_weight",
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
            "units_per_pack": _("1 when there are no packs."),
            "units_per_crate": _("0 when it does not come in crates."),
            "cases_per_pallet": _("0 when nobody knows."),
            "is_variable_weight": _(
                "Two of it never weigh the same: the scales decide, counts are near enough."
            ),
        }
        formfield_callback = field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = active_families()
        if self.instance.family_id:
            choices |= ProductFamily.objects.filter(pk=self.instance.family_id)
        self.fields["family"].queryset = choices  # type: ignore[attr-defined]
        for name in USUAL_PACKING:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Put what is usual where nothing was said of how the product is packed."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name in USUAL_PACKING:
            if typed.get(name) is None and name not in self.errors:
                typed[name] = Product._meta.get_field(name).get_default()  # type: ignore[union-attr]
        return typed


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
