"""Several people take the same goods at the same instant."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from apps.sites.models import Location
from apps.stock import ledger
from apps.stock.errors import LotIsBlocked
from apps.stock.ledger import Leg
from apps.stock.locks import retrying
from apps.stock.models import CountEntry, Lot, Movement
from apps.stock.selectors import ledger_verify
from apps.stock.services import stock_count, stock_move, stock_release
from apps.stock.states import LotStatus, MovementKind
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_lot, paper, reserve, reserved_item, want
from tests.making.threads import WAIT_SECONDS, together


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]):
    opened = fresh_bank()
    with in_tenant(opened, Purpose.TEST):
        yield opened
        assert ledger_verify() == []


def move(lot: Lot, location: Location, to: Location, grams: int, op_key: UUID | None = None):
    return stock_move(KEEPER, op_key=op_key or uuid4(), lot=lot, location=location, to=to, grams=grams)


@pytest.mark.parametrize(("people", "kg"), [(8, 3), (6, 6), (5, 1)])
def test_of_many_who_want_a_kilogram_exactly_as_many_get_one_as_there_are(
    bank: FoodBank, people: int, kg: int
) -> None:
    shelf, product = make_location(), make_product()
    lot = make_lot(kg * 1_000, product, location=shelf)
    wish = partial(want, 1_000, shelf, product=product)
    results = together(bank, [lambda: reserve(wish()) for _ in range(people)])
    assert sorted(sum(hold.grams for hold in holds) for holds in results) == (
        [0] * (people - kg) + [1_000] * kg
    )
    assert held(lot, shelf) == (0, kg * 1_000)


def test_opposite_moves_of_one_lot_do_not_block_each_other(bank: FoodBank) -> None:
    here, there = make_location(), make_location()
    lot = make_lot(10_000, location=here)
    move(lot, here, there, 5_000)
    acts = [partial(move, lot, here, there, 10), partial(move, lot, there, here, 10)] * 3
    assert all(isinstance(done, Movement) for done in together(bank, acts))
    assert (held(lot, here), held(lot, there)) == ((5_000, 0), (5_000, 0))


def test_the_same_lots_named_in_opposite_orders_do_not_block_each_other(bank: FoodBank) -> None:
    shelf = make_location()
    items = [reserved_item(make_lot(1_000, location=shelf), shelf, 1_000) for _ in range(4)]
    halves = [[type(i)(i.lot, i.location, 500) for i in order] for order in (items, items[::-1])]
    acts = [partial(stock_release, KEEPER, op_key=uuid4(), items=half, document=paper()) for half in halves]
    assert [len(done) for done in together(bank, acts)] == [4, 4]
    assert {held(item.lot, shelf) for item in items} == {(1_000, 0)}


def test_one_act_sent_five_times_at_once_happens_once(bank: FoodBank) -> None:
    here, there = make_location(), make_location()
    lot, key = make_lot(10_000, location=here), uuid4()
    results = together(bank, [partial(move, lot, here, there, 1_000, key)] * 5)
    assert len({done.pk for done in results}) == 1
    assert held(lot, there) == (1_000, 0)


def test_two_counts_at_once_give_what_the_last_one_found(bank: FoodBank) -> None:
    shelf = make_location()
    lot = make_lot(10_000, location=shelf)
    count = partial(stock_count, KEEPER, lot=lot, location=shelf, reason="July")
    together(bank, [partial(count, op_key=uuid4(), counted_grams=grams) for grams in (8_000, 8_000, 8_000)])
    assert held(lot, shelf) == (8_000, 0)


def test_counts_while_orders_reserve_and_give_back_leave_the_books_at_what_is_there(bank: FoodBank) -> None:
    """Twenty kilograms are on the shelf and thirty in the books, whatever orders do at that instant."""
    shelf, product = make_location(), make_product()
    lot = make_lot(30_000, product, location=shelf)
    items = [reserved_item(lot, shelf, 5_000) for _ in range(2)]
    wish = partial(want, 4_000, shelf, product=product)
    counts = [
        partial(stock_count, KEEPER, op_key=uuid4(), lot=lot, location=shelf, counted_grams=20_000)
        for _ in range(2)
    ]
    orders = [lambda: reserve(wish()) for _ in range(4)]
    frees = [partial(stock_release, KEEPER, op_key=uuid4(), items=[item], document=paper()) for item in items]
    results = together(bank, [*counts, *orders, *frees])
    assert not [done for done in results if isinstance(done, Exception)]
    entries = sorted(results[:2], key=lambda entry: entry.counted_at)
    last = CountEntry.objects.get(pk=entries[-1].pk)
    assert sum(held(lot, shelf)) == 20_000 + sum(
        CountEntry.objects.filter(lot=lot).values_list("unsettled_grams", flat=True)
    )
    assert {entry.difference_grams for entry in entries} <= {-10_000, 0, -last.unsettled_grams}


def test_writers_who_lock_nothing_first_meet_and_both_get_through(bank: FoodBank) -> None:
    here, there = make_location(), make_location()
    lots = [make_lot(1_000, location=here), make_lot(1_000, location=here)]
    met = Barrier(2)
    tries: Counter[UUID] = Counter()

    @retrying
    @transaction.atomic
    def post_both(order: Any) -> None:
        tries[order[0].pk] += 1
        for lot in order:
            leg = Leg(
                kind=MovementKind.MOVE,
                lot=lot,
                source=ledger.on_hand(here),
                destination=ledger.on_hand(there),
                grams=100,
            )
            ledger.post(KEEPER, op_key=uuid4(), legs=[leg])
            if lot is order[0] and tries[lot.pk] == 1:
                met.wait(WAIT_SECONDS)

    results = together(bank, [partial(post_both, lots), partial(post_both, lots[::-1])])
    assert results == [None, None]
    assert sum(tries.values()) >= 3
    assert {held(lot, there) for lot in lots} == {(200, 0)}


def test_a_reservation_waits_for_the_block_that_is_being_written(bank: FoodBank) -> None:
    shelf = make_location()
    lot = make_lot(1_000, location=shelf)
    blocked = Barrier(2)

    def block() -> None:
        with transaction.atomic():
            Lot.objects.filter(pk=lot.pk).update(status=LotStatus.BLOCKED)
            blocked.wait(WAIT_SECONDS)

    def take():
        blocked.wait(WAIT_SECONDS)
        return reserved_item(lot, shelf, 500)

    results = together(bank, [block, take])
    assert isinstance(results[1], LotIsBlocked)
    assert held(lot, shelf) == (1_000, 0)
