"""The pages of receiving, from the truck to the shelf, without JavaScript."""

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.receiving.models import GoodsReceipt, TemperatureLimit
from apps.receiving.services import receipt_post
from apps.receiving.states import ReceiptStatus
from apps.sites.models import Location
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.donors import make_donor
from tests.making.offers import TESTER, make_chilled_line
from tests.making.pages import queries_of
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.making.rounds import make_collected_stop
from tests.making.sites import make_location, make_site
from tests.people import SignIn


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """The browser of somebody of the warehouse."""
    return sign_in(bank, Role.STOCK)


def chilled_receipt(*, days_left: int = 9) -> GoodsReceipt:
    """Return a receipt of chilled goods, at a site with one cold room."""
    stop = make_collected_stop(make_chilled_line(grams=20_000, label="Yogurt", days_left=days_left))
    receipt = GoodsReceipt.objects.get(stop=stop)
    make_location(receipt.site, zone=Location.Zone.CHILLED, name="Cold room")
    make_location(receipt.site, zone=Location.Zone.AMBIENT, name="Rack")
    return receipt


def typed(receipt: GoodsReceipt, **changes: str) -> dict[str, str]:
    """Return what the page of a one-line receipt sends when nothing is changed on it."""
    line = receipt.lines.get()
    cold_room = receipt.site.locations.get(name="Cold room")
    values = {
        "accepted_grams": "20",
        "temperature_c": "3.5",
        "date_kind": line.date_kind,
        "expires_on": str(line.expires_on),
        "location": str(cold_room.pk),
        **changes,
    }
    return {f"line-{line.pk}-{name}": value for name, value in values.items()}


def test_the_page_proposes_what_the_round_weighed(browser: Client):
    receipt = chilled_receipt()
    page = browser.get(f"/receiving/{receipt.pk}/control/").text
    assert "20\xa0kg expected" in page
    assert 'value="3.5"' in page
    assert "At most 4 °C; with reserve up to 6 °C." in page
    assert "Cold room" in page
    assert "Rack" not in page


def test_a_receipt_goes_in_stock(browser: Client):
    receipt = chilled_receipt()
    answer = browser.post(f"/receiving/{receipt.pk}/control/", typed(receipt), follow=True)

    receipt.refresh_from_db()
    assert receipt.status == ReceiptStatus.POSTED
    assert f"{receipt.number} is in stock" in answer.text
    assert "Accepted" in answer.text


def test_everything_wrong_is_said_at_its_field_and_nothing_is_lost(browser: Client):
    receipt = chilled_receipt()
    sent = typed(receipt, temperature_c="9", refused_grams="2", location="", supplier_lot="L042")

    answer = browser.post(f"/receiving/{receipt.pk}/control/", sent)

    assert answer.status_code == 422
    (line,) = answer.context["forms"].lines
    assert set(line.errors) == {"temperature_c", "refusal_reason", "location"}
    assert "Yogurt: 9.0 °C, and nothing is accepted above 6.0 °C" in answer.text
    assert 'value="L042"' in answer.text
    assert GoodsReceipt.objects.get().status == ReceiptStatus.EXPECTED


def test_a_short_date_is_asked_about_and_confirmed(browser: Client):
    receipt = chilled_receipt(days_left=1)
    page = f"/receiving/{receipt.pk}/control/"
    assert "It will be given out before its date" in browser.get(page).text

    assert "less than 48 hours" in browser.post(page, typed(receipt)).text
    browser.post(page, typed(receipt, short_date="on"))

    line = GoodsReceipt.objects.get().lines.get()
    assert (line.verdict, line.short_date_reason) == ("reserve", "It will be given out before its date")


def test_the_short_date_question_stays_away_when_there_is_time(browser: Client):
    receipt = chilled_receipt(days_left=9)
    page = browser.get(f"/receiving/{receipt.pk}/control/").text
    assert "It will be given out before its date" not in page


def test_goods_found_at_sorting_join_without_losing_what_is_typed(browser: Client):
    receipt, bread = chilled_receipt(), make_family(name="Bread")
    sent = {**typed(receipt, supplier_lot="L042"), "add_goods": "1", "found-goods": f"family-{bread.pk}"}

    answer = browser.post(f"/receiving/{receipt.pk}/control/", sent)

    assert answer.status_code == 200
    assert 'value="L042"' in answer.text
    assert [line.label for line in receipt.lines.all()] == ["Yogurt", "Bread"]


def test_posting_twice_is_said(browser: Client):
    receipt = chilled_receipt()
    for _ in range(2):
        answer = browser.post(f"/receiving/{receipt.pk}/control/", typed(receipt))
    assert answer.headers["Location"] == f"/receiving/{receipt.pk}/"
    assert str(GoodsReceipt.objects.get()).endswith("00001")


def test_a_site_without_a_cold_room_says_so(browser: Client):
    receipt = make_receipt(make_receipt_line(family=make_family(temperature_class="FROZEN_M18")))
    assert "no location at this temperature" in browser.get(f"/receiving/{receipt.pk}/control/").text


def arrival(**overrides: str) -> dict[str, str]:
    """Return what is typed when a truck stands at the door."""
    return {
        "op_key": str(uuid4()),
        "donor": str(make_donor(supply_source="INDUSTRY").pk),
        "site": str(make_site().pk),
        "line_count": "1",
        "line-0-goods": f"product-{make_product(name='Rice').pk}",
        "line-0-expected_grams": "250",
        **overrides,
    }


