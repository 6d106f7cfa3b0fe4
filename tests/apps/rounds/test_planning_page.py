"""Planning a day with buttons and forms alone."""

from uuid import uuid4

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.rounds.models import Round, Stop
from apps.rounds.services import round_close
from apps.rounds.states import RoundStatus
from tenants.accounts.models import User
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.making.offers import TESTER, make_offer_line
from tests.making.pages import queries_of
from tests.making.rounds import make_round, make_stop
from tests.making.sites import make_site, make_vehicle
from tests.people import SignIn


@pytest.fixture
def browser(bank: FoodBank, sign_in: SignIn) -> Client:
    """A planner's browser."""
    return sign_in(bank, Role.ROUNDS)


def test_the_page_shows_what_waits_and_what_is_planned(browser: Client):
    make_stop(donor=make_donor(name="Épicerie du Port"))
    planned = make_round(
        make_stop(make_offer_line(grams=900_000)), vehicle=make_vehicle(capacity_grams=600_000)
    )

    page = browser.get("/rounds/").text

    assert "Épicerie du Port" in page
    assert planned.number in page
    assert "900\xa0kg of 600\xa0kg" in page
    assert "More than the vehicle may carry" in page


def test_a_round_is_opened_once(browser: Client):
    site = make_site()
    sent = {"op_key": str(uuid4()), "day": str(clock.today()), "site": str(site.pk), "driver_label": "Sam"}
    for _ in range(2):
        answer = browser.post("/rounds/new/", sent)
    assert answer.headers["Location"] == f"/rounds/?day={clock.today()}"
    assert Round.objects.get().driver_label == "Sam"


def test_a_driver_of_the_bank_is_chosen_by_name(bank: FoodBank, browser: Client, sign_in: SignIn):
    sign_in(bank, Role.DRIVER)
    with in_platform(Purpose.TEST):
        driver = User.objects.get(memberships__role=Role.DRIVER)
    sent = {"day": str(clock.today()), "site": str(make_site().pk), "driver": str(driver.pk)}

    browser.post("/rounds/new/", sent)

    made = Round.objects.get()
    assert (made.driver_id, made.driver_label) == (driver.pk, "driver person")


def test_people_of_other_banks_are_not_offered(browser: Client, twin_b: FoodBank, sign_in: SignIn):
    sign_in(twin_b, Role.DRIVER)
    assert "driver person" not in browser.get("/rounds/new/").text


def test_a_day_that_is_over_is_said_at_its_field(browser: Client):
    answer = browser.post("/rounds/new/", {"day": "2020-01-01", "site": str(make_site().pk)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["day"] == ["Plan the round for today or a later day."]


def test_ticked_stops_join_the_chosen_round(browser: Client):
    first, second, planned = make_stop(), make_stop(), make_round()
    sent = {"round": str(planned.pk), "stop": [str(first.pk), str(second.pk)]}
    answer = browser.post("/rounds/assign/", sent, follow=True)
    assert f"2 stops in {planned.number}" in answer.text
    assert set(planned.stops.all()) == {first, second}


@pytest.mark.parametrize("sent", [{}, {"round": "x", "stop": "y"}])
def test_ticking_nothing_is_said(browser: Client, sent: dict[str, str]):
    assert "Tick at least one stop" in browser.post("/rounds/assign/", sent, follow=True).text


def test_stops_move_by_buttons(browser: Client):
    first, second = make_stop(), make_stop()
    planned = make_round(first, second)

    browser.post(f"/rounds/stops/{second.pk}/move/", {"to": "up"})
    assert list(planned.stops.order_by("sequence")) == [second, first]
    browser.post(f"/rounds/stops/{second.pk}/move/", {"to": "out", "back": "round_detail"})
    assert list(planned.stops.all()) == [first]


def test_a_round_changes_its_driver(browser: Client):
    planned = make_round(make_stop())
    assert 'value="Sam"' in browser.get(f"/rounds/{planned.pk}/edit/").text
    sent = {"day": str(planned.day), "site": str(planned.site_id), "driver_label": "Alex"}
    browser.post(f"/rounds/{planned.pk}/edit/", sent)
    assert Round.objects.get().driver_label == "Alex"


def test_a_round_starts_and_closes_from_its_sheet(browser: Client):
    planned = make_round(make_stop())
    assert "Start" in browser.get(f"/rounds/{planned.pk}/").text
    browser.post(f"/rounds/{planned.pk}/start/")
    assert Round.objects.get().status == RoundStatus.ON_THE_ROAD
    browser.post(f"/rounds/{planned.pk}/close/")
    assert Round.objects.get().status == RoundStatus.CLOSED
    assert Stop.objects.get().round is None


def test_closing_says_first_what_becomes_of_the_stops_left(browser: Client):
    planned = make_round(make_stop(), make_stop(), started=True)
    assert "2 stops still wait" in browser.get(f"/rounds/{planned.pk}/close/").text
    assert Round.objects.get().status == RoundStatus.ON_THE_ROAD


def test_closing_twice_says_so(browser: Client):
    closed = round_close(TESTER, round=make_round(make_stop()))
    answer = browser.post(f"/rounds/{closed.pk}/close/")
    assert answer.status_code == 409
    assert "is now: Closed" in answer.text


def test_a_full_day_asks_no_more_than_an_empty_one(browser: Client):
    make_stop()
    make_round(make_stop())
    for_few = queries_of(browser, "/rounds/")
    for _ in range(4):
        make_stop(make_offer_line(), make_offer_line())
        make_round(make_stop(), make_stop())
    assert queries_of(browser, "/rounds/") == for_few


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        (Role.STOCK, "", 200),
        (Role.STOCK, "new/", 403),
        (Role.VOLUNTEER, "new/", 403),
        (Role.DRIVER, "", 403),
        (Role.DRIVER, "new/", 403),
        (Role.MANAGER, "new/", 200),
    ],
)
def test_who_opens_which_page(bank: FoodBank, sign_in: SignIn, role: Role, page: str, status: int):
    assert sign_in(bank, role).get(f"/rounds/{page}").status_code == status
