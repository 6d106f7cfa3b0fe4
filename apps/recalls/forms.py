"""Forms of the recalls: opening one, deciding about a lot, answering, explaining, closing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.kernel.forms import DayInput, FilterForm, KgField, OpKeyForm
from apps.recalls.states import DATE_CHOICES, CaseSource, CaseState


class CaseForm(OpKeyForm):
    """A recall entered by hand: what it names, why, what to do."""

    title = forms.CharField(label=_("Goods recalled"), max_length=200)
    motive = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    advice = forms.CharField(
        label=_("What partners must do"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    gtin = forms.CharField(
        label=_("Barcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    lot_text = forms.CharField(
        label=_("Lot"),
        max_length=500,
        required=False,
        help_text=_("As it is written. Leave it and the date empty to mean every lot of the barcode."),
    )
    date_kind = forms.ChoiceField(label=_("Kind of date"), choices=DATE_CHOICES, required=False)
    date_text = forms.CharField(label=_("Date or dates on the label"), max_length=200, required=False)
    brand = forms.CharField(label=_("Brand"), max_length=120, required=False)
    distributors = forms.CharField(
        label=_("Donor, shop or supplier"),
        max_length=1000,
        required=False,
        help_text=_("Mixed lots from it, received in the period, are put before you to check."),
    )
    sold_from = forms.DateField(label=_("Given or sold from"), required=False, widget=DayInput())
    sold_until = forms.DateField(label=_("Given or sold until"), required=False, widget=DayInput())
    is_exercise = forms.BooleanField(
        label=_("This is an exercise"),
        required=False,
        help_text=_("Everything happens as in a recall, and says everywhere that it is an exercise."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        sent = super().clean() or self.cleaned_data
        since, until = sent.get("sold_from"), sent.get("sold_until")
        if since and until and since > until:
            self.add_error("sold_until", _("The period ends before it begins."))
        return sent


class CaseFilter(FilterForm):
    """Filters of the list of recalls."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *CaseState.choices])
    source = forms.ChoiceField(label=_("Source"), choices=[("", _("All")), *CaseSource.choices])


class ReasonForm(forms.Form):
    """Why something is decided; it stands in the closing report."""

    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PlainForm(forms.Form):
    """A question with one answer: the button."""


class CloseForm(forms.Form):
    """What is concluded."""

    conclusion = forms.CharField(
        label=_("Conclusion"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happened, and what becomes of what is still in stock."),
    )


class AnswerForm(forms.Form):
    """What became of what a partner got: the three weights add up to it."""

    returned_grams = KgField(label=_("Brought back, or to be collected"), allow_zero=True)
    destroyed_grams = KgField(label=_("Destroyed"), allow_zero=True)
    used_grams = KgField(label=_("Already handed out or eaten"), allow_zero=True)
    answered_by = forms.CharField(
        label=_("Name of who answers"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    comment = forms.CharField(
        label=_("A word for the food bank"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **{"label_suffix": "", "use_required_attribute": False, **kwargs})