def test_goods_at_the_door_lead_to_their_control(browser: Client):
    answer = browser.post("/receiving/new/", arrival())
    receipt = GoodsReceipt.objects.get()
    assert answer.headers["Location"] == f"/receiving/{receipt.pk}/control/"
    assert (receipt.supply_source, receipt.lines.get().expected_grams) == ("INDUSTRY", 250_000)


def test_the_same_arrival_sent_twice_is_one_receipt(browser: Client):
    sent = arrival()
    browser.post("/receiving/new/", sent)
    browser.post("/receiving/new/", sent)
    assert GoodsReceipt.objects.count() == 1


def test_an_arrival_gets_another_line_and_loses_nothing(browser: Client):
    answer = browser.post("/receiving/new/", arrival(add_line="1", comment="Dock 2"))
    assert 'name="line-1-goods"' in answer.text
    assert 'value="Dock 2"' in answer.text
    assert not GoodsReceipt.objects.exists()


def test_an_arrival_without_goods_is_said_at_its_field(browser: Client):
    answer = browser.post("/receiving/new/", arrival(**{"line-0-goods": ""}))
    assert answer.status_code == 422
    assert list(answer.context["lines"].forms[0].errors) == ["goods"]


def test_a_receipt_is_cancelled_with_a_reason(browser: Client):
    receipt = make_receipt()
    browser.post(f"/receiving/{receipt.pk}/cancel/", {"reason": "Truck turned back"})
    receipt.refresh_from_db()
    assert (receipt.status, receipt.comment) == (ReceiptStatus.CANCELLED, "Truck turned back")


def test_a_posted_receipt_has_a_note_to_print(browser: Client):
    receipt = make_receipt()
    assert browser.get(f"/receiving/{receipt.pk}/note/").status_code == 404
    receipt_post(TESTER, receipt=receipt, checks=[make_check(receipt.lines.get())])
    page = browser.get(f"/receiving/{receipt.pk}/note/").text
    assert f"Receipt note BR-{clock.today().year}-00001" in page
    assert receipt.donor.name in page


def test_tabs_and_search_are_in_the_address(browser: Client):
    waiting = make_receipt(make_receipt_line(label="Bananas"), donor=make_donor(name="Ferme du Lac"))
    posted = make_receipt(donor=make_donor(name="Usine du Nord"))
    receipt_post(TESTER, receipt=posted, checks=[make_check(posted.lines.get())])

    tab = browser.get("/receiving/?status=expected").text
    assert "Ferme du Lac" in tab
    assert "Usine du Nord" not in tab
    assert waiting.donor.name in browser.get("/receiving/?q=banan").text


def test_a_list_of_ten_asks_no_more_than_a_list_of_one(browser: Client):
    make_receipt()
    for_one = queries_of(browser, "/receiving/")
    for _ in range(9):
        make_receipt(make_receipt_line(), make_receipt_line())
    assert queries_of(browser, "/receiving/") == for_one


@pytest.mark.parametrize("page", ["", "control/"])
def test_a_receipt_of_ten_lines_asks_no_more_than_one_of_one(browser: Client, page: str):
    short, long = make_receipt(), make_receipt(*(make_receipt_line() for _ in range(10)))
    for_short = queries_of(browser, f"/receiving/{short.pk}/{page}")
    assert queries_of(browser, f"/receiving/{long.pk}/{page}") == for_short


def test_a_manager_changes_a_limit(bank: FoodBank, sign_in: SignIn):
    manager = sign_in(bank, Role.MANAGER)
    assert "Chilled, 0 to 4 °C" in manager.get("/receiving/limits/").text
    lax = manager.post("/receiving/limits/CHILLED_0_4/", {"max_c": "9", "tolerance_c": "2"})
    assert list(lax.context["form"].errors) == ["max_c"]
    manager.post("/receiving/limits/CHILLED_0_4/", {"max_c": "3,5", "tolerance_c": "1"})
    assert str(TemperatureLimit.objects.get().max_c) == "3.5"


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        (Role.VOLUNTEER, "", 200),
        (Role.VOLUNTEER, "new/", 200),
        (Role.ORDERS, "", 200),
        (Role.ORDERS, "new/", 403),
        (Role.STOCK, "limits/", 403),
        (Role.MANAGER, "limits/", 200),
        (Role.MANAGER, "limits/AMBIENT/", 404),
        (Role.DRIVER, "", 403),
    ],
)
def test_who_opens_which_page(bank: FoodBank, sign_in: SignIn, role: Role, page: str, status: int):
    assert sign_in(bank, role).get(f"/receiving/{page}").status_code == status


def test_a_use_by_date_over_is_refused_at_the_dock(browser: Client):
    receipt = chilled_receipt()
    yesterday = clock.today() - dt.timedelta(days=1)
    sent = typed(receipt, expires_on=str(yesterday), date_kind=DateKind.USE_BY)
    answer = browser.post(f"/receiving/{receipt.pk}/control/", sent)
    assert "the use-by date is over" in answer.text


def test_a_search_that_finds_several_lines_counts_each_weight_once(browser: Client):
    make_receipt(make_receipt_line(label="Green bananas"), make_receipt_line(label="Ripe bananas"))
    (row,) = browser.get("/receiving/?q=banan").context["rows"]
    assert row["record"].expected_grams == 200_000
