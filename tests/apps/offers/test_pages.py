"""The pages of the offers, from the telephone call to the answer, without JavaScript."""

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import offer_decline
from apps.offers.states import DeclineReason, OfferStatus
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.donors import make_donor
from tests.making.offers import TESTER, make_offer, make_offer_line
from tests.making.pages import queries_of
from tests.people import SignIn


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """A manager's browser."""
    return sign_in(bank, Role.MANAGER)


def call(**overrides: str) -> dict[str, str]:
    """Return what is typed while a donor is on the telephone."""
    tomorrow = clock.today() + dt.timedelta(days=1)
    donor = make_donor()
    return {
        "op_key": str(uuid4()),
        "donor": str(donor.pk),
        "kind": "gift",
        "pickup_from": f"{tomorrow}T08:00",
        "pickup_until": f"{tomorrow}T11:30",
        "line_count": "1",
        "line-0-goods": f"family-{make_family(name='Bread').pk}",
        "line-0-grams": "42,5",
        **overrides,
    }


def test_an_offer_is_recorded_by_telephone(browser: Client):
    answer = browser.post("/offers/new/", call(), follow=True)

    offer = Offer.objects.get()
    line = offer.lines.get()
    assert answer.redirect_chain[-1][0] == f"/offers/{offer.pk}/"
    assert (line.label, line.offered_grams, offer.city) == ("Bread", 42_500, "Dijon")
    assert f"{offer.number} is recorded" in answer.text


def test_the_same_page_sent_twice_records_one_offer(browser: Client):
    sent = call()
    browser.post("/offers/new/", sent)
    browser.post("/offers/new/", sent)
    assert Offer.objects.count() == 1


def test_a_line_is_added_without_losing_what_is_typed(browser: Client):
    answer = browser.post("/offers/new/", call(add_line="1", comment="Ring twice"))
    assert answer.status_code == 200
    assert 'name="line-1-goods"' in answer.text
    assert 'value="42,5"' in answer.text
    assert "Ring twice" in answer.text
    assert not Offer.objects.exists()


def test_blank_lines_are_left_out(browser: Client):
    product = make_product(name="Rice")
    second = {"line_count": "3", "line-1-goods": f"product-{product.pk}", "line-1-grams": "10"}
    browser.post("/offers/new/", call(**second))
    assert [line.label for line in Offer.objects.get().lines.all()] == ["Bread", "Rice"]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browser: Client):
    answer = browser.post("/offers/new/", call(**{"line-0-grams": "much", "comment": "Ring twice"}))
    assert answer.status_code == 422
    assert "Write a weight in kg" in answer.text
    assert 'value="much"' in answer.text
    assert "Ring twice" in answer.text


