"""What the database promises, attacked with plain SQL and by every door."""

import datetime as dt
from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock import ledger
from apps.stock.ledger import Place, open_accounts
from apps.stock.models import Account, Balance, Lot, Movement
from apps.stock.states import AccountKind, LotStatus
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.sites import make_location
from tests.making.stock import make_inspection, make_lot
from tests.spaces import tampering


def run(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def run_as_owner(bank: FoodBank, sql: str, *params: Any) -> None:
    with tampering() as cursor:
        cursor.execute(sql.replace("@", f'"{bank.schema_name}".'), params)


def account(lot: Lot, place: Place):
    return open_accounts([(lot, place)])[place.seat(lot)]


def insert(lot: Lot, source: Place, destination: Place, grams: int, kind: str = "move", **fields: Any):
    """Insert a movement by hand, past every service."""
    values = {"op_key": uuid4(), "occurred_on": clock.today(), "actor_label": "intruder", **fields}
    ends = {"source": account(lot, source), "destination": account(lot, destination)}
    with transaction.atomic():
        return Movement.objects.create(lot=lot, kind=kind, grams=grams, **ends, **values)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stock_balance SET grams = grams + 1",
        "INSERT INTO stock_balance (account_id, grams, is_inside) SELECT id, 1, true FROM stock_account",
        "DELETE FROM stock_balance",
        "UPDATE stock_movement SET grams = 1",
        "DELETE FROM stock_movement",
        "TRUNCATE stock_movement CASCADE",
        "UPDATE stock_account SET detail = 'x'",
        "DELETE FROM stock_account",
        "DELETE FROM stock_lot",
        "ALTER TABLE stock_movement DISABLE TRIGGER ALL",
        "SELECT public.federation_count(NULL, NULL, '', '', '', 'in', '', true, true, true, 1, 1)",
        "SELECT public.transit_leg_append(NULL, NULL, 'in', 1)",
    ],
)
def test_a_banks_role_has_no_right_to(shelf: Location, sql: str) -> None:
    make_lot(location=shelf)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        run(sql)


@pytest.mark.parametrize("table", ["stock_movement", "stock_account"])
@pytest.mark.parametrize("act", ["UPDATE @{table} SET lot_id = lot_id", "DELETE FROM @{table}"])
def test_even_the_owner_does_not_rewrite_the_ledger(
    bank: FoodBank, shelf: Location, table: str, act: str
) -> None:
    make_lot(location=shelf)
    with pytest.raises(IntegrityError, match="append-only"):
        run_as_owner(bank, act.format(table=table))


def test_even_the_owner_does_not_empty_the_ledger(bank: FoodBank, shelf: Location) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        run_as_owner(bank, "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE @stock_movement CASCADE")


