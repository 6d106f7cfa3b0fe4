"""Goods on their way: brought by a stop, or to the door."""

from decimal import Decimal
from uuid import uuid4

import pytest

from apps.donors.states import SupplySource
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.history import history_of
from apps.receiving.models import GoodsReceipt
from apps.receiving.services import receipt_cancel, receipt_expect, receipt_line_add, receipt_post
from apps.receiving.states import ReceiptStatus
from apps.rounds.services import PickedUp, stop_collect
from tests.making.catalogue import make_family
from tests.making.offers import TESTER, make_chilled_line, make_offer_line
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.making.rounds import make_collected_stop, make_stop_on_the_road
from tests.making.sites import make_site
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def test_what_a_stop_brings_is_expected_at_its_site():
    site = make_site()
    stop = make_collected_stop(make_chilled_line(grams=50_000, label="Yogurt"), site=site)

    receipt = GoodsReceipt.objects.get(stop=stop)
    line = receipt.lines.get()

    assert (receipt.status, receipt.number, receipt.site) == (ReceiptStatus.EXPECTED, None, site)
    assert (receipt.donor, receipt.supply_source) == (stop.offer.donor, stop.offer.supply_source)
    assert (line.label, line.expected_grams, line.temperature_c) == ("Yogurt", 50_000, Decimal("3.5"))
    assert (line.date_kind, line.expires_on) == ("USE_BY", stop.offer.lines.get().expires_on)


def test_only_what_was_taken_is_expected(volunteer: Actor):
    stop = make_stop_on_the_road(make_offer_line(), make_offer_line())
    taken = stop.lines.all()[0]
    stop_collect(volunteer, stop=stop, weights=[PickedUp(line_id=taken.pk, collected_grams=40_000)])
    assert GoodsReceipt.objects.get().lines.get().expected_grams == 40_000


def test_a_stop_that_left_everything_brings_no_receipt(volunteer: Actor):
    stop = make_stop_on_the_road(make_offer_line(grams=5_000))
    line = stop.lines.get()
    left = PickedUp(line_id=line.pk, collected_grams=0, refused_grams=5_000, refusal_reason="pests")
    stop_collect(volunteer, stop=stop, weights=[left])
    assert not GoodsReceipt.objects.exists()


def test_the_same_stop_is_expected_once():
    stop = make_collected_stop()
    assert receipt_expect(TESTER, stop=stop) == GoodsReceipt.objects.get()


def test_goods_brought_to_the_door_start_a_receipt():
    receipt = make_receipt(make_receipt_line(grams=12_000), supply_source=SupplySource.PURCHASE_OWN)
    assert (receipt.stop, receipt.status) == (None, ReceiptStatus.EXPECTED)
    assert receipt.lines.get().expected_grams == 12_000


def test_the_same_key_starts_one_receipt():
    key = uuid4()
    assert make_receipt(op_key=key) == make_receipt(op_key=key)
    assert GoodsReceipt.objects.get().lines.count() == 1


def test_a_receipt_without_goods_is_refused():
    with pytest.raises(DomainError) as refused:
        make_receipt(lines=[])
    assert refused.value.code == "no_lines"


def test_sorting_may_find_goods_that_nobody_announced(volunteer: Actor):
    receipt, family = make_receipt(), make_family()
    added = receipt_line_add(volunteer, receipt=receipt, line=make_receipt_line(grams=0, family=family))
    assert (added.family, added.position, added.expected_grams) == (family, 1, 0)
    [line] = history_of(receipt)[0].changes["lines"].values()
    assert line["changes"]["label"] == [None, family.name]


def test_a_receipt_of_goods_that_never_came_is_cancelled(manager: Actor):
    receipt = receipt_cancel(manager, receipt=make_receipt(), reason="Truck turned back")
    assert (receipt.status, receipt.comment) == (ReceiptStatus.CANCELLED, "Truck turned back")


def test_a_posted_receipt_is_neither_cancelled_nor_extended(manager: Actor):
    receipt = make_receipt()
    receipt_post(manager, receipt=receipt, checks=[make_check(receipt.lines.get())])
    with pytest.raises(Conflict):
        receipt_cancel(manager, receipt=receipt)
    with pytest.raises(Conflict):
        receipt_line_add(manager, receipt=receipt, line=make_receipt_line())


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ORDERS, Role.DRIVER])
def test_only_the_warehouse_cancels(role: Role):
    with pytest.raises(Forbidden):
        receipt_cancel(actor_as(role), receipt=make_receipt())
