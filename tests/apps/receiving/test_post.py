"""Posting a receipt: what is accepted becomes stock."""

from decimal import Decimal

import pytest

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.facts import Fact
from apps.receiving.errors import ControlFailed
from apps.receiving.facts import GoodsReceived
from apps.receiving.models import GoodsReceipt
from apps.receiving.services import limit_set, receipt_post
from apps.receiving.states import ReceiptStatus, Verdict
from apps.sites.models import Location
from tests.making.catalogue import make_family
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.making.sites import make_location
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def chilled_receipt(**family: object) -> GoodsReceipt:
    values = {"temperature_class": "CHILLED_0_4", "date_kind": DateKind.USE_BY, "grace_days": 0}
    return make_receipt(make_receipt_line(grams=20_000, family=make_family(**values | family)))


def post(actor: Actor, receipt: GoodsReceipt, **check: object) -> GoodsReceipt:
    return receipt_post(actor, receipt=receipt, checks=[make_check(receipt.lines.get(), **check)])


def refusals(actor: Actor, receipt: GoodsReceipt, **check: object) -> dict[str, str]:
    with pytest.raises(ControlFailed) as failed:
        post(actor, receipt, **check)
    prefix = f"line-{receipt.lines.get().pk}-"
    return {(each.field or "").removeprefix(prefix): each.code for each in failed.value.refusals}


def test_posting_numbers_dates_and_signs_the_receipt(volunteer: Actor):
    receipt = post(volunteer, make_receipt())

    receipt.refresh_from_db()
    assert receipt.status == ReceiptStatus.POSTED
    assert receipt.number == f"BR-{clock.today().year}-00001"
    assert (receipt.received_on, receipt.received_by) == (clock.today(), volunteer.label)


def test_stock_hears_what_is_accepted_and_refused(volunteer: Actor, told: list[Fact]):
    receipt = make_receipt(make_receipt_line(grams=10_000))
    post(volunteer, receipt, accepted_grams=8_000, refused_grams=2_000, refusal_reason="damaged")
    assert told == [GoodsReceived(receipt_id=receipt.pk, accepted_grams=8_000, refused_grams=2_000)]


def test_a_line_keeps_what_was_found(volunteer: Actor):
    receipt = make_receipt()
    shelf = make_location(receipt.site)

    post(volunteer, receipt, accepted_grams=99_000, supplier_lot="L042", location=shelf)

    line = receipt.lines.get()
    assert (line.accepted_grams, line.supplier_lot, line.location) == (99_000, "L042", shelf)
    assert line.verdict == Verdict.ACCEPT


def test_a_receipt_is_posted_once(volunteer: Actor, told: list[Fact]):
    receipt = make_receipt()
    post(volunteer, receipt)
    with pytest.raises(Conflict, match="In stock"):
        post(volunteer, receipt)
    assert len(told) == 1


def test_a_refused_control_uses_no_number(volunteer: Actor):
    receipt = make_receipt()
    refusals(volunteer, receipt, refused_grams=1_000)
    assert post(volunteer, receipt).number == f"BR-{clock.today().year}-00001"


@pytest.mark.parametrize(
    ("measured", "verdict"), [("4", Verdict.ACCEPT), ("4.1", Verdict.ACCEPT_WITH_RESERVE), ("6", "reserve")]
)
def test_chilled_food_is_taken_up_to_two_degrees_above(volunteer: Actor, measured: str, verdict: str):
    receipt = post(volunteer, chilled_receipt(), temperature_c=Decimal(measured))
    assert receipt.lines.get().verdict == verdict


def test_warmer_chilled_food_is_refused(volunteer: Actor, told: list[Fact]):
    receipt = chilled_receipt()
    assert refusals(volunteer, receipt, temperature_c=Decimal("6.1")) == {"temperature_c": "too_warm"}
    assert told == []

    post(
        volunteer,
        receipt,
        accepted_grams=0,
        refused_grams=20_000,
        refusal_reason="temperature",
        temperature_c=Decimal("6.1"),
    )
    line = receipt.lines.get()
    assert (line.verdict, line.refused_grams, line.location) == (Verdict.REFUSE, 20_000, None)


def test_cold_food_is_measured(volunteer: Actor):
    assert refusals(volunteer, chilled_receipt(), temperature_c=None) == {
        "temperature_c": "temperature_missing"
    }


def test_a_bank_sets_its_own_limit(manager: Actor):
    limit_set(manager, temperature_class="CHILLED_0_4", max_c=Decimal(3), tolerance_c=Decimal(0))
    assert refusals(manager, chilled_receipt(), temperature_c=Decimal("3.5")) == {"temperature_c": "too_warm"}


def test_a_limit_is_not_laxer_than_the_network_allows(manager: Actor):
    with pytest.raises(DomainError, match=r"may not pass 6\.0 °C"):
        limit_set(manager, temperature_class="CHILLED_0_4", max_c=Decimal(5), tolerance_c=Decimal(2))


def test_only_a_manager_sets_limits(volunteer: Actor):
    with pytest.raises(Forbidden):
        limit_set(volunteer, temperature_class="CHILLED_0_4", max_c=Decimal(9), tolerance_c=Decimal(9))


def test_everything_to_correct_is_said_at_once(volunteer: Actor):
    found = refusals(
        volunteer,
        chilled_receipt(),
        refused_grams=1_000,
        temperature_c=None,
        expires_on=None,
        location=make_location(),
    )
    assert found == {
        "refusal_reason": "refusal_unexplained",
        "temperature_c": "temperature_missing",
        "expires_on": "date_missing",
        "location": "location_elsewhere",
    }


def test_goods_are_put_at_the_right_temperature(volunteer: Actor):
    receipt = chilled_receipt()
    shelf = make_location(receipt.site, zone=Location.Zone.AMBIENT)
    assert refusals(volunteer, receipt, location=shelf) == {"location": "wrong_zone"}


def test_a_location_put_away_takes_nothing(volunteer: Actor):
    receipt = make_receipt()
    shelf = make_location(receipt.site, archived_at=clock.now())
    assert refusals(volunteer, receipt, location=shelf) == {"location": "location_elsewhere"}


def test_every_line_is_controlled(volunteer: Actor):
    receipt = make_receipt(make_receipt_line(), make_receipt_line())
    first, second = receipt.lines.all()
    with pytest.raises(DomainError) as refused:
        receipt_post(volunteer, receipt=receipt, checks=[make_check(first)])
    assert (refused.value.code, refused.value.field) == (
        "line_unchecked",
        f"line-{second.pk}-accepted_grams",
    )


def test_a_line_of_another_receipt_is_refused(volunteer: Actor):
    with pytest.raises(DomainError) as refused:
        receipt_post(volunteer, receipt=make_receipt(), checks=[make_check(make_receipt().lines.get())])
    assert refused.value.code == "line_unknown"


def test_nothing_received_is_no_receipt(volunteer: Actor):
    with pytest.raises(DomainError, match="cancel the receipt"):
        post(volunteer, make_receipt(), accepted_grams=0)


@pytest.mark.parametrize("role", [Role.ORDERS, Role.ACCOUNTS, Role.DRIVER, Role.PARTNER])
def test_others_do_not_post(role: Role):
    with pytest.raises(Forbidden):
        post(actor_as(role), make_receipt())
