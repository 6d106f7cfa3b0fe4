"""Units that convert: no gram is made or lost between what is typed, what is kept and what is shown."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.catalogue import rules
from apps.catalogue.forms import QuantityField
from apps.catalogue.rules import Packing
from tests.making.catalogue import make_product

some = st.integers(0, 60)
packings = st.builds(
    Packing,
    unit_grams=st.integers(1, 30_000),
    units_per_pack=st.integers(1, 24),
    units_per_case=st.integers(1, 48),
    units_per_crate=some,
    cases_per_pallet=some,
    is_variable=st.booleans(),
)


@given(packings, st.integers(0, 10**9))
def test_a_weight_told_in_any_unit_and_put_back_is_the_same_weight(packing: Packing, grams: int):
    for unit in packing.sizes:
        count, over = rules.counted_in(packing, grams, unit)
        assert rules.grams_of(packing, count, unit) + over == grams
        assert 0 <= over < packing.sizes[unit]


@given(packings, st.integers(0, 100_000))
def test_a_count_put_into_grams_and_back_is_the_same_count(packing: Packing, count: int):
    for unit in packing.sizes:
        assert rules.counted_in(packing, rules.grams_of(packing, count, unit), unit) == (count, 0)


@given(packings, st.integers(0, 1000), st.integers(0, 1000))
def test_a_case_weighs_its_units_and_a_pallet_its_cases(packing: Packing, cases: int, pallets: int):
    sizes = packing.sizes
    assert sizes.get("case", packing.unit_grams) == packing.unit_grams * packing.units_per_case
    if "pallet" in sizes:
        each = rules.grams_of(packing, packing.cases_per_pallet * packing.units_per_case, "unit")
        assert rules.grams_of(packing, pallets, "pallet") == pallets * each


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), max_size=4))
def test_net_and_tares_add_up_to_what_the_scales_say_or_are_refused(gross: int, tares: list[int]):
    if sum(tares) > gross:
        with pytest.raises(ValueError, match="more than the scales"):
            rules.net_grams(gross, *tares)
    else:
        assert rules.net_grams(gross, *tares) + sum(tares) == gross


def test_a_part_of_a_gram_or_a_unit_not_in_use_is_refused():
    packing = Packing(unit_grams=333, units_per_case=3)
    assert rules.grams_of(packing, Decimal("0.5"), "kg") == 500
    for amount, unit in ((Decimal("0.5"), "unit"), (1, "pallet"), (-1, "case")):
        with pytest.raises(ValueError, match=r"not (counted|a whole)"):
            rules.grams_of(packing, amount, unit)


@pytest.mark.parametrize(
    ("grams", "fields", "words"),
    [
        (12_000, {}, "24 × paquet · 2 cartons"),
        (13_000, {}, "26 × paquet · 2 cartons + 2"),
        (12_250, {}, "≈\u00a024 × paquet · ≈\u00a02 cartons"),
        (12_000, {"is_variable_weight": True}, "≈\u00a024 × paquet · ≈\u00a02 cartons"),
        (500, {}, "1 × paquet"),
        (
            480_000,
            {"cases_per_pallet": 80, "units_per_pack": 6},
            "960 × paquet · 160 lots de pièces · 80 cartons · 1 palette",
        ),
    ],
)
def test_both_are_shown_and_what_is_not_exact_says_so(bank, grams, fields, words):
    with translation.override("en"):
        said = make_product(**fields).packed(grams)
    english = (
        words.replace("cartons", "cases").replace("lots de pièces", "packs").replace("palette", "pallet")
    )
    assert said == english


@pytest.mark.parametrize(
    ("typed", "grams"),
    [
        ({"q": "12,5"}, 12_500),
        ({"q": "12,5", "q_unit": "kg"}, 12_500),
        ({"q": "3", "q_unit": "case"}, 18_000),
        ({"q": "2,5", "q_unit": "case"}, 15_000),
        ({"q": "1 000", "q_unit": "unit"}, 500_000),
    ],
)
def test_a_form_takes_cases_or_kilograms_with_a_comma(bank, typed, grams):
    with translation.override("fr"):
        assert _cleaned(typed) == grams


@pytest.mark.parametrize("typed", [{"q": "3", "q_unit": "pallet"}, {"q": "x", "q_unit": "case"}, {"q": "0"}])
def test_what_is_no_quantity_of_these_goods_is_refused(bank, typed):
    field = QuantityField()
    field.pack(make_product())
    with pytest.raises(Exception, match=r"unit|0 kg"):
        field.clean(field.widget.value_from_datadict(typed, {}, "q"))


@pytest.mark.parametrize(
    "number", ["inf", "nan", "-inf", "1e30", "1e999000", "-1e999000", "1e999999", "1e-999999"]
)
@pytest.mark.parametrize("unit", ["case", "kg"])
def test_a_number_that_no_warehouse_holds_is_refused_at_once(bank, number, unit):
    with pytest.raises(ValidationError):
        _cleaned({"q": number, "q_unit": unit})


@pytest.mark.parametrize("typed", ["1666667", "9" * 900_000], ids=["too much", "too long"])
@pytest.mark.parametrize("unit", ["case", "kg"])
def test_no_unit_takes_more_than_ten_thousand_tonnes(bank, typed, unit):
    with pytest.raises(ValidationError, match="too large"):
        _cleaned({"q": typed if unit == "case" else f"{typed}0", "q_unit": unit})


def _cleaned(typed):
    field = QuantityField()
    field.pack(make_product())
    return field.clean(field.widget.value_from_datadict(typed, {}, "q"))
