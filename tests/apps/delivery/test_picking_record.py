"""Weighing at loading: less, more, again, too much."""

import pytest

from apps.delivery.errors import NothingPicked, PickingClosed, WeightsRefused
from apps.delivery.models import PickingList, PickLine
from apps.delivery.selectors import pick_lines_of
from apps.delivery.services import picking_record
from apps.delivery.states import PickingStatus
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.kernel.models import new_id
from apps.orders.services import order_cancel
from apps.orders.states import OrderStatus
from apps.stock.services import lot_block
from tests.making.catalogue import make_product
from tests.making.delivery import KEEPER, hand_over, make_picked, make_picking, weigh
from tests.making.orders import DESK, kg, make_line, make_order, place
from tests.making.sites import make_location
from tests.making.stock import held, make_lot
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def stock_of(picking: PickingList) -> tuple[int, int]:
    """Return the grams of the first line's lot: free, reserved."""
    reservation = pick_lines_of(picking)[0].reservation
    return held(reservation.lot, reservation.location)


def two_lines() -> PickingList:
    """Return a list of two lines of 10 kg."""
    location, products = make_location(), [make_product(), make_product()]
    for product in products:
        make_lot(kg(20), product=product, location=location)
    return make_picking(place(*(make_line(product, 10) for product in products), site=location.site))


def test_a_confirmed_order_has_its_list_at_once_by_location():
    product, site = make_product(), make_location().site
    for code in ("B2", "A1", "C3"):
        make_lot(kg(5), product=product, location=make_location(site, code=code))
    picking = make_picking(place(make_line(product, 15), site=site))
    assert picking.status == PickingStatus.TO_PICK
    assert [line.reservation.location.code for line in pick_lines_of(picking)] == ["A1", "B2", "C3"]


def test_once_every_line_is_weighed_the_order_is_ready():
    picking = weigh(make_picking())
    assert picking.status == PickingStatus.PICKED
    assert picking.picked_by == KEEPER.label
    assert picking.order.__class__.objects.get(pk=picking.order_id).status == OrderStatus.PICKED


def test_line_by_line_nothing_is_lost():
    picking = two_lines()
    first, second = pick_lines_of(picking)
    picking = picking_record(KEEPER, picking_list=picking, weights={first.pk: kg(9)})
    assert picking.status == PickingStatus.TO_PICK
    picking = picking_record(KEEPER, picking_list=picking, weights={second.pk: kg(10)})
    assert picking.status == PickingStatus.PICKED
    assert [line.picked_grams for line in pick_lines_of(picking)] == [kg(9), kg(10)]


def test_less_stays_reserved_until_the_handover():
    picking = weigh(make_picking(in_stock=30), 8)
    assert stock_of(picking) == (kg(20), kg(10))
    hand_over(picking)
    assert stock_of(picking) == (kg(22), 0)


def test_more_takes_free_goods_of_the_same_lot():
    picking = weigh(make_picking(in_stock=30), 12.5)
    assert stock_of(picking) == (kg(17.5), kg(12.5))


def test_a_weight_corrected_down_gives_the_excess_back():
    picking = make_picking(in_stock=30)
    for kilograms in (15, 12, 9):
        weigh(picking, kilograms)
    assert stock_of(picking) == (kg(20), kg(10))


def test_more_than_the_lot_holds_is_refused_naming_the_line():
    picking = make_picking(in_stock=12, lot={"product": make_product(name="Carottes")})
    with pytest.raises(WeightsRefused, match=r"Carottes.*2\skg") as refused:
        weigh(picking, 13)
    assert list(refused.value.problems) == [pick_lines_of(picking)[0].pk]
    assert PickLine.objects.get(picking_list=picking).picked_grams is None


def test_nothing_more_is_taken_of_a_lot_blocked_meanwhile():
    picking = make_picking(in_stock=30)
    lot_block(KEEPER, lot=pick_lines_of(picking)[0].reservation.lot, reason="Recall")
    with pytest.raises(WeightsRefused, match="frozen"):
        weigh(picking, 11)


def test_the_same_weights_sent_twice_change_nothing():
    picking = make_picking(in_stock=30)
    for _n in range(2):
        weigh(picking, 12)
    assert stock_of(picking) == (kg(18), kg(12))
    assert history_of(picking).filter(action="weighed").count() == 1


def test_a_list_where_nothing_was_found_is_not_ready():
    with pytest.raises(NothingPicked):
        weigh(make_picking(), 0)


def test_a_negative_weight_is_refused_at_its_line():
    picking = make_picking()
    with pytest.raises(WeightsRefused) as refused:
        weigh(picking, -1)
    assert list(refused.value.problems) == [pick_lines_of(picking)[0].pk]


def test_a_line_of_another_list_is_refused():
    with pytest.raises(WeightsRefused, match="not on the list"):
        picking_record(KEEPER, picking_list=make_picking(), weights={new_id(): 5})


def test_a_cancelled_order_is_no_longer_weighed():
    picking = make_picking()
    order_cancel(DESK, order=picking.order, reason="Van broken")
    with pytest.raises(PickingClosed):
        weigh(picking)


def test_cancelling_after_weighing_more_gives_all_of_it_back():
    picking = weigh(make_picking(in_stock=30), 14)
    order_cancel(DESK, order=picking.order, reason="Nobody came")
    assert stock_of(picking) == (kg(30), 0)


def test_what_was_handed_over_is_no_longer_weighed():
    picking = make_picked()
    hand_over(picking)
    with pytest.raises(PickingClosed, match="Handed over"):
        weigh(picking, 3)


def test_volunteers_weigh():
    picking = make_picking(make_order())
    line = pick_lines_of(picking)[0]
    done = picking_record(actor_as(Role.VOLUNTEER), picking_list=picking, weights={line.pk: kg(10)})
    assert done.status == PickingStatus.PICKED


def test_a_charity_does_not():
    picking = make_picking()
    with pytest.raises(Forbidden):
        picking_record(
            actor_as(Role.PARTNER, partner_id=picking.order.partner_id), picking_list=picking, weights={}
        )
