"""The quality of what a donor brings: refused at the dock and lost at sorting, over what it brought."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from apps.donors.models import Donor
from apps.donors.rules import Quality, Trend, trend
from apps.donors.selectors import donors_with_quality, months_back, quality_of
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.facts import Fact
from apps.receiving.facts import GoodsReceived
from apps.receiving.services import receipt_post
from apps.sites.models import Location
from apps.stock.handlers import on_goods_received
from apps.stock.models import Lot
from apps.stock.services import movement_reverse, stock_lose
from apps.stock.states import LossDestination, LossReason
from tests.making.donors import make_donor
from tests.making.facts import facts_told
from tests.making.offers import TESTER
from tests.making.pages import queries_of
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.people import SignIn

pytestmark = pytest.mark.usefixtures("bank")


@pytest.fixture(autouse=True)
def told() -> Iterator[list[Fact]]:
    """The facts told; what is received becomes stock."""
    with facts_told(inside={GoodsReceived: on_goods_received}) as caught:
        yield caught


def bring(donor: Donor, *, kept: int, refused: int = 0) -> Lot:
    """Post a receipt of a donor; returns the lot made of what was kept (grams)."""
    receipt = make_receipt(make_receipt_line(grams=kept + refused), donor=donor)
    reason = "damaged" if refused else ""
    line = receipt.lines.get()
    check = make_check(line, accepted_grams=kept, refused_grams=refused, refusal_reason=reason)
    receipt_post(TESTER, receipt=receipt, checks=[check])
    return Lot.objects.get(receipt_line=line)


def lose(lot: Lot, grams: int, *, reason: LossReason = LossReason.SORTING):
    location = Location.objects.get(account__lot=lot)
    return stock_lose(
        TESTER,
        op_key=uuid4(),
        lot=lot,
        location=location,
        grams=grams,
        reason=reason,
        destination=LossDestination.COMPOST,
    )


@pytest.mark.parametrize(
    ("recent", "before", "expected"),
    [
        (Quality(100, 10), Quality(100, 2), Trend.WORSE),
        (Quality(100, 1), Quality(100, 5, 5), Trend.BETTER),
        (Quality(1000, 55), Quality(1000, 50), Trend.STEADY),
        (Quality(), Quality(100), None),
        (Quality(100), Quality(), None),
    ],
)
def test_the_trend_compares_two_times_that_brought_something(recent, before, expected):
    assert trend(recent, before) == expected


@pytest.mark.parametrize(
    ("today", "first"),
    [((2026, 11, 23), (2025, 12, 1)), ((2026, 1, 1), (2025, 2, 1)), ((2026, 12, 31), (2026, 1, 1))],
)
def test_twelve_months_include_the_present_one(today, first):
    assert months_back(dt.date(*today), 12) == dt.date(*first)


def test_refusals_at_the_dock_and_losses_at_sorting_count_other_losses_do_not():
    donor = make_donor()
    lot = bring(donor, kept=90_000, refused=10_000)
    lose(lot, 5_000)
    lose(lot, 20_000, reason=LossReason.USE_BY_PASSED)
    year = quality_of(donor)
    assert year.whole == Quality(100_000, 10_000, 5_000)
    assert year.whole.fit_share == pytest.approx(0.85)
    assert [(each.reason, each.grams) for each in year.reasons] == [("damaged", 10_000), ("sorting", 5_000)]


def test_a_loss_that_was_reversed_is_forgotten():
    donor = make_donor()
    slip = lose(bring(donor, kept=50_000), 5_000)
    movement_reverse(TESTER, op_key=uuid4(), movement=slip, reason="Wrong lot")
    assert quality_of(donor).whole.unfit_grams == 0


def test_what_came_more_than_twelve_months_ago_is_left_out_and_the_trend_is_told():
    donor = make_donor()
    for days, refused in [(500, 90_000), (200, 1_000), (0, 30_000)]:
        with clock.time_set_to(clock.now() - dt.timedelta(days=days)):
            bring(donor, kept=100_000 - refused, refused=refused)
    year = quality_of(donor)
    assert (year.whole.brought_grams, year.whole.refused_grams) == (200_000, 31_000)
    assert [month.quality.refused_grams for month in year.months] == [30_000, 1_000]
    assert year.trend == Trend.WORSE


def test_the_list_tells_the_same_share_as_the_sheet_for_each_donor():
    good, poor, idle = make_donor(), make_donor(), make_donor()
    for _turn in range(2):
        lose(bring(good, kept=99_000, refused=1_000), 1_000)
        lose(bring(poor, kept=80_000, refused=20_000), 10_000)
    found: Any = donors_with_quality()
    shares = {donor.pk: donor.fit_share for donor in found}
    for donor in (good, poor):
        assert shares[donor.pk] == pytest.approx(quality_of(donor).whole.fit_share)
    assert shares[idle.pk] is None


def test_the_list_is_narrowed_and_sorted_by_quality(bank, sign_in: SignIn):
    browser = sign_in(bank, Role.ROUNDS)
    good, poor = make_donor(name="Good shop"), make_donor(name="Poor shop")
    bring(good, kept=99_000, refused=1_000)
    bring(poor, kept=80_000, refused=20_000)
    low = browser.get("/donors/?quality=low").text
    assert "Poor shop" in low
    assert "Good shop" not in low
    both = browser.get("/donors/?sort=fit_share").text
    assert both.index("Poor shop") < both.index("Good shop")


def test_the_sheet_shows_it_to_staff_and_not_to_drivers(bank, sign_in: SignIn):
    donor = make_donor()
    bring(donor, kept=90_000, refused=10_000)
    page = f"/donors/{donor.pk}/"
    shown = sign_in(bank, Role.ROUNDS).get(page).text
    assert "90%" in shown
    assert "Refused: damaged" in shown
    assert "Quality of what it brings" not in sign_in(bank, Role.DRIVER).get(page).text


def test_pages_ask_as_many_queries_whatever_was_brought(bank, sign_in: SignIn):
    browser, donor = sign_in(bank, Role.ROUNDS), make_donor()
    bring(donor, kept=10_000)
    few = [queries_of(browser, page) for page in ("/donors/", f"/donors/{donor.pk}/")]
    for _turn in range(4):
        lose(bring(donor, kept=9_000, refused=1_000), 500)
        bring(make_donor(), kept=9_000, refused=1_000)
    assert [queries_of(browser, page) for page in ("/donors/", f"/donors/{donor.pk}/")] == few
