"""The workshop's pages, without JavaScript."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalogue.states import TemperatureClass
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.stock.models import Balance, Lot
from apps.stock.states import AccountKind
from apps.workshop.models import BatchLine, ProductionBatch
from apps.workshop.selectors import grams_of
from apps.workshop.states import BatchStatus
from apps.workshop.today import queues
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.pages import queries_of
from tests.making.sites import make_location
from tests.making.stock import held, make_lot, receive, reserved_item
from tests.making.workshop import close, make_batch
from tests.people import SignIn, actor_as


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """The browser of somebody of the warehouse."""
    return sign_in(bank, Role.STOCK)


@pytest.fixture
def carrots(shelf: Location) -> Lot:
    return make_lot(10_000, make_product(name="Carrots"), location=shelf)


def free_balance(lot: Lot) -> Balance:
    return Balance.objects.get(account__lot=lot, account__kind=AccountKind.ON_HAND)


def test_a_batch_is_opened_filled_and_closed_from_a_telephone(
    browser: Client, carrots: Lot, shelf: Location
) -> None:
    family = make_family(name="Prepared food")
    typed = {"label": "Soup", "site": shelf.site_id, "family": family.pk, "recipe": "Boil"}
    answer = browser.post(reverse("workshop_batch_create"), typed)
    batch = ProductionBatch.objects.get()
    assert answer["Location"] == reverse("workshop_batch_detail", args=[batch.pk])
    take = reverse("workshop_batch_take", args=[batch.pk])
    assert "Carrots" in browser.get(take).text
    browser.post(take, {"goods": free_balance(carrots).pk, "grams": "8"})
    assert grams_of(batch).taken == 8_000
    done = {
        "grams": "7",
        "lost_grams": "1",
        "loss_reason": "transformation",
        "disposal": "compost",
        "cooking_c": "85",
        "cooking_minutes": "40",
        "ingredients": "Carrots",
        "temperature_class": TemperatureClass.AMBIENT,
        "date_kind": "BEST_BEFORE",
        "expires_on": str(clock.today() + dt.timedelta(days=30)),
        "location": shelf.pk,
    }
    browser.post(reverse("workshop_batch_close", args=[batch.pk]), done)
    page = browser.get(reverse("workshop_batch_detail", args=[batch.pk])).text
    batch.refresh_from_db()
    assert (batch.status, batch.cooking_minutes) == (BatchStatus.CLOSED, 40)
    assert "88" in page


def test_what_does_not_add_up_is_said_at_its_field_and_kept(
    browser: Client, carrots: Lot, shelf: Location
) -> None:
    batch = make_batch((carrots, shelf, 5_000))
    typed = {
        "grams": "9",
        "loss_reason": "transformation",
        "disposal": "compost",
        "ingredients": "Carrots and water",
        "temperature_class": TemperatureClass.AMBIENT,
        "date_kind": "NONE",
        "location": shelf.pk,
    }
    answer = browser.post(reverse("workshop_batch_close", args=[batch.pk]), typed)
    assert answer.status_code == 422
    assert "Carrots and water" in answer.text
    assert "5\xa0kg went in and 9\xa0kg come out" in answer.text


def test_goods_are_given_back_and_a_batch_is_cancelled(
    browser: Client, carrots: Lot, shelf: Location
) -> None:
    batch = make_batch((carrots, shelf, 5_000))
    line = BatchLine.objects.get()
    back = reverse("workshop_line_give_back", args=[line.pk])
    assert browser.get(back).status_code == 200
    browser.post(back, {"reason": "wrong lot"})
    assert held(carrots, shelf) == (10_000, 0)
    browser.post(reverse("workshop_batch_cancel", args=[batch.pk]), {"reason": "nobody came"})
    batch.refresh_from_db()
    assert batch.status == BatchStatus.CANCELLED


def test_chilled_goods_are_frozen_from_their_sheet(browser: Client) -> None:
    cold = make_location(zone=Location.Zone.CHILLED)
    freezer = make_location(cold.site, zone=Location.Zone.FROZEN)
    product = make_product(temperature_class=TemperatureClass.CHILLED_0_4, is_freezable=True)
    meat = make_lot(5_000, product, location=cold)
    url = reverse("workshop_lot_freeze", args=[meat.pk])
    assert url in browser.get(reverse("stock_lot_detail", args=[meat.pk])).text
    day = clock.today() + dt.timedelta(days=60)
    answer = browser.post(url, {"location": cold.pk, "to": freezer.pk, "grams": "2", "expires_on": str(day)})
    batch = ProductionBatch.objects.get()
    assert answer["Location"] == reverse("workshop_batch_detail", args=[batch.pk])
    frozen = Lot.objects.get(frozen_on=clock.today())
    assert (frozen.temperature_class, frozen.expires_on) == (TemperatureClass.FROZEN_M18, day)


@pytest.mark.parametrize(
    ("product", "lot", "is_offered"),
    [
        ({}, {}, True),
        ({"is_freezable": False}, {}, False),
        ({}, {"date_kind": "USE_BY", "expires_on": dt.timedelta(0)}, True),
        ({}, {"date_kind": "USE_BY", "expires_on": dt.timedelta(-1)}, False),
        ({}, {"frozen_on": dt.timedelta(0)}, False),
        ({"temperature_class": TemperatureClass.AMBIENT}, {}, False),
    ],
)
def test_freezing_is_offered_for_what_the_workshop_freezes_and_nothing_else(
    browser: Client, product: dict[str, Any], lot: dict[str, Any], is_offered: bool
) -> None:
    cold = make_location(zone=Location.Zone.CHILLED)
    freezer = make_location(cold.site, zone=Location.Zone.FROZEN)
    fits: dict[str, Any] = {"temperature_class": TemperatureClass.CHILLED_0_4, "is_freezable": True}
    days: dict[str, Any] = {
        n: clock.today() + v if isinstance(v, dt.timedelta) else v for n, v in lot.items()
    }
    goods = make_lot(5_000, make_product(**fits | product), location=cold, **days)
    url = reverse("workshop_lot_freeze", args=[goods.pk])
    assert (url in browser.get(reverse("stock_lot_detail", args=[goods.pk])).text) is is_offered
    best_before = clock.today() + dt.timedelta(days=60)
    sent = {"location": cold.pk, "to": freezer.pk, "grams": "2", "expires_on": str(best_before)}
    assert (browser.post(url, sent).status_code == 302) is is_offered


def test_goods_are_frozen_from_where_some_are_free(browser: Client) -> None:
    cold = make_location(zone=Location.Zone.CHILLED)
    promised = make_location(cold.site, zone=Location.Zone.CHILLED)
    product = make_product(temperature_class=TemperatureClass.CHILLED_0_4, is_freezable=True)
    meat = make_lot(5_000, product, location=cold)
    receive(meat, 2_000, promised)
    reserved_item(meat, promised, 2_000)
    form = browser.get(reverse("workshop_lot_freeze", args=[meat.pk])).context["form"]
    assert list(form.fields["location"].queryset) == [cold]


def test_the_list_costs_the_same_for_one_batch_and_for_three(
    browser: Client, carrots: Lot, shelf: Location
) -> None:
    close(make_batch((carrots, shelf, 1_000)), shelf, 1_000)
    first = queries_of(browser, reverse("workshop_batch_list"))
    for _turn in range(2):
        close(make_batch((carrots, shelf, 1_000)), shelf, 1_000)
    assert queries_of(browser, reverse("workshop_batch_list")) == first


def test_open_batches_wait_on_the_first_page(bank: FoodBank, shelf: Location) -> None:
    assert queues(actor_as(Role.STOCK)) == []
    make_batch(site=shelf.site)
    [queue] = queues(actor_as(Role.STOCK))
    assert queue.count == 1
    assert queues(actor_as(Role.VOLUNTEER)) == []


@pytest.mark.parametrize("role", [Role.PARTNER, Role.DRIVER])
def test_people_from_outside_do_not_see_the_workshop(bank: FoodBank, sign_in: SignIn, role: Role) -> None:
    partner_id = uuid4() if role == Role.PARTNER else None
    client = sign_in(bank, role, partner_id=partner_id)
    assert client.get(reverse("workshop_batch_list")).status_code == 403
