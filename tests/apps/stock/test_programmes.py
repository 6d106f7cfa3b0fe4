"""Goods of public programmes are kept apart: where they are stored, whatever the door."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import reverse

from apps.donors.models import Campaign
from apps.donors.services import campaign_create
from apps.donors.states import PUBLIC_PROGRAMMES, SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.sites.models import Location
from apps.sites.states import LocationPurpose, Programme
from apps.stock import ledger
from apps.stock.errors import ProgrammesApart
from apps.stock.models import Lot
from apps.stock.selectors import LotOrigin, programme_lines, stock_by_product
from apps.stock.services import movement_reverse, stock_count, stock_deliver, stock_lose, stock_move
from apps.stock.services.lots import lot_from_origin
from apps.stock.states import LossDestination, LossReason
from tenants.registry.models import FoodBank
from tests.apps.stock.test_guarantees import insert
from tests.making.catalogue import make_family, make_product
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import held, make_lot, paper, reserve, reserved_item, want
from tests.people import SignIn

GIFT = SupplySource.GMS_RAMASSE


def test_programmes_are_named_as_their_supply_sources() -> None:
    assert {each.value for each in Programme} == {each.value for each in PUBLIC_PROGRAMMES}
    assert all(each.label == SupplySource(each.value).label for each in Programme)


@pytest.mark.parametrize(
    ("source", "reserved_for", "purpose", "fits"),
    [
        ("FSE_PLUS", "FSE_PLUS", LocationPurpose.STORAGE, True),
        ("FSE_PLUS", "", LocationPurpose.STORAGE, False),
        ("FSE_PLUS", "CNES", LocationPurpose.STORAGE, False),
        ("FSE_PLUS", "", LocationPurpose.RECEIVING, True),
        ("FSE_PLUS", "", LocationPurpose.QUARANTINE, True),
        ("CNES", "", LocationPurpose.STORAGE, False),
        ("PURCHASE_MMPT", "PURCHASE_MMPT", LocationPurpose.STORAGE, True),
        (GIFT, "FSE_PLUS", LocationPurpose.STORAGE, False),
        (GIFT, "FSE_PLUS", LocationPurpose.QUARANTINE, False),
        (GIFT, "", LocationPurpose.STORAGE, True),
    ],
)
def test_goods_are_moved_only_where_their_programme_is_kept(
    shelf: Location, manager: Actor, *, source: str, reserved_for: str, purpose: str, fits: bool
) -> None:
    dock = make_location(shelf.site, purpose=LocationPurpose.RECEIVING)
    to = make_location(shelf.site, purpose=purpose, programme=reserved_for)
    lot = make_lot(5_000, location=dock, supply_source=source)
    move: dict[str, Any] = {"lot": lot, "location": dock, "to": to, "grams": 1_000}
    if fits:
        assert stock_move(manager, op_key=uuid4(), **move).destination.location == to
        return
    with pytest.raises(ProgrammesApart) as refused:
        stock_move(manager, op_key=uuid4(), **move)
    assert refused.value.field == "to"
    with pytest.raises(IntegrityError, match="another programme"):
        insert(lot, ledger.on_hand(dock), ledger.on_hand(to), 1)


def test_programme_goods_that_lay_elsewhere_before_may_still_leave(shelf: Location) -> None:
    own = make_location(shelf.site, programme="FSE_PLUS")
    lot = make_lot(5_000, location=own, supply_source="FSE_PLUS")
    Location.objects.filter(pk=own.pk).update(programme="")
    insert(lot, ledger.on_hand(own), ledger.reserved(own), 1_000, kind="reserve")
    insert(lot, ledger.reserved(own), ledger.on_hand(own), 1_000, kind="release")


def test_goods_of_a_programme_and_others_never_stand_in_for_each_other(shelf: Location) -> None:
    product = make_product()
    own = make_location(shelf.site, programme="FSE_PLUS")
    given = make_lot(2_000, product, location=shelf)
    european = make_lot(3_000, product, location=own, supply_source="FSE_PLUS")
    wishes = [want(9_000, shelf, product=product), want(9_000, shelf, product=product, programme="FSE_PLUS")]
    holds = {hold.key: (hold.lot, hold.grams) for hold in reserve(*wishes)}
    assert holds == {wishes[0].key: (given, 2_000), wishes[1].key: (european, 3_000)}


def test_a_family_as_it_comes_takes_nothing_of_a_programme(shelf: Location) -> None:
    family = make_family()
    make_lot(3_000, family=family, location=shelf, supply_source="CNES")
    assert reserve(want(1_000, shelf, family=family)) == []
    assert reserve(want(1_000, shelf, family=family, programme="FSE_PLUS")) == []
    assert len(reserve(want(1_000, shelf, family=family, programme="CNES"))) == 1


def test_what_can_be_ordered_names_the_programme(shelf: Location) -> None:
    product = make_product()
    make_lot(2_000, product, location=shelf)
    make_lot(3_000, product, location=shelf, supply_source="FSE_PLUS")
    found = {(row.programme, row.grams) for row in stock_by_product(site=shelf.site)}
    assert found == {("", 2_000), ("FSE_PLUS", 3_000)}


def test_the_account_of_a_campaign_adds_up_to_what_is_in_stock(manager: Actor, shelf: Location) -> None:
    own = make_location(shelf.site, programme="FSE_PLUS")
    product, today = make_product(), clock.today()
    fse: dict[str, Any] = {"supply_source": "FSE_PLUS", "campaign": "ESF+ 2026", "location": own}
    old = make_lot(10_000, product, received_on=today - dt.timedelta(days=40), **fse)
    make_lot(4_000, product, **fse)
    make_lot(1_000, product, **{**fse, "campaign": "ESF+ 2025"})
    make_lot(7_000, product, location=shelf)
    handed: dict[str, Any] = {"items": [reserved_item(old, own, 3_000)], "partner": make_partner()}
    stock_deliver(manager, op_key=uuid4(), document=paper("delivery_note"), **handed)
    lost: dict[str, Any] = {
        "reason": LossReason.DAMAGED,
        "destination": LossDestination.COMPOST,
        "grams": 500,
    }
    made = stock_lose(manager, op_key=uuid4(), lot=old, location=own, **lost)
    movement_reverse(manager, op_key=uuid4(), movement=made, reason="Found again")
    stock_count(manager, op_key=uuid4(), lot=old, location=own, counted_grams=6_900, reason="Count")
    since = today - dt.timedelta(days=30)
    [line] = programme_lines(programme="FSE_PLUS", campaign="ESF+ 2026", since=since, until=today)
    figures = (line.opening_grams, line.received_grams, line.handed_over_grams, line.lost_grams)
    assert figures == (10_000, 4_000, -3_000, 0)
    assert (line.other_grams, line.stock_grams) == (-100, 10_900)
    held_now = sum(sum(held(lot, own)) for lot in Lot.objects.filter(campaign="ESF+ 2026"))
    assert line.stock_grams == held_now
    assert len(programme_lines(programme="FSE_PLUS", since=since, until=today)) == 2


def test_the_account_is_read_on_screen_and_as_a_sheet(
    bank: FoodBank, sign_in: SignIn, manager: Actor
) -> None:
    campaign_create(manager, programme="FSE_PLUS", name="ESF+ 2026", starts_on=dt.date(2026, 1, 1))
    make_lot(2_500, make_product(name="Farine"), supply_source="FSE_PLUS", campaign="ESF+ 2026")
    browser, address = sign_in(bank, Role.STOCK), reverse("stock_programme_list")
    page = browser.get(address, {"programme": "FSE_PLUS", "campaign": "ESF+ 2026"}).text
    assert "Farine" in page
    sheet = browser.get(address, {"programme": "FSE_PLUS", "format": "csv"})
    assert b"Farine" in b"".join(sheet) if sheet.streaming else b"Farine" in sheet.content
    assert "Farine" not in browser.get(address, {"programme": "CNES"}).text


def test_goods_that_come_from_another_bank_open_their_campaign_here(manager: Actor, shelf: Location) -> None:
    family = make_family()
    origin = LotOrigin(
        bank_id=uuid4(), bank_label="Elsewhere", lot_id=uuid4(), family_code=family.code, product_ref="",
        label="Farine", temperature_class=family.temperature_class, supply_source="FSE_PLUS",
        campaign="ESF+ 2024", donor_label="", received_on=dt.date(2024, 3, 1), date_kind="NONE",
        expires_on=None, supplier_lot="", is_food=True, is_fresh=False, is_organic=False,
        value_cents_per_kg=0,
    )  # fmt: skip
    lot_from_origin(manager, origin)
    [campaign] = Campaign.objects.all()
    assert (campaign.programme, campaign.name) == ("FSE_PLUS", "ESF+ 2024")
