"""A mistake is put right by a movement the other way."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.errors import Forbidden
from apps.sites.models import Location
from apps.stock.errors import MovementAlreadyReversed, MovementNotReversible, NotEnoughStock
from apps.stock.models import Lot, Movement
from apps.stock.services import movement_reverse, stock_deliver, stock_lose, stock_move
from apps.stock.states import LossDestination, LossReason
from tenants.registry.models import FoodBank
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import counted, held, make_lot, paper, reserved_item


def reverse(actor: Actor, movement: Movement, op_key: UUID | None = None):
    return movement_reverse(actor, op_key=op_key or uuid4(), movement=movement, reason="Wrong lot")


def loss_of(actor: Actor, lot: Lot, shelf: Location, grams: int):
    return stock_lose(
        actor,
        op_key=uuid4(),
        lot=lot,
        location=shelf,
        grams=grams,
        reason=LossReason.DAMAGED,
        destination=LossDestination.COMPOST,
    )


def test_the_grams_go_back_where_they_were(shelf: Location, manager: Actor) -> None:
    lot, other = make_lot(5_000, location=shelf), make_location()
    move = stock_move(manager, op_key=uuid4(), lot=lot, location=shelf, to=other, grams=2_000)
    back = reverse(manager, move)
    assert (held(lot, shelf), held(lot, other)) == ((5_000, 0), (0, 0))
    assert (back.reverses, back.reason) == (move, "Wrong lot")


def test_a_reversal_counts_backwards_on_the_day_of_the_mistake(
    bank: FoodBank, shelf: Location, manager: Actor
) -> None:
    long_ago = clock.today() - dt.timedelta(days=40)
    lot = make_lot(5_000, location=shelf, received_on=long_ago)
    reverse(manager, lot.movements.get())
    assert counted(bank, day=long_ago)[-2:] == [("in", "", 5_000), ("in", "", -5_000)]


def test_a_reversed_loss_is_counted_out_of_its_reason(
    bank: FoodBank, shelf: Location, manager: Actor
) -> None:
    lot = make_lot(5_000, location=shelf)
    reverse(manager, loss_of(manager, lot, shelf, 1_000))
    assert counted(bank)[-2:] == [("loss", "damaged", 1_000), ("loss", "damaged", -1_000)]


def test_goods_of_a_reversed_delivery_are_free_again(bank: FoodBank, shelf: Location, manager: Actor) -> None:
    lot, partner = make_lot(5_000, location=shelf), make_partner()
    item = reserved_item(lot, shelf, 2_000)
    (out,) = stock_deliver(manager, op_key=uuid4(), items=[item], partner=partner, document=paper())
    reverse(manager, out)
    assert held(lot, shelf) == (5_000, 0)
    assert counted(bank)[-1] == ("out", partner.partner_type, -2_000)


def test_a_movement_is_reversed_once(shelf: Location, manager: Actor) -> None:
    loss = loss_of(manager, make_lot(5_000, location=shelf), shelf, 1_000)
    reverse(manager, loss)
    with pytest.raises(MovementAlreadyReversed):
        reverse(manager, loss)


def test_a_repeat_answers_the_first_reversal(shelf: Location, manager: Actor) -> None:
    loss, key = loss_of(manager, make_lot(5_000, location=shelf), shelf, 1_000), uuid4()
    assert reverse(manager, loss, key) == reverse(manager, loss, key)


def test_a_reversal_is_not_reversed(shelf: Location, manager: Actor) -> None:
    loss = loss_of(manager, make_lot(5_000, location=shelf), shelf, 1_000)
    with pytest.raises(MovementNotReversible):
        reverse(manager, reverse(manager, loss))


def test_a_reservation_is_changed_through_its_order(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    reserved_item(lot, shelf, 1_000)
    with pytest.raises(MovementNotReversible, match="order"):
        reverse(manager, lot.movements.get(kind="reserve"))


def test_goods_that_went_on_do_not_come_back(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    loss_of(manager, lot, shelf, 4_000)
    with pytest.raises(NotEnoughStock, match=lot.number):
        reverse(manager, lot.movements.get(kind="receive"))


def test_a_volunteer_does_not_reverse(shelf: Location, volunteer: Actor) -> None:
    with pytest.raises(Forbidden):
        reverse(volunteer, make_lot(5_000, location=shelf).movements.get())
