"""A blocked lot does not leave, whatever the door."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Actor
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.sites.models import Location
from apps.stock.errors import LotIsBlocked
from apps.stock.facts import LotBlocked
from apps.stock.services import lot_block, lot_unblock, stock_lose
from apps.stock.states import LossDestination, LossReason, LotStatus
from tests.making.catalogue import make_product
from tests.making.facts import facts_told
from tests.making.stock import held, make_lot, reserve, reserved_item, want


def test_blocking_keeps_the_lot_and_says_why(shelf: Location, manager: Actor) -> None:
    lot = make_lot(location=shelf)
    with facts_told(LotBlocked) as told:
        blocked = lot_block(manager, lot=lot, reason="Recall of 3 March")
    assert (blocked.status, blocked.block_reason) == (LotStatus.BLOCKED, "Recall of 3 March")
    assert told == [LotBlocked(lot_id=lot.pk, reason="Recall of 3 March")]
    reason = {"block_reason": ["", "Recall of 3 March"]}
    assert history_of(lot).get().changes == {"status": ["available", "blocked"], **reason}


def test_blocking_for_another_reason_keeps_both(shelf: Location, manager: Actor) -> None:
    lot = make_lot(location=shelf)
    with facts_told(LotBlocked) as told:
        lot_block(manager, lot=lot, reason="First")
        lot_block(manager, lot=lot, reason="Second")
        again = lot_block(manager, lot=lot, reason="Second")
    assert len(told) == 1
    assert (again.block_reason, history_of(lot).count()) == ("First | Second", 2)


def test_an_unblocked_lot_may_leave_again(shelf: Location, manager: Actor) -> None:
    product = make_product()
    lot = make_lot(1_000, product, location=shelf, status=LotStatus.BLOCKED, block_reason="Doubt")
    assert lot_unblock(manager, lot=lot, reason="Checked").block_reason == ""
    assert len(reserve(want(1_000, shelf, product=product))) == 1


def test_the_ledger_itself_refuses_a_blocked_lot(shelf: Location) -> None:
    lot = make_lot(location=shelf, status=LotStatus.BLOCKED)
    with pytest.raises(LotIsBlocked, match=lot.number):
        reserved_item(lot, shelf, 1_000)


def test_a_blocked_lot_may_be_thrown_away(shelf: Location, manager: Actor) -> None:
    lot = make_lot(5_000, location=shelf, status=LotStatus.BLOCKED)
    stock_lose(
        manager,
        op_key=uuid4(),
        lot=lot,
        location=shelf,
        grams=5_000,
        reason=LossReason.RECALL,
        destination=LossDestination.INCINERATION,
    )
    assert held(lot, shelf) == (0, 0)


def test_a_volunteer_does_not_block(shelf: Location, volunteer: Actor) -> None:
    with pytest.raises(Forbidden):
        lot_block(volunteer, lot=make_lot(location=shelf), reason="Doubt")
