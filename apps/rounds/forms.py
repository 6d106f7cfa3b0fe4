"""Forms of the rounds: planning, and the driver's stop."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import LIKELY_DEGREES
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.kernel.forms import AmountInput, DayInput, KgField, OpKeyForm, add_refusal, typed
from apps.kernel.quantity import format_kg
from apps.offers.forms import place_refusal
from apps.rounds.models import PickupLine, Round, Stop
from apps.rounds.selectors import drivers
from apps.rounds.services import PickedUp
from apps.rounds.states import MissReason, RefusalReason, RoundStatus
from apps.sites.models import Site, Vehicle


class CelsiusField(forms.DecimalField):
    """A temperature typed in °C, with a comma or a point, a hyphen or a true minus sign."""

    def __init__(self, **kwargs: Any) -> None:
        widget = AmountInput(unit="°C")
        widget.attrs["inputmode"] = "text"  # the decimal keypad of some phones has no minus
        super().__init__(max_digits=4, decimal_places=1, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return degrees.

        Raises:
            ValidationError: not a temperature.
        """
        if isinstance(value, str):
            value = value.replace(",", ".").replace("−", "-").removesuffix("°C").strip()
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Show degrees with the decimal sign of the current language, written so that they can be sent."""
        return typed(f"{value:f}") if isinstance(value, Decimal) else value


def degrees_at_hand(temperature_class: str) -> list[tuple[str, str]]:
    """Return the temperatures to offer within one tap, in words and as they are typed."""
    degrees = LIKELY_DEGREES.get(temperature_class, ())
    return [
        (f"{degree}\N{NO-BREAK SPACE}°C".replace("-", "\N{MINUS SIGN}"), str(degree)) for degree in degrees
    ]


class RoundForm(OpKeyForm):
    """A vehicle's day: when, from where, with what, with whom."""

    day = forms.DateField(label=_("Day"), widget=DayInput(), initial=clock.today)
    site = forms.ModelChoiceField(Site.objects.active(), label=_("Site"), empty_label=_("Choose"))
    vehicle = forms.ModelChoiceField(
        Vehicle.objects.active().select_related("site"),
        label=_("Vehicle"),
        required=False,
        empty_label=_("No vehicle yet"),
    )
    driver = forms.ChoiceField(
        label=_("Driver"),
        required=False,
        help_text=_("The driver finds the round on their telephone."),
    )
    driver_label = forms.CharField(
        label=_("Somebody else"),
        max_length=120,
        required=False,
        help_text=_("The name of a driver who has no account here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.names: dict[str, str] = {str(driver.id): driver.label for driver in drivers()}
        field = self.fields["driver"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Nobody yet")), *self.names.items()]

    @staticmethod
    def values_of(planned: Round) -> dict[str, Any]:
        """Return the first values of the form that changes a round."""
        return {
            "day": planned.day,
            "site": planned.site_id,
            "vehicle": planned.vehicle_id,
            "driver": str(planned.driver_id or ""),
            "driver_label": "" if planned.driver_id else planned.driver_label,
        }

    def plan(self) -> dict[str, Any]:
        """Return day, site, vehicle and driver as the services name them."""
        values = {name: self.cleaned_data[name] for name in ("day", "site", "vehicle")}
        chosen = self.cleaned_data["driver"]
        return {
            **values,
            "driver_id": UUID(chosen) if chosen else None,
            "driver_label": self.names.get(chosen, self.cleaned_data["driver_label"]),
        }


class AssignForm(forms.Form):
    """Which stops go in which round."""

    round = forms.ModelChoiceField(Round.objects.exclude(status=RoundStatus.CLOSED))
    stop = forms.ModelMultipleChoiceField(Stop.objects.select_related("offer"))

    def stops(self) -> list[Stop]:
        """Return the stops, the one that closes first at the top."""
        ticked = list(self.cleaned_data["stop"])
        return sorted(ticked, key=lambda stop: (stop.offer.pickup_until, stop.offer.city, stop.pk))


class PickupForm(forms.Form):
    """What one line gave: weight, temperature, what is left and why; the rules say what is missing."""

    marks_optional = False

    collected_grams = KgField(label=_("Weight taken"), allow_zero=True, required=False)
    temperature_c = CelsiusField(label=_("Temperature"), required=False)
    refused_grams = KgField(label=_("Weight left there"), allow_zero=True, required=False)
    refusal_reason = forms.ChoiceField(
        label=_("Why it is left"), choices=[("", _("Choose")), *RefusalReason.choices], required=False
    )

    def __init__(self, *args: Any, line: PickupLine, **kwargs: Any) -> None:
        prefix = f"line-{line.pk}"
        super().__init__(*args, **{"prefix": prefix, "label_suffix": "", **kwargs})
        self.line = line
        announced = _("%(weight)s announced") % {"weight": format_kg(line.planned_grams)}
        self.fields["collected_grams"].help_text = announced
        whole = self.fields["collected_grams"].prepare_value(line.planned_grams)
        self.weights_at_hand = [(_("As announced"), whole)] if line.planned_grams else []
        self.degrees_at_hand = degrees_at_hand(line.offer_line.temperature_class)

    def found(self) -> PickedUp:
        """Return what was found; an empty box is nothing."""
        values = self.cleaned_data
        return PickedUp(
            line_id=self.line.pk,
            collected_grams=values["collected_grams"] or 0,
            refused_grams=values["refused_grams"] or 0,
            refusal_reason=values["refusal_reason"],
            temperature_c=values["temperature_c"],
        )


class StopForm(forms.Form):
    """What goes with the weights of a stop."""

    confirmed = forms.BooleanField(label=_("These weights are right"), required=False)
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)


class StopForms:
    """The form of a stop and one form per line of it."""

    def __init__(self, stop: Stop, data: Mapping[str, Any] | None = None) -> None:
        self.stop = StopForm(data, label_suffix="")
        self.lines = [PickupForm(data, line=line) for line in stop.lines.all()]
        self.asks_to_confirm = False

    def is_valid(self) -> bool:
        """Tell whether everything typed can be read."""
        checked = [form.is_valid() for form in (self.stop, *self.lines)]
        return all(checked)

    def found(self) -> list[PickedUp]:
        """Return what was found of each line."""
        return [form.found() for form in self.lines]

    def refuse(self, error: DomainError) -> None:
        """Show why the weights were refused, at the field at fault."""
        self.asks_to_confirm = error.code == "weight_unlikely"
        at_hand: dict[str, forms.BaseForm] = {str(form.prefix): form for form in self.lines}
        if not place_refusal(at_hand, error):
            add_refusal(self.stop, error)

    @property
    def failed(self) -> list[forms.BaseForm]:
        """The forms with something to correct."""
        return [form for form in (self.stop, *self.lines) if form.errors]


class MissForm(forms.Form):
    """Why nothing was taken."""

    reason = forms.ChoiceField(label=_("Why?"), choices=MissReason, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("Comment"), max_length=500, required=False)
