"""What may no longer leave is cleared in one act, lot by lot confirmed, and put back if it was a mistake."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Forbidden
from apps.sites.models import Location
from apps.stock.errors import NothingToClear
from apps.stock.models import Lot, Movement
from apps.stock.selectors import expired_on_hand, waiting
from apps.stock.services import cleared_undo, expired_clear
from apps.stock.states import LossDestination
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.stock import held, make_lot, reserved_item
from tests.people import SignIn, actor_as

COMPOST = LossDestination.COMPOST


@pytest.fixture
def over(shelf: Location) -> tuple[Lot, Lot, Lot]:
    """A lot past its use-by date, one past best before with no grace, and one that is good today."""
    today, family = clock.today(), make_family(grace_days=0)
    yesterday = today - dt.timedelta(days=1)
    return (
        make_lot(3_000, family=family, location=shelf, date_kind="USE_BY", expires_on=yesterday),
        make_lot(2_000, family=family, location=shelf, expires_on=yesterday),
        make_lot(1_000, family=family, location=shelf, date_kind="USE_BY", expires_on=today),
    )


def accounts() -> list[int]:
    return [balance.pk for balance in expired_on_hand()]


def test_each_lot_is_lost_for_its_own_reason(manager: Actor, over: tuple[Lot, ...], shelf: Location) -> None:
    made = expired_clear(manager, op_key=uuid4(), accounts=accounts(), destination=COMPOST)
    assert {(m.lot, m.destination.detail, m.grams, m.disposal) for m in made} == {
        (over[0], "use_by_passed", 3_000, "compost"),
        (over[1], "best_before_refused", 2_000, "compost"),
    }
    assert held(over[2], shelf) == (1_000, 0)
    assert waiting().expired_count == 0


def test_only_what_was_confirmed_is_lost(manager: Actor, over: tuple[Lot, ...], shelf: Location) -> None:
    [confirmed] = [b.pk for b in expired_on_hand() if b.account.lot_id == over[1].pk]
    good = over[2].accounts.get(kind="on_hand").pk
    expired_clear(manager, op_key=uuid4(), accounts=[confirmed, good], destination=COMPOST)
    assert (held(over[0], shelf), held(over[1], shelf)) == ((3_000, 0), (0, 0))


def test_what_orders_have_reserved_waits(manager: Actor, shelf: Location) -> None:
    lot = make_lot(3_000, location=shelf, date_kind="USE_BY", expires_on=clock.today())
    reserved_item(lot, shelf, 1_000)
    with clock.time_set_to(clock.now() + dt.timedelta(days=1)):
        expired_clear(manager, op_key=uuid4(), accounts=accounts(), destination=COMPOST)
    assert held(lot, shelf) == (0, 1_000)


def test_it_is_done_once_and_undone_whole(manager: Actor, over: tuple[Lot, ...], shelf: Location) -> None:
    key, there = uuid4(), accounts()
    first = expired_clear(manager, op_key=key, accounts=there, destination=COMPOST)
    assert expired_clear(manager, op_key=key, accounts=there, destination=COMPOST) == first
    with pytest.raises(NothingToClear):
        expired_clear(manager, op_key=uuid4(), accounts=there, destination=COMPOST)
    cleared_undo(manager, cleared=key)
    cleared_undo(manager, cleared=key)
    assert (held(over[0], shelf), held(over[1], shelf)) == ((3_000, 0), (2_000, 0))


def test_who_does_not_keep_the_stock_clears_nothing(over: tuple[Lot, ...]) -> None:
    with pytest.raises(Forbidden):
        expired_clear(actor_as(Role.ORDERS), op_key=uuid4(), accounts=accounts(), destination=COMPOST)


def test_the_morning_queue_leads_there_and_back(
    bank: FoodBank, sign_in: SignIn, over: tuple[Lot, ...], shelf: Location
) -> None:
    browser, address = sign_in(bank, Role.STOCK), reverse("stock_lot_clear")
    assert address in browser.get("/").text
    assert over[0].number in browser.get(address).text
    nothing = browser.post(address, {"destination": "compost", "op_key": str(uuid4())})
    assert (nothing.status_code, "accounts" in nothing.context["form"].errors) == (422, True)
    key = str(uuid4())
    ticked = {"accounts": [str(pk) for pk in accounts()], "destination": "compost", "op_key": key}
    assert browser.post(address, ticked).status_code == 302
    assert held(over[0], shelf) == (0, 0)
    assert browser.post(f"{address}?undo={key}").status_code == 302
    assert Movement.objects.get(kind="reverse", lot=over[0]).reason == "Undone at once"
    assert held(over[0], shelf) == (3_000, 0)
