"""A blocked lot is not reserved, picked, handed over, cooked or shipped, by any door."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from apps.delivery.errors import WeightsRefused
from apps.delivery.models import PickingList
from apps.delivery.services import picking_record
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.orders.errors import NothingAvailable
from apps.orders.models import Order
from apps.stock import ledger
from apps.stock.errors import LotIsBlocked
from apps.stock.ledger import Leg
from apps.stock.models import Movement
from apps.stock.services import Item, lot_block, stock_deliver, surplus_ship
from apps.stock.states import MovementKind
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.orders import kg, make_line, make_order, place
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot, paper, reserve, reserved_item, want


@pytest.fixture
def held(bank: FoodBank, manager: Actor) -> Item:
    """A blocked lot of ten kilograms, four of them reserved before."""
    location = make_location()
    lot = make_lot(10_000, make_product(), location=location)
    item = reserved_item(lot, location, 4_000)
    lot_block(manager, lot=lot, reason="Checked by hand")
    return item


def test_the_service_that_reserves_passes_over_it(held: Item) -> None:
    assert reserve(want(1_000, held.location, product=held.lot.product)) == []


def test_an_order_gets_nothing_of_it(held: Item) -> None:
    assert held.lot.product is not None
    with pytest.raises(NothingAvailable):
        place(make_line(held.lot.product, 1), site=held.location.site)


def test_what_was_reserved_before_is_not_handed_over(held: Item) -> None:
    with pytest.raises(LotIsBlocked):
        stock_deliver(
            KEEPER, op_key=uuid4(), items=[held], partner=make_partner(), document=paper("delivery_note")
        )


def test_picking_takes_no_more_of_it(bank: FoodBank, manager: Actor) -> None:
    order: Order = make_order(10, in_stock=50)
    picking = PickingList.objects.get(order=order)
    line = picking.lines.get()
    lot_block(manager, lot=line.reservation.lot, reason="Checked by hand")
    with pytest.raises(WeightsRefused, match="leave it"):
        picking_record(manager, picking_list=picking, weights={line.pk: kg(20)})


def test_it_is_not_sent_to_another_bank(held: Item) -> None:
    with pytest.raises(LotIsBlocked):
        surplus_ship(
            KEEPER, op_key=uuid4(), lot=held.lot, location=held.location, grams=1,
            transfer_line_id=uuid4(), document=paper("transfer"),
        )  # fmt: skip


@pytest.mark.parametrize("kind", [MovementKind.RESERVE, MovementKind.TRANSFORM])
def test_the_ledger_refuses_it(held: Item, kind: MovementKind) -> None:
    taker = {MovementKind.RESERVE: ledger.reserved(held.location), MovementKind.TRANSFORM: ledger.WORKSHOP}
    leg = Leg(kind=kind, lot=held.lot, source=ledger.on_hand(held.location), destination=taker[kind], grams=1)
    with pytest.raises(LotIsBlocked):
        ledger.post(KEEPER, op_key=uuid4(), legs=[leg])


def test_plain_sql_under_the_banks_own_role_is_refused(held: Item) -> None:
    accounts = dict(held.lot.accounts.values_list("kind", "id"))
    with (
        pytest.raises(IntegrityError, match="is blocked"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO stock_movement (op_key, leg, kind, lot_id, source_id, destination_id, grams,"
            " occurred_on, recorded_at, actor_label, reason, disposal, document_kind, document_number,"
            " party_label, party_type)"
            " VALUES (%s, 0, 'reserve', %s, %s, %s, 1, %s, now(), 'intruder', '', '', '', '', '', '')",
            [uuid4(), held.lot.pk, accounts["on_hand"], accounts["reserved"], clock.today()],
        )
    assert Movement.objects.filter(actor_label="intruder").count() == 0
