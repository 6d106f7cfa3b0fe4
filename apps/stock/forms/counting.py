"""Forms of counts and of minimum levels."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalogue.forms import QuantityField
from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.rules import KG, net_grams
from apps.kernel.codes import codes_in
from apps.kernel.errors import DomainError
from apps.kernel.forms import (
    KgField,
    OpKeyForm,
    StepperInput,
    field_for,
)
from apps.kernel.quantity import format_kg
from apps.sites.models import Location
from apps.sites.selectors import active_locations, active_sites
from apps.stock.forms.lots import LotActForm
from apps.stock.models import CountSheet, Lot, MinimumLevel
from apps.stock.selectors import (
    lots_meant,
)


class WeighedForm(OpKeyForm):
    """Base of a count: a number and its unit, and what empty pallets, crates and the rest weighed with it."""

    counted_grams = QuantityField(
        label=_("Found"), allow_zero=True, help_text=_("Everything there, reserved goods included.")
    )
    pallets = forms.IntegerField(
        label=_("Pallets on the scales"), required=False, min_value=0, max_value=99, widget=StepperInput()
    )
    crates = forms.IntegerField(
        label=_("Crates on the scales"), required=False, min_value=0, max_value=999, widget=StepperInput()
    )
    tare_grams = KgField(label=_("Other tare"), required=False, allow_zero=True)
    reason = forms.CharField(label=_("Comment"), max_length=200, required=False)

    field_order = ("lot", "location", "counted_grams", "pallets", "crates", "tare_grams", "reason")

    def pack(self, product: Product | None) -> None:
        """Offer the units of the goods, and the containers that they come in."""
        quantity = self.fields["counted_grams"]
        assert isinstance(quantity, QuantityField)  # noqa: S101 - declared above
        quantity.pack(product)
        self.packing = quantity.packing
        each = _("%(weight)s each, taken off what the scales say")
        self.fields["pallets"].help_text = each % {"weight": format_kg(self.packing.pallet_grams)}
        if self.packing.crate_grams:
            self.fields["crates"].help_text = each % {"weight": format_kg(self.packing.crate_grams)}
        else:
            del self.fields["crates"]

    def clean(self) -> dict[str, Any]:
        """Take the containers off the weight; a count in units has none."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        pallets, crates = typed.pop("pallets", None) or 0, typed.pop("crates", None) or 0
        containers = pallets * self.packing.pallet_grams + crates * self.packing.crate_grams
        typed["tare_grams"] = containers + (typed.get("tare_grams") or 0)
        gross = typed.get("counted_grams")
        if gross is None or not typed["tare_grams"]:
            return typed
        if self.data.get(f"{self.add_prefix('counted_grams')}_unit", KG) != KG:
            self.add_error("counted_grams", _("Tare is taken off a weight in kg: choose kg, or no tare."))
            return typed
        try:
            typed["counted_grams"] = net_grams(gross, typed["tare_grams"])
        except ValueError:
            self.add_error("counted_grams", _("The pallets and crates weigh more than that."))
        return typed


class CountForm(WeighedForm, LotActForm):
    """What was found at a location; a lot may turn up where the books had none of it."""

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, lot=lot, **kwargs)
        self.pack(lot.product)

    def locations(self, lot: Lot) -> QuerySet[Location]:
        """Return every location in use."""
        return active_locations()


class LineForm(WeighedForm):
    """What was found of a lot where a sheet asks for it."""

    counted_grams = QuantityField(
        label=_("Found"),
        allow_zero=True,
        has_buttons=True,
        help_text=_("Everything there, reserved goods included."),
    )

    def __init__(self, *args: Any, lot: Lot | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pack(lot.product if lot else None)


class FoundForm(LineForm):
    """What was found of a lot where nobody expected it; the lot by its number, or a code on its label."""

    lot = forms.CharField(label=_("Lot"), max_length=200, help_text=_("Its number, or a code on its label."))
    location = forms.ModelChoiceField(Location.objects.none(), label=_("Location"), empty_label=_("Choose"))

    def __init__(self, *args: Any, sheet: CountSheet, meant: Lot | None, **kwargs: Any) -> None:
        super().__init__(*args, lot=meant, **kwargs)
        places = self.fields["location"]
        assert isinstance(places, forms.ModelChoiceField)  # noqa: S101 - declared above
        places.queryset = active_locations(sheet.site)

    def clean_lot(self) -> Lot:
        """Return the one lot that is meant.

        Raises:
            ValidationError: none is, or several are.
        """
        meant = lots_meant(self.cleaned_data["lot"])
        if len(meant) != 1:
            raise forms.ValidationError(_("Write the number of one lot of the bank."), code="lot_unknown")
        return meant[0]


class FindForm(forms.Form):
    """A code, a number or a name; or the photograph of a label."""

    q = forms.CharField(label=_("Number, name or code"), max_length=200, required=False)
    photo = forms.FileField(
        label=_("Photograph of the code"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-shrink": "1600"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the code on the photograph, which says more than what was typed."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        photo = typed.get("photo")
        if photo is not None:
            try:
                found = codes_in(photo.read())
            except DomainError as error:
                self.add_error("photo", error.message)
                return typed
            if not found:
                self.add_error("photo", _("No code can be read here. Come closer and hold still."))
            typed["q"] = found[0].text if found else ""
        elif not typed.get("q"):
            self.add_error("q", _("Type a number or a name, or photograph a label."))
        return typed


class SheetForm(OpKeyForm):
    """What to count: a site, some of its locations or all, a family or all."""

    site = forms.ModelChoiceField(active_sites(), label=_("Site"), empty_label=_("Choose"))
    locations = forms.ModelMultipleChoiceField(
        active_locations(),
        label=_("Locations"),
        required=False,
        help_text=_("None chosen: the whole site."),
    )
    family = forms.ModelChoiceField(
        ProductFamily.objects.active(), label=_("Family"), required=False, empty_label=_("All")
    )
    is_blind = forms.BooleanField(
        label=_("Blind count"),
        required=False,
        help_text=_("What the books hold is shown once it is counted."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a location of another site."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        places, site = list(typed.get("locations") or ()), typed.get("site")
        if site and any(place.site_id != site.pk for place in places):
            self.add_error("locations", _("Choose locations of %(site)s.") % {"site": site})
        return typed | {"locations": places}


class LevelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A minimum of a product or of a family, and who is told."""

    class Meta:
        model = MinimumLevel
        fields = ("product", "family", "site", "minimum_grams", "share", "tells_weight")
        help_texts = {
            "product": _("Or a family below."),
            "site": _("Empty for all sites together."),
            "share": _("They see what is lacking, never what you hold."),
        }
        formfield_callback = field_for


class NewLevelForm(OpKeyForm, LevelForm):
    """A minimum to set."""


class LimitsForm(forms.Form):
    """Which differences of a count wait for a second person."""

    limit_grams = KgField(label=_("Approval above"), allow_zero=True)
    limit_percent = forms.IntegerField(
        label=_("Approval above (percent of the books)"), min_value=0, max_value=100, widget=StepperInput()
    )
