"""Food past best before leaves after an inspection by a trained person, or not at all."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Forbidden
from apps.sites.models import Location
from apps.stock.errors import InspectionTooLong, InspectionUndated, InspectionUseless
from apps.stock.models import Inspection, Lot
from apps.stock.selectors import waiting
from apps.stock.services import Checklist, lot_inspect, lot_unblock
from apps.stock.states import LotStatus
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.stock import make_lot, reserve, want
from tests.people import SignIn, actor_as

GOOD = Checklist(
    packaging_intact=True, storage_respected=True, life_suffices=True, senses_good=True, traceable=True
)
GRACE = 20


def day(offset: int) -> dt.date:
    return clock.today() + dt.timedelta(days=offset)


@pytest.fixture
def lot(shelf: Location) -> Lot:
    """Five kilograms past best before since the day before yesterday."""
    product = make_product(make_family(grace_days=GRACE))
    return make_lot(5_000, product, location=shelf, expires_on=day(-2))


def inspect(actor: Actor, lot: Lot, **given: Any) -> Inspection:
    values = {"op_key": uuid4(), "checklist": GOOD, "valid_until": day(5), **given}
    return lot_inspect(actor, lot=lot, **values)


def free(lot: Lot, shelf: Location, on: dt.date) -> int:
    product = lot.product
    assert product is not None
    return sum(hold.grams for hold in reserve(want(5_000, shelf, product=product), for_day=on))


def test_it_waits_for_an_inspection_until_it_passes_one(manager: Actor, lot: Lot, shelf: Location) -> None:
    assert waiting().inspect_count == 1
    assert free(lot, shelf, day(0)) == 0
    inspect(manager, lot)
    assert waiting().inspect_count == 0
    assert free(lot, shelf, day(0)) == 5_000


@pytest.mark.parametrize(("on", "grams"), [(5, 5_000), (6, 0)])
def test_it_leaves_until_the_day_the_inspection_says(
    manager: Actor, lot: Lot, shelf: Location, on: int, grams: int
) -> None:
    inspect(manager, lot)
    assert free(lot, shelf, day(on)) == grams


def test_what_fails_is_blocked_with_the_reason(manager: Actor, lot: Lot) -> None:
    inspection = inspect(manager, lot, checklist=replace(GOOD, packaging_intact=False), comment="Swollen")
    blocked = Lot.objects.get(pk=lot.pk)
    assert (inspection.passed, inspection.valid_until) == (False, None)
    assert (blocked.status, blocked.block_reason) == (LotStatus.BLOCKED, "Swollen")


def test_releasing_a_lot_that_failed_is_not_enough(manager: Actor, lot: Lot, shelf: Location) -> None:
    inspect(manager, lot)
    inspect(manager, lot, checklist=replace(GOOD, senses_good=False))
    lot_unblock(manager, lot=lot, reason="Looked again")
    assert free(lot, shelf, day(0)) == 0


@pytest.mark.parametrize(
    ("until", "refusal"),
    [(None, InspectionUndated), (-1, InspectionTooLong), (GRACE - 1, InspectionTooLong)],
)
def test_it_leaves_at_most_until_the_last_day_of_grace(
    manager: Actor, lot: Lot, until: int | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        inspect(manager, lot, valid_until=None if until is None else day(until))
    inspect(manager, lot, valid_until=day(GRACE - 2))


@pytest.mark.parametrize("dates", [{"date_kind": "USE_BY"}, {"date_kind": "NONE"}, {"expires_on": day(-21)}])
def test_no_inspection_saves_a_use_by_date_or_what_is_beyond_grace(
    manager: Actor, shelf: Location, dates: dict[str, Any]
) -> None:
    product = make_product(make_family(grace_days=GRACE))
    lot = make_lot(5_000, product, location=shelf, **{"expires_on": day(-1), **dates})
    with pytest.raises(InspectionUseless):
        inspect(manager, lot)


def test_sent_twice_it_is_recorded_once(manager: Actor, lot: Lot) -> None:
    key = uuid4()
    assert inspect(manager, lot, op_key=key) == inspect(manager, lot, op_key=key)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ORDERS, Role.DRIVER, Role.PARTNER])
def test_only_trained_people_inspect(lot: Lot, role: Role) -> None:
    with pytest.raises(Forbidden):
        inspect(actor_as(role), lot)


def test_the_screen_leads_from_the_morning_queue_to_the_loss_of_what_fails(
    bank: FoodBank, sign_in: SignIn, lot: Lot
) -> None:
    client = sign_in(bank, Role.STOCK)
    queue = client.get(reverse("stock_lot_list"), {"state": "inspect"}).content.decode()
    assert lot.number in queue
    page = client.get(reverse("stock_lot_inspect", args=[lot.pk])).content.decode()
    assert "Freezing date" not in page
    ticked = {"packaging_intact": "on", "storage_respected": "on", "life_suffices": "on", "traceable": "on"}
    answer = client.post(reverse("stock_lot_inspect", args=[lot.pk]), ticked)
    assert answer["Location"] == reverse("stock_lot_lose", args=[lot.pk]) + "?reason=best_before_refused"
    sheet = client.get(reverse("stock_lot_detail", args=[lot.pk])).content.decode()
    assert "Refused: not look, smell and taste as they should be" in sheet


def test_a_day_beyond_grace_is_refused_at_its_field(bank: FoodBank, sign_in: SignIn, lot: Lot) -> None:
    client = sign_in(bank, Role.STOCK)
    names = ("packaging_intact", "storage_respected", "life_suffices", "traceable", "senses_good")
    typed = dict.fromkeys(names, "on") | {"valid_until": day(90).isoformat()}
    answer = client.post(reverse("stock_lot_inspect", args=[lot.pk]), typed)
    assert answer.status_code == 422
    assert "the last of the days of grace" in answer.context["form"].errors["valid_until"][0]
