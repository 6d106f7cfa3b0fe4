"""Folding: unfolded movements go into the rollup; every figure stays exact at every commit."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from apps.impact.rules import Total
from apps.impact.rules.periods import Span, period_around
from tenants.crossing import Purpose, in_federation, in_platform
from tenants.federation.models import Delta, Rollup
from tenants.federation.selectors import Filters, figures
from tenants.federation.services import fold, fold_all
from tenants.federation.tasks import fold as fold_task
from tenants.registry.models import FoodBank
from tests.making.figures import DAY, count

MARCH = Filters(period=period_around(Span.MONTH, DAY))


def by_flow(federation: FoodBank) -> dict[str, Total]:
    with in_federation(federation, Purpose.TEST):
        return {total.flow: total for total in figures(MARCH)}


def waiting() -> int:
    with in_platform(Purpose.TEST):
        return Delta.objects.count()


def test_folding_leaves_every_figure_as_it_was(twin_a, twin_b, federation):
    count(twin_a, "in", 700, cents=90)
    count(twin_a, "in", 300, cents=10)
    count(twin_b, "out", 250, detail="CHRS")
    before = by_flow(federation)
    assert fold_all() == 3
    assert by_flow(federation) == before
    assert (before["in"].grams, before["in"].cents, before["in"].lines) == (1_000, 100, 2)
    assert waiting() == 0


def test_movements_of_the_same_dimensions_become_one_row(twin_a):
    for grams in (100, 200, 300):
        count(twin_a, "in", grams)
        fold()
    with in_platform(Purpose.TEST):
        assert Rollup.objects.get().grams == 600


def test_a_reversal_counts_backwards(twin_a, federation):
    count(twin_a, "in", 500)
    fold()
    count(twin_a, "in", -500)
    assert by_flow(federation)["in"].grams == 0
    fold()
    assert by_flow(federation)["in"].lines == 0


def test_a_batch_takes_the_oldest_first_and_no_more_than_asked(twin_a):
    for grams in (1, 2, 3):
        count(twin_a, "in", grams)
    assert fold(limit=2) == 2
    with in_platform(Purpose.TEST):
        assert Delta.objects.get().grams == 3


def test_nothing_to_fold_is_no_error(db):
    assert fold() == 0


def test_the_periodic_task_folds_everything(twin_a):
    count(twin_a, "in", 5)
    assert fold_task() == 1
    assert waiting() == 0


@pytest.fixture
def committed(fresh_bank):
    """A bank whose movements are committed for real."""
    return fresh_bank()


def in_thread(pool: ThreadPoolExecutor, work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)


@pytest.mark.pitfall(25)
def test_readers_see_each_gram_once_while_two_workers_fold_and_a_bank_moves_goods(committed):
    for n in range(300):
        count(committed, "in", 1_000, day=DAY + dt.timedelta(days=n % 5), family=f"F{n % 7}")
    done = Event()

    def folding() -> int:
        moved = 0
        while not done.is_set() or waiting():
            moved += fold(limit=7)
        return moved

    def moving() -> None:
        for _n in range(60):
            count(committed, "out", 400)
            count(committed, "out", -400)
        done.set()

    def reading() -> set[int]:
        seen = set()
        while not done.is_set():
            with in_platform(Purpose.TEST):
                seen.add({total.flow: total.grams for total in figures(MARCH)}["in"])
        return seen

    with ThreadPoolExecutor(4) as pool:
        folders = [in_thread(pool, folding), in_thread(pool, folding)]
        reader, mover = in_thread(pool, reading), in_thread(pool, moving)
        mover.result()
        assert reader.result() == {300_000}
        assert sum(folder.result() for folder in folders) == 420
    with in_platform(Purpose.TEST):
        assert {total.flow: total.grams for total in figures(MARCH)} == {"in": 300_000, "out": 0}
