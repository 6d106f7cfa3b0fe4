"""Rules of the warehouse, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stock import rules

days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))
kinds = st.sampled_from([rules.USE_BY, rules.BEST_BEFORE, "NONE"])
graces = st.integers(0, 730)
DAY = dt.timedelta(days=1)


@given(day=days, grace=graces)
def test_the_use_by_day_is_the_last_one_whatever_the_grace(day: dt.date, grace: int) -> None:
    assert not rules.is_expired(rules.USE_BY, day, grace_days=grace, on=day)
    assert rules.is_expired(rules.USE_BY, day, grace_days=grace, on=day + DAY)


@given(day=days, grace=graces)
def test_best_before_may_be_passed_by_the_days_of_grace_and_no_more(day: dt.date, grace: int) -> None:
    last = day + dt.timedelta(days=grace)
    assert not rules.is_expired(rules.BEST_BEFORE, day, grace_days=grace, on=last)
    assert rules.is_expired(rules.BEST_BEFORE, day, grace_days=grace, on=last + DAY)


@given(kind=kinds, day=days, grace=graces, on=days)
def test_once_expired_always_expired(kind: str, day: dt.date, grace: int, on: dt.date) -> None:
    if rules.is_expired(kind, day, grace_days=grace, on=on):
        assert rules.is_expired(kind, day, grace_days=grace, on=on + DAY)


@given(on=days)
def test_goods_without_a_date_do_not_expire_but_an_unknown_use_by_has_passed(on: dt.date) -> None:
    assert not rules.is_expired("NONE", None, grace_days=0, on=on)
    assert not rules.is_expired(rules.BEST_BEFORE, None, grace_days=0, on=on)
    assert rules.is_expired(rules.USE_BY, None, grace_days=0, on=on)


@given(day=days, on=days)
def test_only_best_before_can_be_past_best_before(day: dt.date, on: dt.date) -> None:
    assert rules.is_past_best_before(rules.BEST_BEFORE, day, on=on) == (on > day)
    assert not rules.is_past_best_before(rules.USE_BY, day, on=on)


@given(wanted=st.integers(0, 10_000), stock=st.lists(st.integers(0, 3_000), max_size=8))
def test_as_much_as_there_is_in_the_order_given(wanted: int, stock: list[int]) -> None:
    taken = rules.allocate(wanted, enumerate(stock))
    assert sum(grams for _, grams in taken) == min(wanted, sum(stock))
    assert [seat for seat, _ in taken] == sorted({seat for seat, _ in taken})
    assert all(0 < grams <= stock[seat] for seat, grams in taken)
    assert all(grams == stock[seat] for seat, grams in taken[:-1])


@given(st.lists(st.tuples(st.none() | days, days, st.text(max_size=3)), max_size=6))
def test_undated_goods_leave_last(lots: list[tuple[dt.date | None, dt.date, str]]) -> None:
    order = [lot[0] for lot in sorted(lots, key=lambda lot: rules.fefo_key(*lot))]
    dated = [day for day in order if day]
    assert order == sorted(dated) + [None] * (len(order) - len(dated))


@pytest.mark.parametrize(
    ("temperature", "zones"),
    [
        ("AMBIENT", {"AMBIENT", "CHILLED"}),
        ("COOL_8_12", {"AMBIENT", "CHILLED"}),
        ("CHILLED_0_4", {"CHILLED"}),
        ("FROZEN_M18", {"FROZEN"}),
    ],
)
def test_goods_are_kept_where_it_is_neither_too_warm_nor_too_cold(temperature: str, zones: set[str]) -> None:
    accepting = {zone for zone in ("AMBIENT", "CHILLED", "FROZEN") if rules.zone_accepts(zone, temperature)}
    assert accepting == zones
