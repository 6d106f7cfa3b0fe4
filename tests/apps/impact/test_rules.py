"""Indicators: pure functions of the figures added up over a period."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.impact import rules
from apps.impact.rules import Flow, Total
from apps.impact.states import DEFINITIONS, Reading, Unit, show_weight

grams = st.integers(min_value=-(10**9), max_value=10**9)
totals = st.lists(
    st.builds(
        Total,
        flow=st.sampled_from(list(Flow)),
        is_food=st.booleans(),
        is_fresh=st.booleans(),
        is_organic=st.booleans(),
        grams=grams,
        standing_grams=grams,
    ),
    max_size=12,
)


def made(flow: Flow, weight: int, **kind) -> Total:
    return Total(flow=flow, grams=weight, standing_grams=weight, **kind)


@given(totals)
def test_a_share_is_between_0_and_1_or_says_nothing(figures):
    for definition in DEFINITIONS:
        if definition.unit is Unit.SHARE:
            value = definition.compute(figures)
            assert value is None or 0 <= value <= 1


@given(totals)
def test_hygiene_products_never_make_a_meal(figures):
    only_hygiene = [total for total in figures if not total.is_food]
    assert rules.meals(only_hygiene) == 0
    assert rules.meals(figures) == rules.meals([total for total in figures if total.is_food])


@given(totals)
def test_what_is_received_from_another_bank_is_not_a_new_origin(figures):
    assert rules.received(figures) == sum(total.grams for total in figures if total.flow == Flow.IN)


@given(totals)
def test_breakdowns_add_up_to_the_flow(figures):
    for flow in Flow:
        assert sum(rules.by_source(figures, flow).values()) == rules.weight(figures, flow)


def test_one_kilogram_of_food_is_two_meals():
    assert rules.meals([made(Flow.OUT, 1_499, is_food=True)]) == 2


def test_only_what_is_handed_over_makes_meals():
    assert rules.meals([made(Flow.IN, 5_000, is_food=True), made(Flow.SHIPPED, 5_000, is_food=True)]) == 0


def test_the_stock_follows_every_flow():
    figures = [
        made(Flow.IN, 100), made(Flow.ARRIVED, 20), made(Flow.COUNT, -3),
        made(Flow.OUT, 40), made(Flow.LOSS, 5), made(Flow.SHIPPED, 30),
        made(Flow.USED, 12), made(Flow.MADE, 9), made(Flow.OUT, -2),
    ]  # fmt: skip
    assert rules.stock(figures) == 41
    assert rules.in_transit(figures) == 10


def test_the_loss_rate_is_the_share_lost_of_all_that_left():
    figures = [made(Flow.OUT, 70), made(Flow.SHIPPED, 20), made(Flow.LOSS, 10), made(Flow.IN, 1)]
    assert rules.loss_rate(figures) == Decimal("0.1")


def test_fresh_and_organic_shares_are_of_the_weight_received():
    figures = [made(Flow.IN, 30, is_fresh=True), made(Flow.IN, 10, is_organic=True), made(Flow.IN, 60)]
    assert rules.fresh_share(figures) == Decimal("0.3")
    assert rules.organic_share(figures) == Decimal("0.1")


def test_a_share_of_nothing_says_nothing():
    assert rules.loss_rate([]) is None


def test_a_share_that_a_correction_makes_meaningless_says_nothing():
    assert rules.share(-5, 100) is None
    assert rules.share(120, 100) is None


def test_a_breakdown_is_ranked_and_leaves_out_what_cancels():
    figures = [
        Total(flow=Flow.IN, source="A", grams=5),
        Total(flow=Flow.IN, source="B", grams=9),
        Total(flow=Flow.IN, source="C", grams=4),
        Total(flow=Flow.IN, source="C", grams=-4),
    ]
    assert list(rules.by_source(figures, Flow.IN).items()) == [("B", 9), ("A", 5)]


def test_every_definition_says_what_it_is():
    assert len({definition.code for definition in DEFINITIONS}) == len(DEFINITIONS)
    for definition in DEFINITIONS:
        assert definition.name
        assert definition.formula
        assert definition.source
        assert definition.version >= 1


@pytest.mark.parametrize(
    ("code", "value", "before", "words"),
    [
        ("received", 1_120, 1_000, "12% more"),
        ("received", 880, 1_000, "12% less"),
        ("received", 1_000, 1_001, "unchanged"),
        ("received", 5, 0, "none before"),
        ("received", 0, 0, "unchanged"),
        ("loss_rate", Decimal("0.05"), Decimal("0.021"), "2.9 points more"),
        ("loss_rate", Decimal("0.0501"), Decimal("0.05"), "unchanged"),
        ("loss_rate", None, Decimal("0.05"), "no comparison"),
    ],
)
def test_a_change_is_said_in_words(code, value, before, words):
    definition = next(d for d in DEFINITIONS if d.code == code)
    with translation.override("en"):
        assert Reading(definition=definition, value=value, before=before).comparison == words


@pytest.mark.parametrize(
    ("grams", "shown"),
    [(0, "0 kg"), (7, "0.007 kg"), (1_600, "2 kg"), (9_999_000, "9,999 kg"), (12_345_678, "12.3 t")],
)
def test_weights_are_read_at_a_glance_and_never_rounded_to_nothing(grams, shown):
    with translation.override("en"):
        assert show_weight(grams).replace("\u00a0", " ") == shown
