"""A recall keeps lots back at once: blocked, in quarantine, the orders that hold them frozen."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from apps.delivery.errors import WeightsRefused
from apps.delivery.models import PickingList
from apps.delivery.selectors import pick_lines_of
from apps.delivery.services import handover_record
from apps.delivery.states import PickingStatus
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.facts import emit
from apps.kernel.history import history_of
from apps.orders.models import Order, Reservation
from apps.orders.selectors import frozen_in
from apps.orders.services import order_cancel, order_revise
from apps.orders.states import OrderStatus
from apps.recalls.errors import LotUnderRecall
from apps.recalls.models import RecallCase, RecallMatch
from apps.recalls.rules import Reason
from apps.recalls.selectors.weights import grams_together
from apps.recalls.services import case_close, case_search, lots_screen, match_confirm, match_dismiss
from apps.recalls.states import MatchState
from apps.receiving.facts import GoodsReceived
from apps.sites.states import LocationPurpose
from apps.stock.errors import LotIsBlocked
from apps.stock.models import Lot
from apps.stock.selectors import balances_of, ledger_verify
from apps.stock.services import lot_block, lot_unblock
from apps.stock.states import LotStatus
from tests.making.catalogue import make_product
from tests.making.delivery import KEEPER, make_picking, weigh
from tests.making.orders import DESK, kg, make_line, place
from tests.making.recalls import SAFETY, make_case, make_recalled_lot, make_recalled_product, only_match
from tests.making.sites import make_location, make_site
from tests.making.stock import make_lot, posted_receipt
from tests.making.workshop import soup_of
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def places(lot: Lot) -> dict[str, tuple[int, int]]:
    """Return where a lot is: code of the place, grams free and reserved."""
    return {held.location.code: (held.on_hand_grams, held.reserved_grams) for held in balances_of(lot)}


def kept_of(order: Order, lot: Lot) -> int:
    """Return what an order holds of a lot."""
    return sum(held.grams for held in Reservation.objects.filter(line__order=order, lot=lot))


def ordered(grams: int = 10_000, **stock: Any) -> tuple[Lot, Order]:
    """Return a lot that tests recall and an order that holds 4 kg of it, in a site with a quarantine."""
    site = make_site()
    shelf = make_location(site=site, code="A1")
    make_location(site=site, code="Q", purpose=LocationPurpose.QUARANTINE)
    lot = make_recalled_lot(grams, location=shelf, **stock)
    return lot, place(make_line(lot.product, 4), site=site)


def test_free_goods_go_to_quarantine_and_reserved_ones_stay_frozen_where_they_are():
    lot, order = ordered()
    make_case()
    lot.refresh_from_db()
    assert lot.status == LotStatus.BLOCKED
    assert places(lot) == {"A1": (0, 4_000), "Q": (6_000, 0)}
    assert [held.lot_id for held in frozen_in(order)] == [lot.pk]


def test_the_order_and_the_lot_say_which_recall_keeps_them():
    lot, order = ordered()
    case = make_case()
    lot.refresh_from_db()
    assert lot.block_reason == f"{case.number} · {case.title}"
    assert history_of(order).filter(action="frozen", reason=lot.block_reason).count() == 1


def test_without_a_quarantine_the_goods_are_blocked_where_they_are():
    lot = make_recalled_lot(location=make_location(code="B2"))
    make_case()
    lot.refresh_from_db()
    assert (lot.status, places(lot)) == (LotStatus.BLOCKED, {"B2": (10_000, 0)})


def test_frozen_goods_are_neither_weighed_nor_handed_over():
    _lot, order = ordered()
    picking = weigh(make_picking(order))
    make_case()
    with pytest.raises(LotIsBlocked):
        handover_record(KEEPER, picking_list=picking, op_key=uuid4(), received_by="Camille")
    with pytest.raises(WeightsRefused):
        weigh(picking, 3)


def test_other_lots_take_the_place_of_frozen_goods():
    lot, order = ordered()
    weigh(make_picking(order), 4.5)
    other = make_lot(kg(20), product=lot.product, location=Reservation.objects.get().location)
    make_case()
    revised = order_revise(DESK, order=order, op_key=uuid4(), with_others=True)
    held = Reservation.objects.filter(line__order=order, grams__gt=0)
    assert list(held.values_list("lot_id", "grams")) == [(other.pk, 4_000)]
    assert revised.status == OrderStatus.CONFIRMED
    picking = PickingList.objects.get(order=order)
    assert [(line.reservation.lot_id, line.picked_grams) for line in pick_lines_of(picking)] == [
        (other.pk, None)
    ]
    assert places(lot) == {"Q": (10_000, 0)}


def test_a_revision_sent_again_changes_nothing_though_other_goods_froze_meanwhile():
    shelf, product, key = make_location(), make_product(), uuid4()
    first, second = (make_lot(kg(n), product=product, location=shelf) for n in (3, 2))
    order = place(make_line(product, 5), site=shelf.site)
    third = make_lot(kg(20), product=product, location=shelf)
    lot_block(KEEPER, lot=first, reason="odd smell")
    order_revise(DESK, order=order, op_key=key, with_others=True)
    lot_block(KEEPER, lot=second, reason="odd smell too")
    for again, kept in ((key, [0, kg(2), kg(3)]), (uuid4(), [0, 0, kg(5)])):
        order_revise(DESK, order=order, op_key=again, with_others=True)
        assert [kept_of(order, lot) for lot in (first, second, third)] == kept
        assert order.lines.get().reserved_grams == kg(5)
        assert ledger_verify() == []


def test_a_line_whose_frozen_goods_are_taken_out_gets_nothing_and_the_rest_leaves():
    lot, order = ordered()
    make_case()
    order_revise(DESK, order=order, op_key=uuid4(), with_others=False)
    assert order.lines.get().reserved_grams == 0
    assert places(lot) == {"Q": (10_000, 0)}
    assert PickingList.objects.get(order=order).status == PickingStatus.TO_PICK


def test_a_cancelled_order_gives_its_frozen_goods_to_quarantine():
    lot, order = ordered()
    make_case()
    order_cancel(DESK, order=order, reason="recall")
    assert places(lot) == {"Q": (10_000, 0)}


def test_a_lot_to_check_is_not_touched_until_somebody_says_it_is_recalled():
    lot = make_recalled_lot(lot="99999Z")
    case = make_case()
    assert only_match(case).state == MatchState.TO_CHECK
    assert Lot.objects.get().status == LotStatus.AVAILABLE
    match_confirm(SAFETY, match=only_match(case), reason="the label says so")
    lot.refresh_from_db()
    assert lot.status == LotStatus.BLOCKED


def test_what_was_decided_stays_when_the_lots_are_searched_again():
    make_recalled_lot(lot="99999Z")
    case = make_case()
    match_dismiss(SAFETY, match=only_match(case), reason="looked at the label")
    case_search(SAFETY, case=case)
    assert only_match(case).state == MatchState.NOT_OURS


def test_releasing_a_lot_lets_its_order_leave_again():
    lot, order = ordered()
    case = make_case()
    match_dismiss(SAFETY, match=only_match(case), reason="wrong article")
    lot.refresh_from_db()
    assert (lot.status, frozen_in(order)) == (LotStatus.AVAILABLE, [])


def test_a_lot_that_was_blocked_for_another_reason_stays_blocked():
    lot = make_recalled_lot()
    lot_block(SAFETY, lot=lot, reason="cold chain")
    match_dismiss(SAFETY, match=only_match(make_case()), reason="wrong article")
    lot.refresh_from_db()
    assert lot.status == LotStatus.BLOCKED


def test_a_lot_of_two_recalls_is_free_only_when_both_let_it_go():
    lot = make_recalled_lot()
    one, other = make_case(), make_case()
    match_dismiss(SAFETY, match=only_match(one), reason="wrong article")
    lot.refresh_from_db()
    assert lot.status == LotStatus.BLOCKED
    with pytest.raises(LotUnderRecall):
        lot_unblock(SAFETY, lot=lot, reason="I want it")
    match_dismiss(SAFETY, match=only_match(other), reason="wrong article")
    lot.refresh_from_db()
    assert (lot.status, lot.block_reason) == (LotStatus.AVAILABLE, "")


def test_a_reason_that_comes_up_during_a_recall_outlives_it():
    lot = make_recalled_lot()
    case = make_case()
    lot_block(SAFETY, lot=lot, reason="cold chain")
    match_dismiss(SAFETY, match=only_match(case), reason="wrong article")
    lot.refresh_from_db()
    assert (lot.status, lot.block_reason) == (LotStatus.BLOCKED, "cold chain")


def test_a_quarantine_reserved_for_a_programme_keeps_no_recall_from_blocking():
    site = make_site()
    shelf = make_location(site=site, code="A1")
    make_location(site=site, code="Q", purpose=LocationPurpose.QUARANTINE, programme="fse_plus")
    lot = make_recalled_lot(location=shelf)
    make_case()
    lot.refresh_from_db()
    assert (lot.status, places(lot)) == (LotStatus.BLOCKED, {"A1": (10_000, 0)})


def test_a_closed_recall_opens_again_for_lots_that_come_in_and_frees_none():
    first = make_recalled_lot()
    case = case_close(SAFETY, case=make_case(), conclusion="done")
    with pytest.raises(LotUnderRecall):
        lot_unblock(SAFETY, lot=first, reason="it is over")
    lot = make_recalled_lot(product=first.product)
    assert lots_screen(SAFETY, lots=[lot.pk]) == 1
    lot.refresh_from_db()
    case.refresh_from_db()
    assert (lot.status, case.is_open) == (LotStatus.BLOCKED, True)


def test_a_receipt_of_recalled_goods_opens_the_closed_case_again_in_its_own_transaction():
    product, shelf = make_recalled_product(), make_location()
    case = case_close(SAFETY, case=make_case(), conclusion="nothing here")
    receipt = posted_receipt(shelf, (product, 5_000, shelf), supplier_lot="12345A")
    with transaction.atomic():
        emit(GoodsReceived(receipt_id=receipt.pk, accepted_grams=5_000, refused_grams=0))
        assert Lot.objects.get().status == LotStatus.BLOCKED
    case.refresh_from_db()
    assert (case.is_open, case.conclusion) == (True, "")


def test_what_only_might_be_meant_leaves_a_closed_case_closed():
    product, shelf = make_recalled_product(), make_location()
    case = case_close(SAFETY, case=make_case(), conclusion="nothing here")
    receipt = posted_receipt(shelf, (product, 5_000, shelf), supplier_lot="99999Z")
    with transaction.atomic():
        emit(GoodsReceived(receipt_id=receipt.pk, accepted_grams=5_000, refused_grams=0))
    case.refresh_from_db()
    assert (case.is_open, Lot.objects.get().status) == (False, LotStatus.AVAILABLE)


def test_nothing_of_a_case_is_written_when_a_lot_cannot_be_kept_back(monkeypatch):
    make_recalled_lot()
    monkeypatch.setattr("apps.recalls.services.keeping_back.orders_freeze", lambda *args, **kw: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_case()
    assert (RecallCase.objects.count(), Lot.objects.get().status) == (0, LotStatus.AVAILABLE)


@pytest.mark.parametrize("role", [Role.ROUNDS, Role.ACCOUNTS, Role.VOLUNTEER, Role.PARTNER])
def test_only_keepers_decide(role):
    make_recalled_lot(lot="99999Z", product=make_recalled_product())
    case = make_case()
    with pytest.raises(Forbidden):
        match_confirm(actor_as(role), match=only_match(case), reason="why")


def test_what_was_made_from_recalled_lots_is_kept_back_to_the_last_generation(bank):
    shelf = make_location()
    lot = make_recalled_lot(location=shelf)
    soup = soup_of(shelf, (lot, 4_000))
    jar = soup_of(shelf, (soup, 1_000))
    case = make_case()
    found = RecallMatch.objects.filter(case=case, reason=Reason.MADE_FROM)
    assert dict(found.values_list("lot_id", "made_from_id")) == {soup.pk: lot.pk, jar.pk: soup.pk}
    assert set(Lot.objects.values_list("status", flat=True)) == {LotStatus.BLOCKED}
    together = grams_together([lot.pk, soup.pk, jar.pk])
    assert (together.entered, together.in_stock) == (10_000, 10_000)


def test_surer_evidence_brings_back_what_was_said_not_to_be_concerned():
    make_recalled_lot(lot="99999Z")
    case = make_case()
    match_dismiss(SAFETY, match=only_match(case), reason="looked at the label")
    case.groups.update(lot_text="lot 99999z")
    case_search(SAFETY, case=case)
    assert only_match(case).state == MatchState.OURS
