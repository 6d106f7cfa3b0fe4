"""The proof of a bank's books: what nobody may write is written all the same, a gram at a time, and named."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.sites.models import Location
from apps.stock.models import Lot
from apps.stock.services import stock_lose, stock_move
from apps.stock.states import LossDestination, LossReason
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.books import books_verify
from tenants.federation.models import BooksCheck
from tenants.federation.tasks import verify_books
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.delivery import hand_over, make_picking, weigh
from tests.making.network import make_transfer
from tests.making.orders import make_line, place
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.spaces import tampering

KEEPER = software("warehouse")
TAMPERINGS = 20
WAYS = {
    "balance": "SELECT account_id FROM {s}.stock_balance WHERE grams <> 0",
    "movement": "SELECT id FROM {s}.stock_movement",
    "reservation": "SELECT reservation_id FROM {s}.delivery_pickline WHERE picked_grams IS NULL",
    "picking list": "SELECT id FROM {s}.delivery_pickline WHERE picked_grams IS NULL",
    "leg on the road": "SELECT id FROM public.network_transitleg",
    "national figure": "SELECT id FROM public.federation_delta",
}
"""Where a gram can be hidden, and the rows it could be hidden in."""
TABLES = {
    "balance": ("{s}.stock_balance", "grams", "account_id"),
    "movement": ("{s}.stock_movement", "grams", "id"),
    "reservation": ("{s}.orders_reservation", "grams", "id"),
    "picking list": ("{s}.delivery_pickline", "reserved_grams", "id"),
    "leg on the road": ("public.network_transitleg", "grams", "id"),
    "national figure": ("public.federation_delta", "grams", "id"),
}


@dataclass
class Lived:
    """A bank with everything a gram can hide in."""

    bank: FoodBank
    lots: list[Lot]


@pytest.fixture
def lived(twin_a: FoodBank, twin_b: FoodBank) -> Lived:
    with in_tenant(twin_a, Purpose.TEST):
        shelf = make_location()
        there = make_location(shelf.site)
        products = [make_product() for _ in range(4)]
        lots = [make_lot(20_000, product, location=shelf) for product in products]
        for lot in lots:
            move(lot, shelf, there)
            lose(lot, there)
        for product in products[:3]:
            place(make_line(product, 3), site=shelf.site)
        picked = weigh(make_picking(place(make_line(products[3], 3), site=shelf.site)), 3.2)
        hand_over(picked)
    return Lived(twin_a, lots)


def move(lot: Lot, here: Location, there: Location) -> None:
    stock_move(KEEPER, op_key=uuid4(), lot=lot, location=here, to=there, grams=5_000)


def lose(lot: Lot, there: Location) -> None:
    stock_lose(
        KEEPER,
        op_key=uuid4(),
        lot=lot,
        location=there,
        grams=700,
        reason=LossReason.DAMAGED,
        destination=LossDestination.COMPOST,
    )


def said(bank: FoodBank) -> list[str]:
    return [wrong.sentence for wrong in books_verify(bank, Purpose.TEST)]


def tamper(bank: FoodBank, sql: str, *values: Any) -> list[Any]:
    """Run a statement as a superuser whose session fires no trigger, as if what is there were committed."""
    with in_tenant(bank, Purpose.TEST), tampering() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql.format(s=f'"{bank.schema_name}"'), values)
        rows: list[Any] = cursor.fetchall() if cursor.description else []
        cursor.execute("SET LOCAL session_replication_role = origin")
    return rows


def add(bank: FoodBank, way: str, row: Any, grams: int) -> None:
    table, column, key = TABLES[way]
    tamper(bank, f"UPDATE {table} SET {column} = {column} + %s WHERE {key} = %s", grams, row)


def test_books_that_hold_are_said_to_hold(lived: Lived):
    assert said(lived.bank) == []
    with in_platform(Purpose.TEST):
        kept = BooksCheck.objects.get(bank_id=lived.bank.pk)
    assert (kept.difference_count, kept.differences) == (0, [])


def test_twenty_grams_hidden_one_by_one_are_all_found_and_named(lived: Lived):
    chance = random.Random(f"{clock.today():%j}")
    ways = [way for way in WAYS if way != "leg on the road"]
    missed = []
    for number in range(TAMPERINGS):
        way, grams = ways[number % len(ways)], chance.choice([-1, 1])
        row = chance.choice([row for (row,) in tamper(lived.bank, WAYS[way])])
        add(lived.bank, way, row, grams)
        found = said(lived.bank)
        if not any("1 g" in sentence and _names(lived, way, row, sentence) for sentence in found):
            missed.append((way, row, grams, found))
        add(lived.bank, way, row, -grams)
    assert missed == []
    assert said(lived.bank) == []


def _names(lived: Lived, way: str, row: Any, sentence: str) -> bool:
    """Tell whether a sentence names the account of a balance, or the lot, or the figure of a movement."""
    if way == "balance":
        return f"account {row} " in sentence
    if way == "national figure":
        return "ledger" in sentence
    return any(lot.number in sentence for lot in lived.lots)


def test_a_gram_reserved_for_nobody_is_found_though_the_ledger_adds_up(lived: Lived):
    made = (
        "UPDATE {s}.stock_movement SET grams = grams + 1 WHERE id = (SELECT max(id) FROM {s}.stock_movement"
    )
    ((giver, taker),) = tamper(
        lived.bank, made + " WHERE kind = 'reserve' AND lot_id = %s) RETURNING source_id, destination_id",
        lived.lots[0].pk,
    )  # fmt: skip
    add(lived.bank, "balance", giver, -1)
    add(lived.bank, "balance", taker, 1)
    (found,) = said(lived.bank)
    assert found.startswith(f"lot {lived.lots[0].number}, reserved (")
    assert found.endswith("orders hold 3000 g, the ledger keeps 3001 g, difference -1 g")


def test_a_gram_added_to_a_leg_on_the_road_is_named_in_ledger_and_document(lived: Lived, twin_b: FoodBank):
    line = make_transfer(lived.bank, twin_b)
    tamper(
        lived.bank,
        "INSERT INTO public.network_transitleg (bank_id, transfer_line_id, direction, grams)"
        " VALUES (%s, %s, 'out', 1)",
        lived.bank.pk,
        line.pk,
    )
    found = said(lived.bank)
    assert [sentence for sentence in found if line.lot_number in sentence and "the document 0 g" in sentence]
    assert [sentence for sentence in found if "this ledger says 0 g, the road 1 g" in sentence]
    assert [sentence for sentence in said(twin_b) if line.lot_number in sentence]


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("DELETE FROM {s}.stock_balance WHERE account_id = %s", "no balance"),
        ("UPDATE {s}.stock_balance SET is_inside = false WHERE account_id = %s", "wrong side"),
        ("DELETE FROM {s}.stock_movement WHERE destination_id = %s", "difference +5000 g"),
    ],
)
def test_what_is_taken_away_is_named_too(lived: Lived, sql: str, word: str):
    with in_tenant(lived.bank, Purpose.TEST):
        seat = lived.lots[1].accounts.filter(kind="on_hand").latest("pk")
    tamper(lived.bank, sql, seat.pk)
    assert [line for line in said(lived.bank) if word in line and lived.lots[1].number in line]


def test_a_movement_that_names_another_lot_than_its_accounts_is_named(lived: Lived):
    one, other = lived.lots[:2]
    tamper(lived.bank, "UPDATE {s}.stock_movement SET lot_id = %s WHERE lot_id = %s AND kind = 'move'",
           other.pk, one.pk)  # fmt: skip
    assert {line.split(",")[0] for line in said(lived.bank)} == {f"lot {one.number}"}


def test_every_night_a_bank_s_books_are_proved_and_differences_kept_and_logged(
    lived: Lived, caplog: pytest.LogCaptureFixture
):
    ((account,), *_others) = tamper(lived.bank, WAYS["balance"] + " AND NOT is_inside")
    add(lived.bank, "balance", account, 1)
    with in_tenant(lived.bank, Purpose.TEST):
        assert verify_books() == 1
    with in_platform(Purpose.TEST):
        kept = BooksCheck.objects.get(bank_id=lived.bank.pk)
    assert (kept.difference_count, len(kept.differences)) == (1, 1)
    assert clock.now() - kept.checked_at < dt.timedelta(minutes=5)
    (record,) = [record for record in caplog.records if record.name == "collecto.books"]
    assert (record.levelname, f"account {account} " in record.getMessage()) == ("ERROR", True)
