"""Form fields for kilograms, euros and days, and how a refused act is shown at its field."""

import datetime as dt
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.kernel.display import NOTHING, day
from apps.kernel.errors import DomainError
from apps.kernel.models import new_id
from apps.kernel.money import parse_euros
from apps.kernel.quantity import GRAMS_PER_KG, format_kg, parse_kg

MOST_DEGREES = {"latitude": 90, "longitude": 180}


class AmountInput(forms.TextInput):
    """A short text box that opens the decimal keypad on a phone and has its unit beside it."""

    def __init__(self, *, unit: str) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off"})
        self.unit = unit


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time picker, to the minute."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class HourInput(forms.TimeInput):
    """The browser's own time picker, to the minute."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class StepperInput(forms.NumberInput):
    """A whole number with a minus and a plus button; a plain number box without JavaScript."""

    template_name = "django/forms/widgets/stepper.html"


class KgField(forms.Field):
    """A weight typed in kg (``12,5``); the cleaned value is whole grams, or ``None`` when left empty."""

    def __init__(self, *, allow_zero: bool = False, max_grams: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", AmountInput(unit="kg"))
        super().__init__(**kwargs)
        self.allow_zero = allow_zero
        self.max_grams = max_grams

    def to_python(self, value: Any) -> int | None:
        """Return grams.

        Raises:
            ValidationError: not a weight in kg.
        """
        if value in self.empty_values:
            return None
        return value if isinstance(value, int) else parse_kg(str(value))

    def validate(self, value: Any) -> None:
        """Refuse a missing weight, a zero one, or one above ``max_grams``.

        Raises:
            ValidationError: the weight is out of bounds.
        """
        super().validate(value)
        if value == 0 and not self.allow_zero:
            raise ValidationError(_("Write a weight above 0 kg."), code="kg_zero")
        if value is not None and self.max_grams is not None and value > self.max_grams:
            message = _("At most %(most)s.") % {"most": format_kg(self.max_grams)}
            raise ValidationError(message, code="kg_too_much")

    def prepare_value(self, value: Any) -> Any:
        """Show grams as kg, written so that it can be sent back as it is."""
        return typed(f"{Decimal(value) / GRAMS_PER_KG:f}") if isinstance(value, int) else value


class EurosField(forms.Field):
    """An amount typed in euros (``12,50``); the cleaned value is whole cents, or ``None`` when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", AmountInput(unit="€"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return cents.

        Raises:
            ValidationError: not an amount in euros.
        """
        if value in self.empty_values:
            return None
        return value if isinstance(value, int) else parse_euros(str(value))

    def prepare_value(self, value: Any) -> Any:
        """Show cents as euros, written so that it can be sent back as it is."""
        return typed(f"{Decimal(value) / 100:.2f}") if isinstance(value, int) else value


class DegreesField(forms.FloatField):
    """A coordinate typed in decimal degrees, with a comma or a point; at most ``most`` either way.

    A plain text box: the decimal keypad of telephones has no minus sign, and France has a west.
    """

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        kwargs.setdefault("error_messages", {"invalid": _("Write degrees, for example 47.32.")})
        super().__init__(min_value=-most, max_value=most, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return degrees.

        Raises:
            ValidationError: not a number.
        """
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Show degrees with the decimal sign of the current language."""
        return typed(str(value)) if isinstance(value, float) else value


class OpKeyForm(forms.Form):
    """Mixin: a key made with the page, so that sending the same form twice does the act once."""

    op_key = forms.UUIDField(required=False, initial=new_id, widget=forms.HiddenInput)

    def clean_op_key(self) -> UUID:
        """Return the key of the page, or a new one for a client that sent none.

        A model form sent again speaks of the record it made: that record's own name is not "taken".
        """
        key: UUID = self.cleaned_data["op_key"] or new_id()
        instance = getattr(self, "instance", None)
        if instance is not None:
            instance.pk = key
            instance._state.adding = not type(instance)._default_manager.filter(pk=key).exists()
        return key


class FilterForm(forms.Form):
    """The filters of a list, kept in the URL; nothing is required, nothing is written."""

    is_filter = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def narrows(self) -> bool:
        """Tell whether a filter is set."""
        return self.is_valid() and any(value not in (None, "") for value in self.cleaned_data.values())

    def active(self) -> dict[str, tuple[str, str]]:
        """Return what narrows the list, in words, by the name of the filter: its label and its value.

        A hidden filter is left out: whatever sets it, such as a tab, shows it.
        """
        if not self.is_valid():
            return {}
        seen = {field.name: field for field in self.visible_fields()}
        return {
            name: (str(seen[name].label), _in_words(seen[name].field, value))
            for name, value in self.cleaned_data.items()
            if name in seen and value not in (None, "", False)
        }

    def narrow(self, records: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Keep the records that match: by default, each filled field equals the model's field."""
        if not self.is_valid():
            return records
        wanted = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return records.filter(**wanted)


def _in_words(field: forms.Field, value: Any) -> str:
    """Return the value of a filter as a person reads it; of a tick, its label says it all."""
    if value is True:
        return ""
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(field.choices).get(str(value), value))  # type: ignore[arg-type]
    return str(value)


def field_for(db_field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """Return the form field of a model field: kg for ``…_grams``, euros for ``…_cents``, pickers for time.

    Coordinates take a comma or a point. Give it to a model form as ``Meta.formfield_callback``.
    """
    if db_field.name.endswith("_grams"):
        return KgField(allow_zero=True, **(_described(db_field) | kwargs))
    if db_field.name.endswith("_cents"):
        return EurosField(**(_described(db_field) | kwargs))
    if db_field.name in MOST_DEGREES:
        return DegreesField(most=MOST_DEGREES[db_field.name], **(_described(db_field) | kwargs))
    if isinstance(db_field, models.DateTimeField):
        kwargs.setdefault("widget", MomentInput())
    elif isinstance(db_field, models.DateField):
        kwargs.setdefault("widget", DayInput())
    elif isinstance(db_field, models.TimeField):
        kwargs.setdefault("widget", HourInput())
    return _with_words(db_field.formfield(**kwargs))


def _with_words(field: forms.Field | None) -> forms.Field | None:
    """Say "Choose" where Django draws dashes."""
    blank = _("Choose") if field and field.required else NOTHING
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = blank if field.empty_label else None
    elif isinstance(field, forms.TypedChoiceField):
        pairs = cast("list[tuple[Any, Any]]", field.choices)
        field.choices = [(value, blank if value in ("", None) else label) for value, label in pairs]
    return field


def _described(db_field: "models.Field[Any, Any]") -> dict[str, Any]:
    return {
        "required": not db_field.blank,
        "label": capfirst(db_field.verbose_name),
        "help_text": db_field.help_text,
    }


def add_refusal(form: forms.BaseForm, error: DomainError | ValidationError) -> None:
    """Show why an act was refused: at the field at fault when the form has it, else above the form."""
    if isinstance(error, DomainError):
        form.add_error(error.field if error.field in form.fields else None, error.as_validation_error())
        return
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


def typed(number: str) -> str:
    """Write a plain number with the decimal sign of the current language."""
    return number.replace(".", ",") if (get_language() or "").startswith("fr") else number
