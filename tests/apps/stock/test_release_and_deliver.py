"""Reserved goods are given back or handed over."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.stock.errors import LotIsBlocked, NotEnoughStock, UseByPassed
from apps.stock.models import Lot, Movement
from apps.stock.services import Item, stock_deliver, stock_release
from apps.stock.states import LotStatus
from tenants.registry.models import FoodBank
from tests.making.partners import make_partner
from tests.making.stock import counted, held, make_lot, paper, reserved_item


def deliver(actor: Actor, *items: Item, partner: Partner | None = None, op_key: UUID | None = None):
    document = paper("delivery_note")
    partner = partner or make_partner()
    return stock_deliver(actor, op_key=op_key or uuid4(), items=items, partner=partner, document=document)


def release(actor: Actor, *items: Item, op_key: UUID | None = None):
    return stock_release(actor, op_key=op_key or uuid4(), items=items, document=paper())


def test_released_goods_are_free_again(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    release(manager, reserved_item(lot, shelf, 2_000))
    assert held(lot, shelf) == (5_000, 0)


def test_no_more_is_released_than_was_reserved(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    reserved_item(lot, shelf, 2_000)
    with pytest.raises(NotEnoughStock) as refusal:
        release(manager, Item(lot, shelf, 3_000))
    assert (refusal.value.lot_number, refusal.value.available_grams) == (lot.number, 2_000)


def test_delivered_goods_leave_with_the_name_of_the_partner(
    bank: FoodBank, shelf: Location, manager: Actor
) -> None:
    lot, partner = make_lot(5_000, location=shelf), make_partner()
    (movement,) = deliver(manager, reserved_item(lot, shelf, 2_000), partner=partner)
    assert held(lot, shelf) == (3_000, 0)
    assert (movement.party_id, movement.party_label) == (partner.pk, partner.name)
    assert counted(bank)[-1] == ("out", partner.partner_type, 2_000)


def test_goods_that_were_not_reserved_are_not_delivered(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf)
    with pytest.raises(NotEnoughStock):
        deliver(manager, Item(lot, shelf, 1_000))


def test_several_lots_leave_together_or_not_at_all(shelf: Location, manager: Actor) -> None:
    first, second = make_lot(5_000, location=shelf), make_lot(5_000, location=shelf)
    with pytest.raises(NotEnoughStock, match=second.number):
        deliver(manager, reserved_item(first, shelf, 1_000), Item(second, shelf, 1_000))
    assert held(first, shelf) == (4_000, 1_000)


def test_a_repeated_delivery_is_the_first_one(shelf: Location, manager: Actor) -> None:
    item, key = reserved_item(make_lot(5_000, location=shelf), shelf, 2_000), uuid4()
    assert deliver(manager, item, op_key=key) == deliver(manager, item, op_key=key)
    assert Movement.objects.filter(kind="deliver").count() == 1


def test_use_by_passed_stays_even_when_it_was_reserved(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf, date_kind=DateKind.USE_BY)
    item = reserved_item(lot, shelf, 1_000)
    Lot.objects.filter(pk=lot.pk).update(expires_on=clock.today() - dt.timedelta(days=1))
    with pytest.raises(UseByPassed, match=lot.number):
        deliver(manager, item)


def test_on_its_use_by_day_food_may_still_leave(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf, date_kind=DateKind.USE_BY, expires_on=clock.today())
    assert deliver(manager, reserved_item(lot, shelf, 1_000))


def test_a_lot_blocked_after_its_reservation_stays_but_may_be_released(
    shelf: Location, manager: Actor
) -> None:
    lot = make_lot(5_000, location=shelf)
    item = reserved_item(lot, shelf, 1_000)
    Lot.objects.filter(pk=lot.pk).update(status=LotStatus.BLOCKED)
    with pytest.raises(LotIsBlocked, match=lot.number):
        deliver(manager, item)
    release(manager, item)
    assert held(lot, shelf) == (5_000, 0)
