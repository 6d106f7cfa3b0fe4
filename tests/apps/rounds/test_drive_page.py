"""The driver's day on a telephone."""

import datetime as dt

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.rounds.models import Round, Stop
from apps.rounds.states import RoundStatus, StopStatus
from tenants.accounts.models import User
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.making.offers import make_offer_line
from tests.making.pages import queries_of
from tests.making.rounds import make_round, make_stop
from tests.people import SignIn


@pytest.fixture
def phone(bank: FoodBank, sign_in: SignIn) -> Client:
    """A driver's telephone."""
    return sign_in(bank, Role.DRIVER)


def driver() -> User:
    """The person whose telephone it is."""
    with in_platform(Purpose.TEST):
        return User.objects.get(memberships__role=Role.DRIVER)


def round_of_driver(*stops: Stop, started: bool = True) -> Round:
    return make_round(*stops, started=started, driver_id=driver().pk)


def path_of(stop: Stop) -> str:
    return f"/rounds/drive/stops/{stop.pk}/"


def weights(stop: Stop, collected: str, **more: str) -> dict[str, str]:
    """Return what the driver types about the first line of a stop."""
    prefix = f"line-{stop.lines.all()[0].pk}"
    return {f"{prefix}-{name}": value for name, value in {"collected_grams": collected, **more}.items()}


def test_the_only_round_of_the_day_opens_at_once(phone: Client):
    planned = round_of_driver(make_stop())
    make_round(make_stop())
    assert phone.get("/rounds/drive/").headers["Location"] == f"/rounds/drive/{planned.pk}/"


def test_no_round_is_said(phone: Client):
    assert "No round for you today" in phone.get("/rounds/drive/").text


def test_a_round_starts_then_shows_the_next_stop(phone: Client):
    stop = make_stop(donor=make_donor(name="Épicerie du Port", phone="0380000000"))
    planned = round_of_driver(stop, started=False)

    assert "Start the round" in phone.get(f"/rounds/drive/{planned.pk}/").text
    answer = phone.post(f"/rounds/{planned.pk}/start/", {"back": "drive_round"}, follow=True)

    assert "Next stop: Épicerie du Port" in answer.text
    assert "tel:0380000000" in answer.text


def test_confirming_a_stop_leads_to_the_next(phone: Client):
    first, second = make_stop(), make_stop()
    round_of_driver(first, second)

    answer = phone.post(path_of(first), weights(first, "82,5", temperature_c="-18,5"))

    assert answer.headers["Location"] == path_of(second)
    line = first.lines.get()
    assert (line.collected_grams, str(line.temperature_c)) == (82_500, "-18.5")


def test_the_last_stop_leads_back_to_the_round(phone: Client):
    stop = make_stop()
    planned = round_of_driver(stop)
    answer = phone.post(path_of(stop), weights(stop, "100"), follow=True)
    assert answer.redirect_chain[-1][0] == f"/rounds/drive/{planned.pk}/"
    assert "Close the round" in answer.text


def test_nothing_to_take_needs_one_reason(phone: Client):
    stop = make_stop()
    round_of_driver(stop)
    assert phone.post(f"{path_of(stop)}nothing/", {}).status_code == 422
    phone.post(f"{path_of(stop)}nothing/", {"reason": "closed"})
    assert Stop.objects.get().status == StopStatus.MISSED


def test_what_stays_there_needs_a_reason_at_its_line(phone: Client):
    stop = make_stop(make_offer_line(label="Milk"))
    round_of_driver(stop)
    answer = phone.post(path_of(stop), weights(stop, "10", refused_grams="5"))
    assert answer.status_code == 422
    assert "Milk: say why 5\xa0kg are left." in answer.text
    assert 'value="10"' in answer.text


def test_an_unlikely_weight_is_confirmed(phone: Client):
    stop = make_stop(make_offer_line(grams=10_000))
    round_of_driver(stop)
    assert "These weights are right" not in phone.get(path_of(stop)).text

    answer = phone.post(path_of(stop), weights(stop, "400"))
    assert "400\xa0kg for 10\xa0kg announced" in answer.text
    assert "These weights are right" in answer.text
    phone.post(path_of(stop), {**weights(stop, "400"), "confirmed": "on"})

    assert stop.lines.get().collected_grams == 400_000


def test_an_empty_form_points_to_nothing_to_take(phone: Client):
    stop = make_stop()
    round_of_driver(stop)
    assert "press “Nothing to take”" in phone.post(path_of(stop), {}).text


def test_confirming_twice_does_no_harm(phone: Client):
    stop = make_stop()
    planned = round_of_driver(stop)
    phone.post(path_of(stop), weights(stop, "90"))
    again = phone.post(path_of(stop), weights(stop, "10"))
    assert again.headers["Location"] == f"/rounds/drive/{planned.pk}/"
    assert stop.lines.get().collected_grams == 90_000


def test_the_round_of_somebody_else_stays_closed(phone: Client):
    other = make_stop()
    planned = make_round(other, started=True)
    for page in (f"/rounds/drive/{planned.pk}/", path_of(other), f"{path_of(other)}nothing/"):
        assert phone.get(page).status_code == 403
    assert phone.post(f"/rounds/{planned.pk}/close/").status_code == 403
    assert Round.objects.get().status == RoundStatus.ON_THE_ROAD


def test_a_stop_without_a_round_is_not_found(phone: Client):
    assert phone.get(path_of(make_stop())).status_code == 404


def test_a_long_round_asks_no_more_than_a_short_one(phone: Client):
    short = round_of_driver(make_stop())
    long = round_of_driver(*(make_stop(make_offer_line(), make_offer_line()) for _ in range(6)))
    for_short = queries_of(phone, f"/rounds/drive/{short.pk}/")
    assert queries_of(phone, f"/rounds/drive/{long.pk}/") == for_short


def test_a_volunteer_drives_any_round(bank: FoodBank, sign_in: SignIn):
    stop = make_stop()
    make_round(stop, started=True)
    sign_in(bank, Role.VOLUNTEER).post(path_of(stop), weights(stop, "50"))
    assert Stop.objects.get().status == StopStatus.COLLECTED


def test_the_driver_reads_what_the_donor_wrote(phone: Client):
    stop = make_stop(comment="Ring at the back door")
    round_of_driver(stop)
    assert "Ring at the back door" in phone.get(path_of(stop)).text


def test_a_round_of_another_day_waits_for_its_day(phone: Client):
    tomorrow = clock.today() + dt.timedelta(days=1)
    planned = make_round(make_stop(), started=False, driver_id=driver().pk, day=tomorrow)
    assert phone.post(f"/rounds/{planned.pk}/start/").status_code == 403
    with clock.time_set_to(clock.now() + dt.timedelta(days=1)):
        assert phone.post(f"/rounds/{planned.pk}/start/").status_code == 302