def test_a_window_reversed_is_said_at_its_field(browser: Client):
    answer = browser.post("/offers/new/", call(pickup_until=f"{clock.today()}T07:00"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["pickup_until"] == ["The pick-up ends before it begins."]


def test_another_place_needs_its_department(browser: Client):
    answer = browser.post("/offers/new/", call(city="Beaune"))
    assert list(answer.context["form"].errors) == ["department"]
    browser.post("/offers/new/", call(city="Beaune", department="21"))
    assert Offer.objects.get().city == "Beaune"


def test_accept_all_takes_one_press(browser: Client):
    offer = make_offer()
    assert "Accept all" in browser.get(f"/offers/{offer.pk}/").text

    answer = browser.post(f"/offers/{offer.pk}/accept-all/", follow=True)

    assert "waits in the planning of rounds" in answer.text
    assert "Accept all" not in answer.text
    assert Offer.objects.get().status == OfferStatus.ACCEPTED


def test_a_part_is_accepted_line_by_line(browser: Client):
    offer = make_offer(make_offer_line(grams=10_000, label="Rice"))
    field = f"line-{offer.lines.get().pk}"

    refused = browser.post(f"/offers/{offer.pk}/accept/", {field: "12.5"})
    assert refused.status_code == 422
    assert refused.context["form"].errors[field] == ["Rice: 12.5\xa0kg accepted, only 10\xa0kg offered."]
    browser.post(f"/offers/{offer.pk}/accept/", {field: "4"})

    assert offer.lines.get().accepted_grams == 4_000
    assert Offer.objects.get().status == OfferStatus.PARTLY_ACCEPTED


def test_an_offer_is_declined_with_a_reason(browser: Client):
    offer = make_offer()
    silent = browser.post(f"/offers/{offer.pk}/decline/", {})
    assert list(silent.context["form"].errors) == ["reason"]
    assert "No answer in time" not in silent.text
    browser.post(f"/offers/{offer.pk}/decline/", {"reason": "no_room"})
    assert Offer.objects.get().decline_reason == DeclineReason.NO_ROOM


def test_an_offer_is_withdrawn(browser: Client):
    offer = make_offer()
    browser.post(f"/offers/{offer.pk}/withdraw/", {"comment": "Sold after all"})
    assert Offer.objects.get().status == OfferStatus.WITHDRAWN


def test_somebody_who_came_second_is_told_so(browser: Client):
    offer = make_offer()
    offer_decline(TESTER, offer=offer, reason=DeclineReason.NO_NEED)
    answer = browser.post(f"/offers/{offer.pk}/accept-all/")
    assert answer.status_code == 409
    assert "no longer waits for an answer: Declined" in answer.text


def test_tabs_and_search_are_in_the_address(browser: Client):
    open_one = make_offer(make_offer_line(label="Bananas"))
    declined = offer_decline(TESTER, offer=make_offer(), reason="no_room")

    tab = browser.get("/offers/?status=declined").text
    assert declined.number in tab
    assert open_one.number not in tab
    assert open_one.number in browser.get("/offers/?q=banan").text


@pytest.mark.parametrize("page", ["/offers/", "/offers/?status=proposed&sort=answer_by"])
def test_a_list_of_ten_asks_no_more_than_a_list_of_one(browser: Client, page: str):
    make_offer()
    for_one = queries_of(browser, page)
    for _ in range(9):
        make_offer(make_offer_line(), make_offer_line())
    assert queries_of(browser, page) == for_one


def test_a_sheet_of_ten_lines_asks_no_more_than_one_of_one(browser: Client):
    short, long = make_offer(), make_offer(*(make_offer_line() for _ in range(10)))
    assert queries_of(browser, f"/offers/{long.pk}/") == queries_of(browser, f"/offers/{short.pk}/")


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        (Role.VOLUNTEER, "", 200),
        (Role.VOLUNTEER, "new/", 403),
        (Role.ORDERS, "new/", 403),
        (Role.ROUNDS, "new/", 200),
        (Role.STOCK, "new/", 200),
        (Role.DRIVER, "", 403),
    ],
)
def test_who_opens_which_page(bank: FoodBank, sign_in: SignIn, role: Role, page: str, status: int):
    assert sign_in(bank, role).get(f"/offers/{page}").status_code == status


def test_a_volunteer_sees_an_offer_without_its_buttons(bank: FoodBank, sign_in: SignIn):
    page = sign_in(bank, Role.VOLUNTEER).get(f"/offers/{make_offer().pk}/").text
    assert "accept-all/" not in page
    assert "decline/" not in page


def test_an_offer_of_another_bank_is_not_found(browser: Client, twin_b: FoodBank):
    with in_tenant(twin_b, Purpose.TEST):
        foreign = make_offer()
    assert browser.get(f"/offers/{foreign.pk}/").status_code == 404


def test_a_search_that_finds_several_lines_counts_each_weight_once(browser: Client):
    make_offer(
        make_offer_line(grams=30_000, label="Green bananas"),
        make_offer_line(grams=20_000, label="Ripe bananas"),
    )
    (row,) = browser.get("/offers/?q=banan").context["rows"]
    assert row["record"].offered_grams == 50_000
