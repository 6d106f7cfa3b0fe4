"""What a batch takes it gives back, to the gram; what may not leave is not cooked."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from apps.catalogue.states import DateKind
from apps.donors.states import TRANSFORMATION, SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.sites.models import Location
from apps.stock.abilities import abilities as stock_abilities
from apps.stock.errors import LotIsBlocked, MadeMoreThanTaken, NotEnoughStock, SourcesKeptApart
from apps.stock.facts import LotsEntered
from apps.stock.models import LotLink, Movement
from apps.stock.selectors import ledger_verify, lot_explained
from apps.stock.services import is_reversible, lot_block
from apps.stock.states import MovementKind
from apps.workshop.errors import BatchNotOpen, MayNoLongerBeUsed, NothingTaken
from apps.workshop.models import BatchLine, ProductionBatch
from apps.workshop.selectors import grams_of
from apps.workshop.services import batch_cancel, batch_give_back, batch_open, batch_take
from apps.workshop.states import BatchStatus
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.facts import facts_told
from tests.making.stock import KEEPER, counted, held, make_lot, reserved_item
from tests.making.workshop import close, make_batch, soup_of
from tests.people import actor_as


def test_a_batch_gives_back_what_it_took_to_the_gram(bank: FoodBank, shelf: Location) -> None:
    carrots, leeks = make_lot(10_000, location=shelf), make_lot(7_000, location=shelf)
    batch = make_batch((carrots, shelf, 8_000), (leeks, shelf, 3_001))
    soup = close(batch, shelf, 10_000, 1_001)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.CLOSED
    assert (held(carrots, shelf), held(leeks, shelf)) == ((2_000, 0), (3_999, 0))
    assert held(soup, shelf) == (10_000, 0)
    sums = grams_of(batch)
    assert (sums.taken, sums.made, sums.lost, sums.open_grams) == (11_001, 10_000, 1_001, 0)
    assert ledger_verify() == []
    flows = dict.fromkeys(("used", "made", "loss"), 0)
    for flow, _detail, grams in counted(bank):
        if flow in flows:
            flows[flow] += grams
    assert flows == {"used": 10_000, "made": 10_000, "loss": 1_001}


def test_a_lot_made_of_others_links_to_each_of_them(bank: FoodBank, shelf: Location) -> None:
    carrots, leeks = make_lot(location=shelf), make_lot(location=shelf)
    soup = soup_of(shelf, (carrots, 4_000), (leeks, 2_000))
    links = LotLink.objects.filter(child=soup).order_by("id")
    assert [(link.parent_id, link.grams) for link in links] == [(carrots.pk, 4_000), (leeks.pk, 2_000)]
    assert (soup.ingredients, soup.allergens) == ("Carrots, leeks", "Celery")


def test_what_a_batch_makes_is_told_to_who_watches_what_comes_in(bank: FoodBank, shelf: Location) -> None:
    with facts_told(LotsEntered) as told:
        soup = soup_of(shelf, (make_lot(10_000, location=shelf), 4_000))
    assert told == [LotsEntered(lot_ids=(soup.pk,))]


def test_goods_of_one_source_keep_it_and_mixed_ones_come_from_the_workshop(
    bank: FoodBank, shelf: Location
) -> None:
    farm: dict[str, Any] = {"supply_source": SupplySource.AGRI_DONATION}
    one, same, other = (
        make_lot(location=shelf, **farm),
        make_lot(location=shelf, **farm),
        make_lot(location=shelf),
    )
    assert soup_of(shelf, (one, 1_000), (same, 1_000)).supply_source == SupplySource.AGRI_DONATION
    assert soup_of(shelf, (one, 1_000), (other, 1_000)).supply_source == TRANSFORMATION


@pytest.mark.parametrize("source", [SupplySource.FSE_PLUS, SupplySource.AGRI_WITHDRAWAL])
def test_a_public_programme_is_never_mixed(bank: FoodBank, shelf: Location, source: SupplySource) -> None:
    programme, gift = make_lot(location=shelf, supply_source=source), make_lot(location=shelf)
    batch = make_batch((gift, shelf, 1_000))
    with pytest.raises(SourcesKeptApart):
        batch_take(KEEPER, op_key=uuid4(), batch=batch, lot=programme, location=shelf, grams=1_000)


def test_no_kilogram_appears(bank: FoodBank, shelf: Location) -> None:
    batch = make_batch((make_lot(location=shelf), shelf, 5_000))
    with pytest.raises(MadeMoreThanTaken):
        close(batch, shelf, 6_000)
    with pytest.raises(MadeMoreThanTaken):
        close(batch, shelf, 4_000)


def test_an_empty_batch_is_not_closed(bank: FoodBank, shelf: Location) -> None:
    batch = make_batch(site=shelf.site)
    with pytest.raises(NothingTaken):
        close(batch, shelf, 1)


def test_what_may_not_leave_is_not_cooked(bank: FoodBank, shelf: Location) -> None:
    batch = make_batch(site=shelf.site)
    yesterday = clock.today() - dt.timedelta(days=1)
    late = make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=yesterday)
    blocked = make_lot(location=shelf)
    lot_block(KEEPER, lot=blocked, reason="test")
    for lot, refusal in ((late, MayNoLongerBeUsed), (blocked, LotIsBlocked)):
        with pytest.raises(refusal):
            batch_take(KEEPER, op_key=uuid4(), batch=batch, lot=lot, location=shelf, grams=1_000)


def test_what_was_blocked_in_the_workshop_is_made_into_nothing(bank: FoodBank, shelf: Location) -> None:
    lot = make_lot(location=shelf)
    batch = make_batch((lot, shelf, 4_000))
    lot_block(KEEPER, lot=lot, reason="recall")
    with pytest.raises(LotIsBlocked):
        close(batch, shelf, 4_000)
    batch_cancel(KEEPER, op_key=uuid4(), batch=batch, reason="recall")
    assert held(lot, shelf) == (10_000, 0)


def test_the_last_day_of_a_use_by_date_is_still_good_to_cook(bank: FoodBank, shelf: Location) -> None:
    lot = make_lot(location=shelf, date_kind=DateKind.USE_BY, expires_on=clock.today())
    assert grams_of(make_batch((lot, shelf, 1_000))).taken == 1_000


def test_the_same_key_takes_and_closes_once(bank: FoodBank, shelf: Location) -> None:
    lot, key = make_lot(location=shelf), uuid4()
    batch = make_batch(site=shelf.site)
    for _turn in range(2):
        batch_take(KEEPER, op_key=key, batch=batch, lot=lot, location=shelf, grams=1_000)
    assert grams_of(batch).taken == 1_000
    again = uuid4()
    first = close(batch, shelf, 1_000, op_key=again)
    assert close(batch, shelf, 1_000, op_key=again) == first
    with pytest.raises(BatchNotOpen):
        close(batch, shelf, 1_000)


def test_goods_taken_by_mistake_go_back(bank: FoodBank, shelf: Location) -> None:
    lot = make_lot(location=shelf)
    batch, key = make_batch((lot, shelf, 4_000)), uuid4()
    line = BatchLine.objects.select_related("batch", "movement", "lot").get(batch=batch)
    for _turn in range(2):
        batch_give_back(KEEPER, op_key=key, line=line, reason="wrong lot")
    assert held(lot, shelf) == (10_000, 0)
    assert grams_of(batch).taken == 0


def test_a_cancelled_batch_leaves_the_stock_as_it_was(bank: FoodBank, shelf: Location) -> None:
    lot = make_lot(location=shelf)
    batch, key = make_batch((lot, shelf, 4_000)), uuid4()
    soup = close(batch, shelf, 3_500, 500)
    for _turn in range(2):
        batch_cancel(KEEPER, op_key=key, batch=batch, reason="wrong batch")
    assert (held(lot, shelf), held(soup, shelf)) == ((10_000, 0), (0, 0))
    assert ledger_verify() == []
    assert lot_explained(lot)[-1].grams == 10_000


def test_a_batch_whose_goods_have_left_is_not_cancelled(bank: FoodBank, shelf: Location) -> None:
    batch = make_batch((make_lot(location=shelf), shelf, 4_000))
    soup = close(batch, shelf, 4_000)
    reserved_item(soup, shelf, 1_000)
    with pytest.raises(NotEnoughStock):
        batch_cancel(KEEPER, op_key=uuid4(), batch=batch, reason="too late")


def test_movements_of_the_workshop_are_not_reversed_one_by_one(bank: FoodBank, shelf: Location) -> None:
    close(make_batch((make_lot(location=shelf), shelf, 4_000)), shelf, 3_000, 1_000)
    kinds = (MovementKind.TRANSFORM, MovementKind.PRODUCE, MovementKind.LOSE)
    rows = Movement.objects.filter(kind__in=kinds).select_related("source")
    assert len(rows) == 3
    assert not any(is_reversible(row, stock_abilities(actor_as(Role.MANAGER))) for row in rows)


def test_the_database_refuses_a_closed_batch_that_kept_something(bank: FoodBank, shelf: Location) -> None:
    batch = make_batch((make_lot(location=shelf), shelf, 4_000))
    with pytest.raises(IntegrityError, match="did not give back"), transaction.atomic():
        ProductionBatch.objects.filter(pk=batch.pk).update(status=BatchStatus.CLOSED)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_only_the_warehouse_cooks(bank: FoodBank, shelf: Location) -> None:
    with pytest.raises(Forbidden):
        batch_open(
            actor_as(Role.VOLUNTEER), op_key=uuid4(), site=shelf.site, label="Soup", family=make_family()
        )
