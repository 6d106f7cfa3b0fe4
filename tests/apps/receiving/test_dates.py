"""Dates at the dock: use-by, the 48-hour rule, best-before."""

import datetime as dt

import pytest

from apps.catalogue.states import DateKind
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.receiving.errors import ControlFailed
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.services import receipt_post
from apps.receiving.states import Verdict
from apps.rounds.models import Stop
from tests.making.catalogue import make_family
from tests.making.offers import make_chilled_line
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.making.rounds import make_collected_stop

pytestmark = pytest.mark.usefixtures("bank")


def fresh_receipt(**overrides: object) -> GoodsReceipt:
    family = make_family(temperature_class="CHILLED_0_4", date_kind=DateKind.USE_BY, grace_days=0)
    return make_receipt(make_receipt_line(family=family), **overrides)


def posted(actor: Actor, receipt: GoodsReceipt, *, days_left: int, **check: object) -> ReceiptLine:
    expires_on = clock.today() + dt.timedelta(days=days_left)
    checks = [make_check(receipt.lines.get(), expires_on=expires_on, **check)]
    return receipt_post(actor, receipt=receipt, checks=checks).lines.get()


def code_of(actor: Actor, receipt: GoodsReceipt, *, days_left: int, **check: object) -> str:
    with pytest.raises(ControlFailed) as failed:
        posted(actor, receipt, days_left=days_left, **check)
    return failed.value.code


def test_food_past_its_use_by_date_is_only_refused(volunteer: Actor):
    receipt = fresh_receipt()
    assert code_of(volunteer, receipt, days_left=-1, short_date_reason="Today") == "use_by_passed"
    line = posted(
        volunteer, receipt, days_left=-1, accepted_grams=0, refused_grams=9_000, refusal_reason="date_passed"
    )
    assert (line.verdict, line.refused_grams) == (Verdict.REFUSE, 9_000)


def test_two_days_left_are_enough(volunteer: Actor):
    assert posted(volunteer, fresh_receipt(), days_left=2).verdict == Verdict.ACCEPT


@pytest.mark.parametrize("days_left", [0, 1])
def test_a_gift_with_less_than_48_hours_is_confirmed(volunteer: Actor, days_left: int):
    receipt = fresh_receipt()
    assert code_of(volunteer, receipt, days_left=days_left) == "date_too_short"

    line = posted(volunteer, receipt, days_left=days_left, short_date_reason="Handed over tonight")
    assert (line.verdict, line.short_date_reason) == ("reserve", "Handed over tonight")


def test_a_purchase_is_not_held_to_the_48_hours_of_gifts(volunteer: Actor):
    receipt = fresh_receipt(supply_source=SupplySource.PURCHASE_OWN)
    assert posted(volunteer, receipt, days_left=1).verdict == Verdict.ACCEPT


def test_the_48_hours_count_from_the_pick_up(volunteer: Actor):
    stop = make_collected_stop(make_chilled_line())
    Stop.objects.filter(pk=stop.pk).update(done_at=clock.now() - dt.timedelta(days=1))
    receipt = GoodsReceipt.objects.get(stop=stop)
    assert posted(volunteer, receipt, days_left=1).verdict == Verdict.ACCEPT


def test_food_past_its_best_before_date_is_taken_with_reserve(volunteer: Actor):
    assert posted(volunteer, make_receipt(), days_left=-10).verdict == Verdict.ACCEPT_WITH_RESERVE


def test_a_date_is_of_one_kind(volunteer: Actor):
    assert code_of(volunteer, make_receipt(), days_left=3, date_kind=DateKind.NONE) == "date_not_expected"


def test_food_without_a_date_needs_none(volunteer: Actor):
    receipt = make_receipt(make_receipt_line(family=make_family(date_kind=DateKind.NONE)))
    checked = receipt_post(volunteer, receipt=receipt, checks=[make_check(receipt.lines.get())])
    assert checked.lines.get().expires_on is None
