"""The simulated week: enough happens, the books balance, and chance can be replayed."""

import pytest

from collecto.demo.closing import Books, books
from tests.living import lived_in

pytestmark = pytest.mark.xdist_group("living")


@pytest.fixture(scope="module")
def total(living_network) -> Books:
    return books()


def test_the_books_balance_to_the_gram(total):
    assert total.received.total() > 0
    assert total.difference == 0
    assert total.wrong_in_books == 0


def test_the_road_between_banks_is_the_same_in_the_ledgers_and_in_the_documents(total):
    assert total.in_transit > 0
    assert total.transit_by_ledgers == total.in_transit


def test_goods_go_out_and_some_are_lost(total):
    assert total.handed_over.total() > 0
    assert total.offers > 50
    assert total.order_lines > 50


@pytest.mark.slow
def test_the_same_seed_gives_the_same_books(django_db_setup, django_db_blocker, django_db_modify_db_settings):
    fingerprints = []
    for copy in ("first", "second"):
        with django_db_blocker.unblock(), lived_in(copy):
            fingerprints.append(books().fingerprint)
    assert fingerprints[0] == fingerprints[1]
