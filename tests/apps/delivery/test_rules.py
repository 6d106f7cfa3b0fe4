"""The solidarity contribution: which rate, how much, split to the cent."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.delivery.rules import (
    Rate,
    Weighed,
    cents_per_kg,
    contribution,
    has_chilled,
    has_frozen,
    held_grams,
    left_over_grams,
)
from apps.donors.states import FREE_OF_CONTRIBUTION, SupplySource
from apps.kernel.money import cost_of

DAY = dt.date(2026, 3, 10)
TYPE = "EPICERIE_SOCIALE"
SOURCES = [str(source) for source in SupplySource]


def rate(cents: int, *, partner_type: str = "", source: str = "", days_ago: int = 10) -> Rate:
    return Rate(
        partner_type=partner_type,
        supply_source=source,
        cents_per_kg=cents,
        starts_on=DAY - dt.timedelta(days=days_ago),
    )


def applied(*rates: Rate, source: str = "INDUSTRY") -> int:
    return cents_per_kg(rates, partner_type=TYPE, supply_source=source, on=DAY)


def test_without_a_rate_nothing_is_asked():
    assert applied() == 0


def test_the_latest_rate_wins():
    assert applied(rate(5, days_ago=100), rate(7, days_ago=1), rate(6, days_ago=50)) == 7


def test_a_rate_of_tomorrow_waits():
    assert applied(rate(5), rate(9, days_ago=-1)) == 5


def test_a_rate_of_the_day_itself_holds():
    assert applied(rate(5), rate(9, days_ago=0)) == 9


def test_the_most_precise_rate_wins_over_the_latest():
    assert applied(rate(9, days_ago=1), rate(5, partner_type=TYPE, days_ago=300)) == 5


def test_the_partner_type_counts_more_than_the_source():
    assert applied(rate(9, source="INDUSTRY"), rate(0, partner_type=TYPE)) == 0


def test_type_and_source_together_count_most():
    both = rate(3, partner_type=TYPE, source="INDUSTRY", days_ago=300)
    assert applied(rate(9, partner_type=TYPE), rate(8, source="INDUSTRY"), both) == 3


def test_the_rate_of_another_type_or_source_does_not_count():
    assert applied(rate(9, partner_type="CHRS"), rate(8, source="CATERING")) == 0


@pytest.mark.parametrize("source", sorted(FREE_OF_CONTRIBUTION))
def test_european_food_and_withdrawals_are_free_whatever_the_rates_say(source):
    assert (
        applied(rate(9), rate(9, source=source), rate(9, partner_type=TYPE, source=source), source=source)
        == 0
    )


weighed = st.builds(Weighed, supply_source=st.sampled_from(SOURCES), grams=st.integers(1, 2_000_000))
rates = st.lists(
    st.builds(
        rate,
        st.integers(0, 60),
        partner_type=st.sampled_from(["", TYPE, "CHRS"]),
        source=st.sampled_from(["", *SOURCES]),
        days_ago=st.integers(-5, 400),
    ),
    max_size=6,
)


@given(lines=st.lists(weighed, max_size=25), known=rates)
def test_the_lines_of_a_source_add_up_to_what_its_whole_weight_costs(lines, known):
    cents = contribution(lines, known, partner_type=TYPE, on=DAY)
    for source in SOURCES:
        grams = sum(line.grams for line in lines if line.supply_source == source)
        asked = sum(c for line, c in zip(lines, cents, strict=True) if line.supply_source == source)
        assert asked == cost_of(grams, applied(*known, source=source))


@given(lines=st.lists(weighed, max_size=25), known=rates)
def test_no_line_is_more_than_a_cent_and_the_rounding_of_its_source_away(lines, known):
    for line, cents in zip(lines, contribution(lines, known, partner_type=TYPE, on=DAY), strict=True):
        exact = line.grams * applied(*known, source=line.supply_source) / 1000
        assert abs(cents - exact) <= 1.5


@given(lines=st.lists(weighed, min_size=1, max_size=25), known=rates)
def test_free_sources_never_pay(lines, known):
    for line, cents in zip(lines, contribution(lines, known, partner_type=TYPE, on=DAY), strict=True):
        assert cents == 0 or line.supply_source not in FREE_OF_CONTRIBUTION


@given(reserved=st.integers(0, 10**6), picked=st.integers(0, 10**6))
def test_what_is_held_either_leaves_or_stays(reserved, picked):
    held = held_grams(reserved=reserved, picked=picked)
    assert held == picked + left_over_grams(reserved=reserved, picked=picked)


def test_before_the_weighing_what_was_reserved_is_held():
    assert held_grams(reserved=500, picked=None) == 500


def test_cold_goods_are_told_apart():
    assert (has_chilled(["CHILLED_0_4"]), has_frozen(["CHILLED_0_4"])) == (True, False)
    assert (has_chilled(["FROZEN_M18"]), has_frozen(["FROZEN_M18"])) == (False, True)
    assert (has_chilled(["AMBIENT", "COOL_8_12"]), has_frozen(["AMBIENT"])) == (False, False)
