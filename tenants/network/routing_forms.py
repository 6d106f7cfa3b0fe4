"""Forms of the routing: the federation's settings and desk, a bank's standing rules."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from apps.kernel.forms import KgField, field_for
from tenants.network.models import RoutingPolicy

MOST_GRAMS: Final = 100_000_000_000
"""A hundred thousand tonnes: above it a weight is a slip of the finger."""
MOST_DAYS: Final = 100


def _kg(label: Any) -> KgField:
    return KgField(label=label, required=False, allow_zero=True, max_grams=MOST_GRAMS)


class StandingRulesForm(forms.Form):
    """What a bank takes of the network's offers, and when; a weight left empty says nothing."""

    takes_automatically = forms.BooleanField(
        label=_("Take by itself what fits the weights below"),
        required=False,
        help_text=_("Such an offer is accepted at once by the software. The journal tells of it."),
    )
    ambient_auto_grams = _kg(_("Taken by itself in a day, ambient"))
    chilled_auto_grams = _kg(_("Taken by itself in a day, chilled"))
    frozen_auto_grams = _kg(_("Taken by itself in a day, frozen"))
    ambient_most_grams = _kg(_("At most in a day, ambient"))
    chilled_most_grams = _kg(_("At most in a day, chilled"))
    frozen_most_grams = _kg(_("At most in a day, frozen"))
    ambient_free_grams = _kg(_("Room free, ambient"))
    chilled_free_grams = _kg(_("Room free, chilled"))
    frozen_free_grams = _kg(_("Room free, frozen"))
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Never on"),
        choices=[(number, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    closed_days = forms.CharField(
        label=_("Closed on"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One day a line, for example 24/12/2026."),
    )

    def clean_closed_days(self) -> list[str]:
        """Return the days as ISO dates, in order.

        Raises:
            ValidationError: a line is no day, or there are too many.
        """
        words = self.cleaned_data["closed_days"].replace(",", " ").replace(";", " ").split()
        if len(words) > MOST_DAYS:
            raise ValidationError(_("At most %(most)s days."), params={"most": MOST_DAYS}, code="too_many")
        return sorted({_day(word) for word in words})


def _day(word: str) -> str:
    for layout in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(word, layout).date().isoformat()  # noqa: DTZ007  (a day, no instant)
        except ValueError:
            continue
    raise ValidationError(
        _("“%(word)s” is not a day. Write it as 24/12/2026."), params={"word": word[:20]}, code="no_day"
    )


def days_typed(days: Sequence[str]) -> str:
    """Return ISO dates as the form shows them, one a line."""
    return "\n".join(f"{dt.date.fromisoformat(day):%d/%m/%Y}" for day in days)


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The settings of the routing, each with what it does."""

    class Meta:
        model = RoutingPolicy
        formfield_callback = field_for
        fields = (
            "home_first",
            "most_banks",
            "alpha",
            "theta",
            "trip_km",
            "guard",
            "hours_day",
            "hours_days",
            "hours_week",
            "hours_month",
            "hours_longest",
            "reason",
        )


class PlaceForm(forms.Form):
    """Whom to ask by hand, for how much, and why."""

    bank = forms.TypedChoiceField(label=_("Food bank"), coerce=UUID)
    grams = KgField(label=_("Weight"), max_grams=MOST_GRAMS)
    reason = forms.CharField(label=_("Why?"), max_length=500)

    def __init__(self, *args: Any, banks: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bank"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose")), *banks]


class EndForm(forms.Form):
    """Why an offer is closed by hand."""

    reason = forms.CharField(label=_("Why?"), max_length=500)


class NeedForm(forms.Form):
    """What a bank needs in a week; empty, it is reckoned."""

    weekly_need_grams = KgField(label=_("Need per week"), required=False, max_grams=MOST_GRAMS)
    reason = forms.CharField(label=_("Why?"), max_length=500)
