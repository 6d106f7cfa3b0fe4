"""Forms of donors for what they offer every week."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.folding import Fold
from apps.kernel.forms import DayInput, HourInput, KgField, OpKeyForm
from tenants.library.models import LibraryFamily
from tenants.network.forms import MOST_GRAMS, department_choices
from tenants.network.offering import NewNetworkLine

LONGEST_LIFE_DAYS = 1_000
"""A typing mistake beyond this."""
FURTHEST_DAYS = 730
"""Days ahead within which a weekly gift begins."""


class WeeklyForm(OpKeyForm):
    """On which day, between which hours, what, where, since when."""

    weekday = forms.TypedChoiceField(label=_("Day of the week"), choices=WEEKDAYS.items(), coerce=int)
    opens = forms.TimeField(label=_("From"), widget=HourInput())
    until = forms.TimeField(label=_("To"), widget=HourInput())
    family = forms.ModelChoiceField(
        label=_("Kind of food"), queryset=LibraryFamily.objects.none(), empty_label=_("Choose")
    )
    label = forms.CharField(label=_("In your own words"), max_length=120, required=False)
    grams = KgField(label=_("Weight"), max_grams=MOST_GRAMS)
    life_days = forms.IntegerField(
        label=_("Days left on the packs at the pick-up"),
        min_value=0,
        max_value=LONGEST_LIFE_DAYS,
        required=False,
        help_text=_("At least so many, every week. Empty for food without a date."),
    )
    active_from = forms.DateField(label=_("From the day"), widget=DayInput())
    active_until = forms.DateField(label=_("Until the day"), widget=DayInput(), required=False)
    address = forms.CharField(label=_("Street and number"), max_length=200)
    city = forms.CharField(label=_("Town"), max_length=80)
    department = forms.ChoiceField(label=_("Department"), choices=department_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families = LibraryFamily.objects.order_by(Fold("name"))
        self.fields["family"].queryset = families  # type: ignore[attr-defined]

    def clean_active_from(self) -> dt.date:
        """Return the first day.

        Raises:
            ValidationError: it is over, or too far away.
        """
        day: dt.date = self.cleaned_data["active_from"]
        if not clock.today() <= day <= clock.today() + dt.timedelta(days=FURTHEST_DAYS):
            raise forms.ValidationError(_("Choose a day from today on, within two years."), code="day_away")
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for the days left on food that has a use-by date."""
        data = super().clean() or {}
        family = data.get("family")
        must_say = family is not None and family.date_kind == DateKind.USE_BY
        if must_say and data.get("life_days") is None and "life_days" not in self.errors:
            self.add_error("life_days", _("Write how many days are left before the use-by date."))
        return data

    def line(self) -> NewNetworkLine:
        """Return what is offered each time, dated as if it were picked up on the first day."""
        family: LibraryFamily = self.cleaned_data["family"]
        life: int | None = self.cleaned_data["life_days"]
        dated = DateKind.BEST_BEFORE if family.date_kind == DateKind.NONE else family.date_kind
        first: dt.date = self.cleaned_data["active_from"]
        return NewNetworkLine(
            family_code=family.code,
            label=self.cleaned_data["label"] or family.name,
            grams=self.cleaned_data["grams"],
            temperature_class=family.temperature_class,
            date_kind=DateKind.NONE if life is None else dated,
            expires_on=None if life is None else first + dt.timedelta(days=life),
        )


class WeeklyActForm(forms.Form):
    """What is done with which weekly gift."""

    pk = forms.UUIDField()
    act = forms.ChoiceField(choices=[("pause", "pause"), ("resume", "resume"), ("end", "end")])
