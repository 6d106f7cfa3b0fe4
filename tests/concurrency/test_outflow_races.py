"""Several people order, cancel and hand over the same goods at the same instant."""

from functools import partial
from uuid import uuid4

import pytest

from apps.delivery.errors import AlreadyHandedOver, PickingClosed
from apps.delivery.models import DeliveryNote, PickingList
from apps.orders.errors import NothingAvailable, OrderClosed
from apps.orders.models import Order
from apps.orders.selectors import lines_of
from apps.orders.services import order_cancel
from apps.orders.states import OrderStatus
from apps.stock.selectors import ledger_verify
from tenants.crossing import Purpose, in_tenant
from tests.making.catalogue import make_product
from tests.making.delivery import hand_over, make_picked
from tests.making.orders import DESK, kg, make_line, place
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import held, make_lot
from tests.making.threads import together


@pytest.fixture
def bank(fresh_bank):
    opened = fresh_bank()
    with in_tenant(opened, Purpose.TEST):
        yield opened
        assert ledger_verify() == []


def cancel(order):
    return order_cancel(DESK, order=order, reason="Nobody came")


def test_the_last_goods_are_promised_once_and_numbers_leave_no_gap(bank):
    shelf, product = make_location(), make_product()
    lot = make_lot(kg(25), product=product, location=shelf)
    wish = partial(place, make_line(product, 10), site=shelf.site)
    results = together(bank, [wish] * 5)
    placed = [each for each in results if isinstance(each, Order)]
    assert sorted(lines_of(order)[0].reserved_grams for order in placed) == [kg(5), kg(10), kg(10)]
    assert [type(each) for each in results if each not in placed] == [NothingAvailable] * 2
    assert sorted(int(order.number[-5:]) for order in placed) == [1, 2, 3]
    assert held(lot, shelf) == (0, kg(25))


def test_one_order_sent_five_times_at_once_is_placed_once(bank):
    shelf, product, partner = make_location(), make_product(), make_partner()
    lot = make_lot(kg(25), product=product, location=shelf)
    send = partial(place, make_line(product, 4), site=shelf.site, partner=partner, op_key=uuid4())
    assert len({order.pk for order in together(bank, [send] * 5)}) == 1
    assert held(lot, shelf) == (kg(21), kg(4))


def test_one_handover_sent_four_times_at_once_writes_one_note(bank):
    picked, key = make_picked(), uuid4()
    notes = together(bank, [partial(hand_over, picked, op_key=key)] * 4)
    assert len({note.pk for note in notes}) == 1


def test_of_several_who_hand_over_one_does(bank):
    picked = make_picked()
    results = together(bank, [partial(hand_over, picked)] * 4)
    assert sum(isinstance(each, DeliveryNote) for each in results) == 1
    assert sum(isinstance(each, AlreadyHandedOver) for each in results) == 3


@pytest.mark.parametrize("_again", range(3))
def test_an_order_is_either_cancelled_or_handed_over(bank, _again):
    picked = make_picked()
    one, other = together(bank, [partial(cancel, picked.order), partial(hand_over, picked)])
    status = Order.objects.get().status
    if isinstance(one, Order):
        assert (status, type(other)) == (OrderStatus.CANCELLED, PickingClosed)
    else:
        assert (status, type(one)) == (OrderStatus.DELIVERED, OrderClosed)
    assert PickingList.objects.get().status in ("cancelled", "handed_over")
