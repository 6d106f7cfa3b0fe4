"""Fields of forms: kilograms, euros, keys against double sending, refusals at their field."""

from uuid import UUID, uuid4

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from apps.donors.models import Donor
from apps.kernel.errors import Conflict, DomainError
from apps.kernel.forms import (
    DegreesField,
    EurosField,
    FilterForm,
    KgField,
    OpKeyForm,
    StepperInput,
    add_refusal,
    field_for,
)
from apps.kernel.models import AuditEntry, DocumentSequence
from apps.kernel.quantity import parse_kg
from apps.sites.forms import SiteForm


class Gift(OpKeyForm):
    """A form with a field of each kind that is ours."""

    weight = KgField(label="Weight", help_text="Net.", max_grams=50_000)
    contribution = EurosField(required=False)
    boxes = forms.IntegerField(widget=StepperInput(), required=False, min_value=0)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False)

    def cleaned(self, name: str) -> object:
        """Return one cleaned value of a form that must be valid."""
        assert self.is_valid(), self.errors
        return self.cleaned_data[name]


def gift(**sent: str) -> Gift:
    return Gift({"weight": "1", **sent})


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ("12,5", 12_500),
        ("12.5", 12_500),
        ("0.075", 75),
        ("1 2", 12_000),
        ("3kg", 3_000),
    ],
)
def test_kilograms_are_cleaned_to_whole_grams(typed: str, grams: int):
    form = gift(weight=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["weight"] == grams


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("0", "kg_zero"),
        ("twelve", "kg_unreadable"),
        ("-3", "kg_unreadable"),
        ("0.0001", "kg_unreadable"),
        ("50.5", "kg_too_much"),
    ],
)
def test_a_weight_that_cannot_be_is_refused_with_its_code(typed: str, code: str):
    assert gift(weight=typed).errors.as_data()["weight"][0].code == code


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("typed", ["1 234,5", "1\u202f234,5 kg", "1234.5", "1.234,5", "1,234.5"])
def test_thousands_and_decimals_are_read_however_they_are_written(language: str, typed: str):
    with translation.override(language):
        assert parse_kg(typed) == 1_234_500


@pytest.mark.parametrize(("language", "typed", "read"), [("fr", "1.234", "1,234"), ("en", "1,234", "1.234")])
def test_a_number_that_may_be_a_thousand_or_one_is_asked_again(language: str, typed: str, read: str):
    with translation.override(language):
        (error,) = gift(weight=typed).errors.as_data()["weight"]
        assert error.code == "number_ambiguous"
        assert error.params == {"large": "1234", "small": read}
        assert parse_kg(read) == 1_234
        assert parse_kg("1.234.567") == parse_kg("1,234,567") == 1_234_567_000


def test_zero_is_a_weight_where_the_field_says_so():
    assert KgField(allow_zero=True).clean("0") == 0


def test_an_empty_weight_that_is_not_required_is_none():
    assert KgField(required=False).clean("") is None


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("grams", [1, 75, 12_500, 10_000, 1_234_567, 0])
def test_a_shown_weight_can_be_sent_back_as_it_is(language: str, grams: int):
    with translation.override(language):
        field = KgField(allow_zero=True)
        assert field.clean(field.prepare_value(grams)) == grams


def test_a_weight_is_shown_with_the_decimal_sign_of_the_language():
    with translation.override("fr"):
        assert KgField().prepare_value(1_234_500) == "1234,5"
    with translation.override("en"):
        assert KgField().prepare_value(1_234_500) == "1234.5"


def test_an_unchanged_weight_is_not_a_change():
    assert not KgField().has_changed(12_500, "12.5")
    assert KgField().has_changed(12_500, "12.6")


def test_euros_are_cleaned_to_whole_cents():
    assert gift(contribution="1 234,50").cleaned("contribution") == 123_450


def test_a_page_carries_a_new_key_and_a_sent_key_comes_through():
    key = uuid4()
    assert Gift()["op_key"].value() != Gift()["op_key"].value()
    assert gift(op_key=str(key)).cleaned("op_key") == key


def test_a_client_without_a_key_gets_one():
    assert isinstance(gift().cleaned("op_key"), UUID)