@pytest.mark.parametrize("side", [AccountKind.ON_HAND, AccountKind.DONOR])
def test_a_one_sided_change_of_a_balance_is_refused_at_commit(
    bank: FoodBank, shelf: Location, side: str
) -> None:
    lot = make_lot(location=shelf)
    changed = lot.accounts.get(kind=side)
    run_as_owner(bank, "SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="sum of its movements"):
        run_as_owner(bank, "UPDATE @stock_balance SET grams = grams + 1 WHERE account_id = %s", changed.pk)


def test_a_balance_that_says_more_than_its_movement_is_refused_at_commit(
    bank: FoodBank, shelf: Location
) -> None:
    lot, there = make_lot(location=shelf), make_location()
    changed = lot.accounts.get(kind=AccountKind.ON_HAND)
    with pytest.raises(IntegrityError, match="is not the sum of its movements"), transaction.atomic():
        insert(lot, ledger.on_hand(shelf), ledger.on_hand(there), 1)
        with tampering() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            sql = f'UPDATE "{bank.schema_name}".stock_balance SET grams = grams + 1 WHERE account_id = %s'
            cursor.execute(sql, [changed.pk])
            cursor.execute("SET LOCAL session_replication_role = origin")
        run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_new_account_starts_at_zero(shelf: Location) -> None:
    opened = account(make_lot(0), ledger.on_hand(shelf))
    assert (opened.balance.grams, opened.balance.is_inside) == (0, True)


def test_the_database_refuses_an_oversell(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    with pytest.raises(IntegrityError, match="no_lot_is_oversold"):
        insert(lot, ledger.on_hand(shelf), ledger.on_hand(make_location()), 1_001)


def test_the_accounts_of_a_lot_add_up_to_zero(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    insert(lot, ledger.on_hand(shelf), ledger.on_hand(make_location()), 400)
    assert sum(Balance.objects.filter(account__lot=lot).values_list("grams", flat=True)) == 0


def test_grams_do_not_pass_from_one_lot_to_another(shelf: Location) -> None:
    lot, other = make_lot(1_000, location=shelf), make_lot(1_000, location=shelf)
    theirs = account(other, ledger.on_hand(shelf))
    mine = account(lot, ledger.on_hand(make_location()))
    with pytest.raises(IntegrityError, match="belong to its lot"), transaction.atomic():
        Movement.objects.create(
            lot=lot,
            kind="move",
            grams=1,
            op_key=uuid4(),
            source=theirs,
            destination=mine,
            occurred_on=clock.today(),
        )


@pytest.mark.parametrize(
    ("kind", "source", "destination"),
    [
        ("move", ledger.DONOR, ledger.PARTNER),
        ("move", ledger.DONOR, "shelf"),
        ("lose", "shelf", ledger.PARTNER),
        ("deliver", "shelf", ledger.PARTNER),
        ("receive", "shelf", ledger.DONOR),
        ("arrive", ledger.TRANSIT, ledger.PARTNER),
        ("reverse", "shelf", ledger.DONOR),
    ],
)
def test_a_movement_does_what_its_kind_says(
    shelf: Location, kind: str, source: Any, destination: Any
) -> None:
    lot = make_lot(1_000, location=shelf)
    giver, taker = (ledger.on_hand(shelf) if end == "shelf" else end for end in (source, destination))
    extra: dict[str, Any] = {"party_id": uuid4(), "party_type": "x", "transfer_line_id": uuid4()}
    with pytest.raises(IntegrityError, match="a movement of kind"):
        insert(lot, giver, taker, 1, kind=kind, **extra)


@pytest.mark.parametrize("grams", [0, -1])
def test_a_movement_moves_something(shelf: Location, grams: int) -> None:
    lot = make_lot(1_000, location=shelf)
    with pytest.raises(IntegrityError):
        insert(lot, ledger.on_hand(shelf), ledger.on_hand(make_location()), grams)


def test_a_key_is_used_once(shelf: Location) -> None:
    lot, key = make_lot(1_000, location=shelf), uuid4()
    insert(lot, ledger.on_hand(shelf), ledger.on_hand(make_location()), 1, op_key=key)
    with pytest.raises(IntegrityError, match="movement_once"):
        insert(lot, ledger.on_hand(shelf), ledger.on_hand(make_location()), 1, op_key=key)


@pytest.mark.parametrize(
    "wrong",
    [{"grams": 1_001}, {"grams": 999}, {"kind": "lose"}, {"to": "partner"}, {"transfer_line_id": uuid4()}],
)
def test_a_reversal_mirrors_its_movement(shelf: Location, wrong: dict[str, Any]) -> None:
    lot = make_lot(1_000, location=shelf)
    made = lot.movements.get()
    values = {"kind": "reverse", "grams": 1_000, "reverses": made, **wrong}
    taker = ledger.PARTNER if values.pop("to", "") else ledger.DONOR
    with pytest.raises(IntegrityError, match="mirrors"):
        insert(lot, ledger.on_hand(shelf), taker, **values)


def test_a_movement_is_reversed_once_whoever_writes(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    made = lot.movements.get()
    insert(lot, ledger.on_hand(shelf), ledger.DONOR, 1_000, kind="reverse", reverses=made)
    with pytest.raises(IntegrityError, match="reverses_id"):
        insert(lot, ledger.on_hand(shelf), ledger.DONOR, 1_000, kind="reverse", reverses=made)


@pytest.mark.parametrize("door", ["reserve", "deliver", "ship", "transform"])
@pytest.mark.parametrize(
    ("why", "message"),
    [
        ("blocked", "is blocked"),
        ("quarantine", "quarantine"),
        ("expired", "use-by date"),
        ("uninspected", "no inspection"),
    ],
)
def test_what_may_not_leave_is_refused_at_every_door(
    bank: FoodBank, door: str, why: str, message: str
) -> None:
    place = make_location(
        purpose=LocationPurpose.QUARANTINE if why == "quarantine" else LocationPurpose.STORAGE
    )
    kind = DateKind.BEST_BEFORE if why == "uninspected" else DateKind.USE_BY
    lot = make_lot(1_000, family=make_family(grace_days=9), location=place, date_kind=kind)
    yesterday = clock.today() - dt.timedelta(days=1)
    Lot.objects.filter(pk=lot.pk).update(
        status=LotStatus.BLOCKED if why == "blocked" else LotStatus.AVAILABLE,
        expires_on=yesterday if why in ("expired", "uninspected") else clock.today(),
    )
    source, destination = {
        "reserve": (ledger.on_hand(place), ledger.reserved(place)),
        "deliver": (ledger.reserved(place), ledger.PARTNER),
        "ship": (ledger.on_hand(place), ledger.TRANSIT),
        "transform": (ledger.on_hand(place), ledger.WORKSHOP),
    }[door]
    extra: dict[str, Any] = {"party_id": uuid4(), "party_type": "x", "transfer_line_id": uuid4()}
    with pytest.raises(IntegrityError, match=message):
        insert(lot, source, destination, 1, kind=door, **extra)


def test_a_blocked_lot_is_not_reserved_again_by_reversing_a_release(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    free, held = ledger.on_hand(shelf), ledger.reserved(shelf)
    insert(lot, free, held, 1_000, kind="reserve")
    released = insert(lot, held, free, 1_000, kind="release")
    Lot.objects.filter(pk=lot.pk).update(status=LotStatus.BLOCKED)
    with pytest.raises(IntegrityError, match="is blocked"):
        insert(lot, free, held, 1_000, kind="reverse", reverses=released)


@pytest.mark.parametrize(
    ("grace", "found", "leaves"),
    [
        (9, [], False),
        (9, [True], True),
        (0, [True], False),
        (9, [True, False], False),
        (9, [False, True], True),
    ],
)
def test_goods_past_best_before_leave_as_their_newest_inspection_says(
    shelf: Location, grace: int, found: list[bool], leaves: bool
) -> None:
    family = make_family(grace_days=grace)
    lot = make_lot(
        1_000, family=family, location=shelf, date_kind=DateKind.BEST_BEFORE,
        expires_on=clock.today() - dt.timedelta(days=1),
    )  # fmt: skip
    for passed in found:
        make_inspection(lot, passed=passed)
    with nullcontext() if leaves else pytest.raises(IntegrityError, match="no inspection"):
        insert(lot, ledger.on_hand(shelf), ledger.reserved(shelf), 1, kind="reserve")


def test_an_inspection_no_longer_lets_goods_leave_after_its_last_day(shelf: Location) -> None:
    yesterday = clock.today() - dt.timedelta(days=1)
    lot = make_lot(1_000, family=make_family(grace_days=9), location=shelf, expires_on=yesterday)
    make_inspection(lot, inspected_on=yesterday, valid_until=yesterday)
    with pytest.raises(IntegrityError, match="no inspection"):
        insert(lot, ledger.on_hand(shelf), ledger.reserved(shelf), 1, kind="reserve")


@pytest.mark.parametrize("check", ["packaging_intact", "senses_good", "freezing_checked"])
def test_an_inspection_passes_on_every_check_or_not_at_all(shelf: Location, check: str) -> None:
    with pytest.raises(IntegrityError, match="inspection_passes_on_every_check"):
        make_inspection(make_lot(location=shelf), **{check: False})


def test_a_reservation_stays_at_its_location(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    with pytest.raises(IntegrityError, match="a movement of kind"):
        insert(lot, ledger.on_hand(shelf), ledger.reserved(make_location()), 1, kind="reserve")


def test_a_delivery_names_its_partner(shelf: Location) -> None:
    lot = make_lot(1_000, location=shelf)
    insert(lot, ledger.on_hand(shelf), ledger.reserved(shelf), 1, kind="reserve")
    with pytest.raises(IntegrityError, match="delivery_names_its_partner"):
        insert(lot, ledger.reserved(shelf), ledger.PARTNER, 1, kind="deliver")


@pytest.mark.parametrize(
    "field",
    [{"supply_source": "FSE_PLUS"}, {"is_organic": True}, {"value_cents_per_kg": 1}, {"donor_label": "x"}],
)
def test_the_origin_of_a_lot_never_changes(shelf: Location, field: dict[str, Any]) -> None:
    lot = make_lot(location=shelf)
    with pytest.raises(IntegrityError, match="origin of a lot"), transaction.atomic():
        Lot.objects.filter(pk=lot.pk).update(**field)


def test_an_account_exists_once(shelf: Location) -> None:
    lot = make_lot(location=shelf)
    with pytest.raises(IntegrityError, match="account_once"), transaction.atomic():
        Account.objects.create(lot=lot, kind=AccountKind.DONOR)
