"""Count sheets: a count is compared with the books of its own instant, and large differences wait."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalogue.states import TemperatureClass
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.kernel.telling import told
from apps.orders.services import order_place
from apps.sites.models import Location
from apps.stock import rules
from apps.stock.errors import CountDecided, CounterApproves, NothingToCount, SheetClosed, SheetWaits
from apps.stock.models import CountEntry, CountLimits, CountLine, CountSheet, Lot
from apps.stock.selectors import (
    counts_waiting,
    ledger_verify,
    lines_of_sheet,
    lots_meant,
    next_line,
    report_of,
)
from apps.stock.services import (
    NewPallets,
    count_approve,
    count_refuse,
    labels_print,
    limits_set,
    movement_reverse,
    sheet_close,
    sheet_open,
    stock_count,
    stock_move,
)
from apps.stock.states import EntryStatus
from apps.stock.today import queues
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.orders import DESK, make_line, tomorrow
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_lot, receive, reserved_item
from tests.people import SignIn, actor_as


@pytest.fixture
def people(bank: FoodBank) -> dict[str, Actor]:
    return {role: actor_as(role) for role in (Role.MANAGER, Role.STOCK, Role.VOLUNTEER)}


def open_sheet(actor: Actor, shelf: Location, **about: Any) -> CountSheet:
    return sheet_open(actor, op_key=uuid4(), site=shelf.site, **{"locations": [shelf], **about})


def count(actor: Actor, lot: Lot, shelf: Location, grams: int, sheet: CountSheet | None = None) -> CountEntry:
    return stock_count(actor, op_key=uuid4(), lot=lot, location=shelf, counted_grams=grams, sheet=sheet)


def test_a_sheet_lists_what_the_books_hold_there_and_nothing_else(shelf, people):
    here, elsewhere = make_lot(5_000, location=shelf), make_location(shelf.site)
    make_lot(5_000, location=elsewhere)
    sheet = open_sheet(people[Role.STOCK], shelf)
    assert [(line.lot, line.location) for line in lines_of_sheet(sheet)] == [(here, shelf)]
    other = sheet_open(people[Role.STOCK], op_key=uuid4(), site=shelf.site, family=here.family)
    assert [line.lot for line in lines_of_sheet(other)] == [here]


def test_an_empty_site_has_nothing_to_count_and_a_volunteer_opens_no_sheet(shelf, people):
    with pytest.raises(NothingToCount):
        sheet_open(people[Role.STOCK], op_key=uuid4(), site=shelf.site)
    with pytest.raises(Forbidden):
        open_sheet(people[Role.VOLUNTEER], shelf)


def test_the_difference_is_that_of_the_instant_whatever_moves_before_approval(shelf, people):
    lot, other = make_lot(100_000, location=shelf), make_location(shelf.site)
    sheet = open_sheet(people[Role.STOCK], shelf)
    entry = count(people[Role.VOLUNTEER], lot, shelf, 70_000, sheet)
    assert (entry.status, held(lot, shelf)) == (EntryStatus.WAITING, (100_000, 0))
    stock_move(KEEPER, op_key=uuid4(), lot=lot, location=shelf, to=other, grams=20_000)
    reserved_item(lot, shelf, 10_000)
    receive(lot, 5_000, shelf)
    count_approve(people[Role.STOCK], entry=entry)
    assert held(lot, shelf) == (100_000 - 20_000 - 10_000 + 5_000 - 30_000, 10_000)
    assert ledger_verify() == []


def test_what_is_promised_meanwhile_is_settled_and_not_lost(shelf, people):
    lot = make_lot(100_000, location=shelf)
    entry = count(people[Role.VOLUNTEER], lot, shelf, 60_000)
    reserved_item(lot, shelf, 90_000)
    approved = count_approve(people[Role.STOCK], entry=entry)
    assert (approved.posted_grams, approved.unsettled_grams) == (-10_000, 30_000)
    assert held(lot, shelf) == (0, 90_000)


def test_who_counted_does_not_approve_and_nobody_approves_twice(shelf, people):
    lot = make_lot(100_000, location=shelf)
    entry = count(people[Role.STOCK], lot, shelf, 60_000)
    with pytest.raises(CounterApproves):
        count_approve(people[Role.STOCK], entry=entry)
    with pytest.raises(Forbidden):
        count_approve(people[Role.VOLUNTEER], entry=entry)
    for _time in range(2):
        count_approve(people[Role.MANAGER], entry=entry)
    assert held(lot, shelf) == (60_000, 0)
    with pytest.raises(CountDecided):
        count_refuse(people[Role.MANAGER], entry=entry, reason="Too late")


def test_a_refused_count_leaves_the_books_and_its_line_is_counted_again(shelf, people):
    lot = make_lot(100_000, location=shelf)
    sheet = open_sheet(people[Role.STOCK], shelf)
    entry = count(people[Role.VOLUNTEER], lot, shelf, 60_000, sheet)
    assert next_line(sheet) is None
    count_refuse(people[Role.STOCK], entry=entry, reason="A pallet stood behind the door")
    again = next_line(sheet)
    assert again is not None
    assert (held(lot, shelf), again.lot) == ((100_000, 0), lot)


def test_a_second_count_replaces_the_first_that_waits_and_corrects_once(shelf, people):
    lot = make_lot(100_000, location=shelf)
    first = count(people[Role.VOLUNTEER], lot, shelf, 60_000, open_sheet(people[Role.STOCK], shelf))
    second = count(people[Role.VOLUNTEER], lot, shelf, 61_000, open_sheet(people[Role.STOCK], shelf))
    with pytest.raises(CountDecided):
        count_approve(people[Role.STOCK], entry=first)
    count_approve(people[Role.STOCK], entry=second)
    assert held(lot, shelf) == (61_000, 0)


def test_a_reversed_count_leaves_nothing_to_settle(shelf):
    lot = make_lot(5_000, location=shelf)
    reserved_item(lot, shelf, 3_000)
    entry = count(KEEPER, lot, shelf, 1_000)
    made = lot.movements.get(kind="count")
    movement_reverse(KEEPER, op_key=uuid4(), movement=made, reason="Wrong shelf")
    entry.refresh_from_db()
    assert (held(lot, shelf), entry.unsettled_grams) == ((2_000, 3_000), 0)


def test_goods_found_besides_join_the_sheet_and_the_report_adds_up(shelf, people):
    lots = [make_lot(10_000, location=shelf, value_cents_per_kg=200) for _ in range(3)]
    sheet = open_sheet(people[Role.STOCK], shelf)
    stray = make_lot(0, value_cents_per_kg=100)
    for lot, grams in ((lots[0], 10_000), (lots[1], 9_500), (stray, 900)):
        count(people[Role.VOLUNTEER], lot, shelf, grams, sheet)
    report = report_of(lines_of_sheet(sheet))
    assert (report.line_count, report.counted_count, report.left_count) == (4, 3, 1)
    assert (report.found_grams, report.missing_grams, report.difference_cents) == (900, 500, 90 - 100)
    assert [line.is_listed for line in lines_of_sheet(sheet)] == [True, True, True, False]


def test_a_sheet_closes_once_its_differences_are_decided_and_then_takes_no_counts(shelf, people):
    lot = make_lot(100_000, location=shelf)
    sheet = open_sheet(people[Role.STOCK], shelf)
    entry = count(people[Role.VOLUNTEER], lot, shelf, 60_000, sheet)
    with pytest.raises(SheetWaits):
        sheet_close(people[Role.STOCK], sheet=sheet)
    count_approve(people[Role.STOCK], entry=entry)
    sheet_close(people[Role.STOCK], sheet=sheet)
    with pytest.raises(SheetClosed):
        count(people[Role.VOLUNTEER], lot, shelf, 50_000, sheet)


@pytest.mark.parametrize(
    ("difference", "held_grams", "waits"),
    [
        (1_000, 100, False), (-1_001, 20_000, True), (-1_001, 21_000, False), (20_001, 10**7, True),
        (20_000, 10**7, False), (1_001, 0, True), (0, 0, False),
    ],
)  # fmt: skip
def test_a_difference_waits_above_either_limit_and_never_for_a_trifle(difference, held_grams, waits):
    found = rules.needs_approval(difference, held_grams, grams_limit=20_000, percent_limit=5)
    assert found is waits


def test_the_bank_sets_its_limits(shelf, people):
    limits_set(people[Role.MANAGER], limit_grams=50_000, limit_percent=50)
    limits_set(people[Role.MANAGER], limit_grams=60_000, limit_percent=50)
    lot = make_lot(100_000, location=shelf)
    assert count(people[Role.VOLUNTEER], lot, shelf, 60_000).status == EntryStatus.POSTED
    with pytest.raises(Forbidden):
        limits_set(people[Role.STOCK], limit_grams=1, limit_percent=1)


def test_a_lot_is_found_by_its_number_its_pallet_its_article_and_its_name(shelf):
    product = make_product(name="Lentilles vertes", gtin="03017620422003")
    lot = make_lot(5_000, product, location=shelf, supplier_lot="L42")
    [pallet] = labels_print(KEEPER, op_key=uuid4(), new=[NewPallets(lot=lot, count=1)])
    make_lot(1_000, location=shelf)
    address = f"https://bank.example.org/stock/pallets/{pallet.pk}/"
    scanned = (lot.number, pallet.number, address, "(01)03017620422003(10)L42", "3017620422003", "lentilles")
    assert [lots_meant(text) for text in scanned] == [[lot]] * len(scanned)
    assert lots_meant("no such thing") == []


def test_a_scanned_article_is_not_another_whose_code_ends_alike(shelf):
    meant = make_lot(1_000, make_product(gtin="00000012345670"), location=shelf)
    make_lot(1_000, make_product(gtin="05500012345670"), location=shelf)
    assert lots_meant("(01)00000012345670") == [meant]


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    return sign_in(bank, Role.STOCK)


def test_a_count_is_taken_line_by_line_from_a_phone(browser: Client, shelf: Location):
    product = make_product(name="Lentilles", crate_tare_grams=1_500)
    lots = [make_lot(12_000, product, location=shelf), make_lot(200_000, product, location=shelf)]
    sent = {"site": shelf.site_id, "locations": [shelf.pk], "is_blind": "on", "op_key": uuid4()}
    opened = browser.post(reverse("stock_sheet_create"), sent)
    sheet = CountSheet.objects.get()
    assert opened["location"] == reverse("stock_sheet_detail", args=[sheet.pk])
    first, second = lines_of_sheet(sheet)
    page = reverse("stock_line_count", args=[first.pk])
    assert "12\u00a0kg" not in browser.get(page).content.decode()
    went = browser.post(page, {"counted_grams": "2", "counted_grams_unit": "case"})
    assert went["location"] == reverse("stock_line_count", args=[second.pk])
    weighed = {"counted_grams": "227,5", "pallets": "1", "crates": "1", "op_key": uuid4()}
    went = browser.post(went["location"], weighed)
    assert went["location"] == opened["location"]
    found = CountEntry.objects.order_by("counted_at").values_list("counted_grams", "tare_grams", "status")
    assert list(found) == [(12_000, 0, "matched"), (201_000, 26_500, "posted")]
    assert held(lots[1], shelf) == (201_000, 0)
    shown = browser.get(opened["location"]).content.decode()
    assert "24 × paquet · 2 cases" in shown
    assert "+1\u00a0kg" in shown


def test_containers_are_not_taken_off_a_count_in_cases_nor_off_too_little(browser: Client, shelf: Location):
    make_lot(12_000, make_product(), location=shelf)
    sheet = open_sheet(KEEPER, shelf)
    page = reverse("stock_line_count", args=[lines_of_sheet(sheet)[0].pk])
    for wrong in ({"counted_grams": "2", "counted_grams_unit": "case"}, {"counted_grams": "20"}):
        response = browser.post(page, wrong | {"pallets": "1"})
        assert (response.status_code, [*response.context["form"].errors]) == (422, ["counted_grams"])
    assert not CountEntry.objects.exists()


def test_a_code_leads_to_its_line_and_what_is_not_on_the_list_can_be_counted(
    browser: Client, shelf: Location
):
    lot, stray = make_lot(5_000, location=shelf), make_lot(0)
    sheet = open_sheet(KEEPER, shelf)
    find = reverse("stock_sheet_find", args=[sheet.pk])
    line = lines_of_sheet(sheet)[0]
    went = browser.get(browser.post(find, {"q": lot.number})["location"])
    assert went["location"] == reverse("stock_line_count", args=[line.pk])
    offered = browser.get(f"{find}?q={stray.number}").content.decode()
    found = f"{reverse('stock_sheet_found', args=[sheet.pk])}?lot={stray.number}"
    assert found in offered
    browser.post(found, {"counted_grams": "0,8", "location": shelf.pk, "lot": stray.number})
    assert held(stray, shelf) == (800, 0)


@pytest.mark.parametrize("door", ["line", "found", "lot"])
def test_what_became_of_a_count_is_said_of_goods_with_any_name(browser: Client, shelf: Location, door: str):
    lot = make_lot(5_000, make_product(name="Fromage blanc 20 %"), location=shelf)
    sheet = open_sheet(KEEPER, shelf)
    pages = {
        "line": reverse("stock_line_count", args=[lines_of_sheet(sheet)[0].pk]),
        "found": reverse("stock_sheet_found", args=[sheet.pk]),
        "lot": reverse("stock_lot_count", args=[lot.pk]),
    }
    typed = {"counted_grams": "5,5", "location": shelf.pk, "lot": lot.number, "op_key": uuid4()}
    answer = browser.post(pages[door], typed, follow=True).content.decode()
    assert "+0.5\u00a0kg, posted." in answer
    assert "Fromage blanc 20 %" in answer
    assert held(lot, shelf) == (5_500, 0)


def test_a_difference_is_approved_from_the_list_of_what_waits(browser: Client, shelf: Location, people):
    lot = make_lot(100_000, location=shelf)
    entry = count(people[Role.VOLUNTEER], lot, shelf, 60_000)
    approve = reverse("stock_entry_approve", args=[entry.pk])
    assert approve in browser.get(reverse("stock_entry_list")).content.decode()
    browser.post(approve)
    assert held(lot, shelf) == (60_000, 0)
    assert approve not in browser.get(reverse("stock_entry_list")).content.decode()


def test_what_is_promised_is_settled_from_the_page_and_the_orders_are_named(browser: Client, shelf: Location):
    lot = make_lot(5_000, location=shelf)
    item = reserved_item(lot, shelf, 5_000)
    entry = count(KEEPER, lot, shelf, 4_000)
    shown = browser.get(reverse("stock_entry_list")).content.decode()
    assert f"{reverse('orders_order_list')}?lot={lot.pk}" in shown
    assert [queue.count for queue in queues(actor_as(Role.STOCK)) if queue.tone == "danger"] == [1]
    receive(lot, 500, shelf)
    browser.post(reverse("stock_entry_settle", args=[entry.pk]))
    entry.refresh_from_db()
    assert (entry.unsettled_grams, held(lot, shelf)) == (500, (0, item.grams))


def test_a_difference_is_refused_and_the_sheet_closed_from_their_pages(browser: Client, shelf, people):
    lot = make_lot(100_000, location=shelf)
    sheet = open_sheet(KEEPER, shelf)
    entry = count(people[Role.VOLUNTEER], lot, shelf, 60_000, sheet)
    browser.post(reverse("stock_entry_refuse", args=[entry.pk]), {"reason": "Behind the door"})
    browser.post(reverse("stock_sheet_close", args=[sheet.pk]))
    sheet.refresh_from_db()
    entry.refresh_from_db()
    assert (entry.status, sheet.status) == (EntryStatus.REFUSED, "closed")
    assert CountLine.objects.get(sheet=sheet).entries.get() == entry


def test_a_manager_sets_the_limits_from_their_page(bank: FoodBank, sign_in: SignIn):
    sign_in(bank, Role.MANAGER).post(reverse("stock_limits"), {"limit_grams": "7,5", "limit_percent": "3"})
    limits = CountLimits.objects.get()
    assert (limits.limit_grams, limits.limit_percent) == (7_500, 3)


def test_orders_that_hold_a_lot_are_listed(bank: FoodBank, sign_in: SignIn):
    partner, product = make_partner(), make_product()
    lot = make_lot(50_000, product)
    make_lot(50_000)
    shelf = Location.objects.get(account__lot=lot)
    orders = [
        order_place(
            DESK, op_key=uuid4(), partner=partner, site=shelf.site, wanted_on=tomorrow(),
            lines=[make_line(thing, 5)],
        )
        for thing in (product,)
    ]  # fmt: skip
    browser = sign_in(bank, Role.MANAGER)
    page = f"{reverse('orders_order_list')}?lot="
    assert orders[0].number in browser.get(f"{page}{lot.pk}").content.decode()
    other = Lot.objects.exclude(pk=lot.pk).get()
    assert orders[0].number not in browser.get(f"{page}{other.pk}").content.decode()


def test_the_first_page_reads_the_counts_that_wait_and_no_others(shelf, people):
    done, waits = make_lot(5_000, location=shelf), make_lot(100_000, location=shelf)
    count(people[Role.VOLUNTEER], done, shelf, 5_000)
    count(people[Role.VOLUNTEER], waits, shelf, 60_000)
    with CaptureQueriesContext(connection) as queries:
        found = counts_waiting()
    assert (found.waiting_count, found.unsettled_count, found.unsettled_grams) == (1, 0, 0)
    asked = [each["sql"] for each in queries if "stock_countentry" in each["sql"]]
    assert ["WHERE" in sql for sql in asked] == [True]


def test_a_page_of_counts_asks_the_same_of_the_database_for_one_line_and_for_many(
    browser: Client, shelf: Location
):
    asked = []
    for lines in (1, 12):
        for _ in range(lines):
            make_lot(5_000, make_product(temperature_class=TemperatureClass.AMBIENT), location=shelf)
        sheet = open_sheet(KEEPER, shelf)
        for line in lines_of_sheet(sheet):
            count(KEEPER, line.lot, shelf, 4_000, sheet)
        url = reverse("stock_sheet_detail", args=[sheet.pk])
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_history_of_a_sheet_and_of_its_limits_reads_in_words(shelf, people):
    make_lot(5_000, location=shelf)
    sheet = open_sheet(people[Role.STOCK], shelf)
    sheet_close(people[Role.STOCK], sheet=sheet)
    limits = limits_set(people[Role.MANAGER], limit_grams=50_000, limit_percent=50)
    said = [
        str(word) for entry in history_of(sheet, limits) for change in told(entry).changes for word in change
    ]
    assert shelf.code in said
    assert not [word for word in said if "_" in word or "{" in word or "[" in word]


def test_a_count_sent_again_after_its_sheet_was_closed_answers_the_first(shelf, people):
    lot = make_lot(5_000, location=shelf)
    sheet, key = open_sheet(people[Role.STOCK], shelf), uuid4()
    counted = {"op_key": key, "lot": lot, "location": shelf, "counted_grams": 4_990, "sheet": sheet}
    first = stock_count(people[Role.STOCK], **counted)
    sheet_close(people[Role.STOCK], sheet=sheet)
    assert stock_count(people[Role.STOCK], **counted) == first
    assert held(lot, shelf) == (4_990, 0)
    with pytest.raises(SheetClosed):
        stock_count(people[Role.STOCK], **counted | {"op_key": uuid4()})