def test_a_refusal_is_shown_at_its_field():
    form = gift()
    add_refusal(form, DomainError("At most %(left)s left.", field="weight", params={"left": "8 kg"}))
    assert form.errors["weight"] == ["At most 8 kg left."]


def test_a_refusal_about_no_field_of_the_form_is_shown_above_it():
    form = gift()
    add_refusal(form, Conflict("Confirmed by somebody else.", field="status"))
    assert form.non_field_errors() == ["Confirmed by somebody else."]


def test_a_model_that_refuses_is_shown_at_its_fields():
    form = gift()
    add_refusal(form, ValidationError({"weight": "Too heavy.", "lot": "Blocked."}))
    assert form.errors == {"weight": ["Too heavy."], "__all__": ["Blocked."]}


def test_the_error_stands_above_the_box_in_words_and_is_announced_with_it():
    html = str(gift(weight="0")["weight"].as_field_group())
    assert html.index('id="id_weight_error"') < html.index("<input")
    assert "Write a weight above 0 kg." in html
    assert 'aria-describedby="id_weight_helptext id_weight_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_weight_opens_the_decimal_keypad_and_says_its_unit():
    html = str(Gift()["weight"].as_field_group())
    assert 'inputmode="decimal"' in html
    assert "(kg)" in html


def test_a_form_sent_back_begins_with_links_to_what_is_wrong():
    html = str(gift(weight="0", contribution="x"))
    assert 'href="#id_weight"' in html
    assert 'href="#id_contribution"' in html
    assert html.index("2 things to correct") < html.index("<label")


def test_choices_are_a_group_with_a_legend():
    html = str(Gift()["kind"].as_field_group())
    assert "<fieldset" in html
    assert "<legend>Kind" in html


def test_a_filter_asks_for_nothing_and_says_whether_it_narrows():
    class Filter(FilterForm):
        actor_label = forms.CharField()

    assert Filter({}).is_valid()
    assert not Filter({}).narrows()
    assert Filter({"actor_label": "Inès"}).narrows()
    assert "optional" not in str(Filter({}))


def test_a_filter_keeps_the_records_that_equal_what_is_set():
    class Filter(FilterForm):
        actor_label = forms.CharField()

    narrowed = Filter({"actor_label": "Inès"}).narrow(AuditEntry.objects.all())
    assert "actor_label" in str(narrowed.query.where)


def test_model_fields_get_the_picker_that_fits():
    at = field_for(AuditEntry._meta.get_field("at"))
    year = field_for(DocumentSequence._meta.get_field("year"))
    assert at
    assert at.widget.input_type == "datetime-local"
    assert year
    assert year.widget.input_type == "number"


def test_a_choice_not_made_yet_is_asked_for_in_words():
    kind = field_for(Donor._meta.get_field("kind"))
    assert isinstance(kind, forms.TypedChoiceField)
    assert next(iter(kind.widget.choices)) == ("", "Choose")


def test_a_weight_of_a_model_keeps_the_hint_its_form_gives():
    grams = models.BigIntegerField("capacity", name="capacity_grams", help_text="From the model.")
    field = field_for(grams, help_text="From the form.")
    assert isinstance(field, KgField)
    assert field.help_text == "From the form."
    assert field.label == "Capacity"


@pytest.mark.parametrize("typed", ["-4,48", "-4.48", " -4,48 "])
def test_degrees_are_typed_with_a_comma_or_a_point(typed: str):
    assert DegreesField(most=180).clean(typed) == -4.48


@pytest.mark.parametrize(
    ("typed", "told"),
    [("west", "Write degrees"), ("200", "less than or equal to 180"), ("-180,5", "greater")],
)
def test_degrees_off_the_globe_are_refused(typed: str, told: str):
    with pytest.raises(ValidationError, match=told):
        DegreesField(most=180).clean(typed)


def test_degrees_are_shown_with_the_decimal_sign_of_the_language():
    with translation.override("fr"):
        assert DegreesField(most=90).prepare_value(47.32) == "47,32"
    assert DegreesField(most=90).prepare_value(47.32) == "47.32"


def test_a_file_with_an_address_takes_degrees_as_people_write_them():
    assert {type(SiteForm.base_fields[name]) for name in ("latitude", "longitude")} == {DegreesField}
