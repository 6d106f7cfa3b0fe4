"""Forms of the workshop: open a batch, take goods, close it, freeze goods."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.kernel.display import day
from apps.kernel.folding import Fold
from apps.kernel.forms import DayInput, FilterForm, KgField, OpKeyForm, StepperInput
from apps.kernel.quantity import format_kg
from apps.sites.models import Location, Site
from apps.sites.selectors import active_locations, active_sites
from apps.sites.states import LocationPurpose
from apps.stock.models import Balance, Lot
from apps.stock.states import AccountKind, LossDestination, LossReason
from apps.workshop.models import ProductionBatch
from apps.workshop.selectors import grams_of, usable_at
from apps.workshop.states import BatchStatus


class BatchFilter(FilterForm):
    """Filters of the batches: the state is a tab."""

    status = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *BatchStatus.choices], widget=forms.HiddenInput
    )
    site = forms.ModelChoiceField(active_sites(), label=_("Site"), empty_label=_("All sites"))


class BatchForm(OpKeyForm):
    """What is to be made."""

    label = forms.CharField(label=_("What is made"), max_length=120)
    site = forms.ModelChoiceField(active_sites(), label=_("Site"), empty_label=None)
    family = forms.ModelChoiceField(
        ProductFamily.objects.active(), label=_("Family"), empty_label=_("Choose")
    )
    product = forms.ModelChoiceField(
        Product.objects.active(),
        label=_("Product"),
        empty_label=_("None: a mix of the family"),
        required=False,
    )
    recipe = forms.CharField(
        label=_("Recipe"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class FreeGoods(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Free goods at a place: which lot, until when, how much of it, where."""

    def label_from_instance(self, obj: Balance) -> str:
        """Return the goods with their date, weight and place."""
        lot, place = obj.account.lot, obj.account.location
        known = [lot.label, lot.number, day(lot.expires_on) if lot.expires_on else "", format_kg(obj.grams)]
        return " · ".join([*filter(None, known), place.code if place else ""])


class TakeForm(OpKeyForm):
    """Goods taken for a batch."""

    goods = FreeGoods(Balance.objects.none(), label=_("Goods"), empty_label=_("Choose"))
    grams = KgField(label=_("Weight"))

    def __init__(self, *args: Any, batch: ProductionBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["goods"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = usable_at(batch)

    def clean(self) -> dict[str, Any]:
        """Return the lot and the location of the goods chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.pop("goods", None)
        if chosen is not None:
            cleaned |= {"lot": chosen.account.lot, "location": chosen.account.location}
        return cleaned


class GiveBackForm(OpKeyForm):
    """Why goods go back, or a batch is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


def _places_of(site: Site) -> QuerySet[Location]:
    free = active_locations().filter(site=site).exclude(purpose=LocationPurpose.QUARANTINE)
    return free.order_by("code")


class CloseForm(OpKeyForm):
    """What came out of a batch: weight, losses, what the label says, where it goes."""

    grams = KgField(label=_("Made"), help_text=_("Weighed, without packaging."))
    lost_grams = KgField(label=_("Lost"), allow_zero=True, required=False)
    loss_reason = forms.ChoiceField(
        label=_("Lost because"), choices=LossReason.choices, initial=LossReason.TRANSFORMATION
    )
    disposal = forms.ChoiceField(
        label=_("Losses go to"), choices=LossDestination.choices, initial=LossDestination.COMPOST
    )
    cooking_c = forms.DecimalField(
        label=_("Cooking temperature (°C)"), max_digits=4, decimal_places=1, required=False
    )
    cooking_minutes = forms.IntegerField(
        label=_("Cooking time (minutes)"),
        min_value=0,
        max_value=10_000,
        required=False,
        widget=StepperInput(),
    )
    ingredients = forms.CharField(
        label=_("Ingredients"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    allergens = forms.CharField(
        label=_("Allergens"),
        max_length=300,
        required=False,
        help_text=_("Celery, milk, gluten, … as the labels of what was used say."),
    )
    temperature_class = forms.ChoiceField(label=_("Kept at"), choices=TemperatureClass.choices)
    date_kind = forms.ChoiceField(label=_("Kind of date"), choices=DateKind.choices)
    expires_on = forms.DateField(label=_("Date"), required=False, widget=DayInput())
    location = forms.ModelChoiceField(Location.objects.none(), label=_("Location"), empty_label=_("Choose"))

    def __init__(self, *args: Any, batch: ProductionBatch, **kwargs: Any) -> None:
        goods = batch.product or batch.family
        kwargs["initial"] = {
            "temperature_class": goods.temperature_class,
            "date_kind": goods.date_kind,
            "grams": grams_of(batch).open_grams or None,
        } | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        field = self.fields["location"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = _places_of(batch.site)

    def clean_lost_grams(self) -> int:
        """Return the losses; a box left empty says none."""
        return self.cleaned_data["lost_grams"] or 0


class FreezeForm(OpKeyForm):
    """How much of a lot is frozen, where it goes, and its new date."""

    location = forms.ModelChoiceField(Location.objects.none(), label=_("Taken from"), empty_label=None)
    to = forms.ModelChoiceField(Location.objects.none(), label=_("Freezer"), empty_label=_("Choose"))
    grams = KgField(label=_("Weight"))
    expires_on = forms.DateField(label=_("New best before"), widget=DayInput())

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = {"account__kind": AccountKind.ON_HAND, "account__balance__grams__gt": 0}
        here = Location.objects.filter(account__lot=lot, **free).distinct()
        choices: dict[str, QuerySet[Location]] = {
            "location": here.select_related("site").order_by(Fold("site__name"), "code"),
            "to": active_locations().filter(zone=Location.Zone.FROZEN, site__in=here.values("site")),
        }
        for name, found in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = found
