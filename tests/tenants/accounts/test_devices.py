"""My devices: every open session, in every bank, ended at its next request."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.hats import hat_end
from tenants.accounts.models import Membership, User
from tenants.accounts.signing_in.browsers import browser_in_words
from tenants.accounts.signing_in.models import OpenSession
from tenants.accounts.signing_in.sessions import SEEN_EVERY
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import actor_as, client_for, visitor
from tests.tenants.accounts.ways import DEVICES, HUB, by_code, is_in, person_with

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def person(twin_a: FoodBank, twin_b: FoodBank) -> User:
    """Somebody who helps in two banks."""
    return person_with((twin_a, Role.VOLUNTEER), (twin_b, Role.VOLUNTEER))


def session_in(bank: FoodBank) -> OpenSession:
    with in_platform(Purpose.TEST):
        return OpenSession.objects.get(bank=bank)


def test_the_page_lists_every_host_and_marks_this_one(person, twin_a, twin_b):
    here = by_code(person, twin_a, headers={"user-agent": FIREFOX})
    by_code(person, twin_b, headers={"user-agent": IPHONE})
    page = here.get(DEVICES).text
    assert page.index("Firefox, Windows") < page.index("This device") < page.index("Safari, iPhone")
    assert "Banque Twin A" in page
    assert "Banque Twin B" in page


def test_one_session_is_ended_in_another_bank_at_its_next_request(person, twin_a, twin_b):
    here, there = by_code(person, twin_a), by_code(person, twin_b)
    assert is_in(there)
    answer = here.post(f"{DEVICES}{session_in(twin_b).pk}/end/")
    assert answer["Location"] == DEVICES
    assert not is_in(there)
    assert is_in(here)


def test_all_others_are_ended_even_one_that_no_list_knows(person, twin_a, twin_b):
    here, listed = by_code(person, twin_a), by_code(person, twin_b)
    with in_platform(Purpose.TEST):
        unlisted = client_for(User.objects.get(pk=person.pk), twin_b)
    assert is_in(unlisted)
    here.post(f"{DEVICES}others/")
    assert [is_in(browser) for browser in (here, listed, unlisted)] == [True, False, False]
    assert "Other devices signed out" in here.get(HUB).text


def test_nobody_ends_somebody_else_s_session(person, twin_a, twin_b):
    there = by_code(person, twin_b)
    other = by_code(person_with((twin_a, Role.VOLUNTEER), email="karim@example.org"), twin_a)
    address = f"{DEVICES}{session_in(twin_b).pk}/end/"
    assert other.get(address).status_code == 404
    other.post(address)
    assert is_in(there)


def test_ending_the_present_one_signs_out(person, twin_a):
    here = by_code(person, twin_a)
    assert here.post(f"{DEVICES}{session_in(twin_a).pk}/end/")["Location"] == "/accounts/login/"
    assert not is_in(here)


def test_signing_out_takes_it_off_the_list(person, twin_a, twin_b):
    here, there = by_code(person, twin_a), by_code(person, twin_b)
    there.post("/accounts/logout/")
    assert "Banque Twin B" not in here.get(DEVICES).text.partition("<main")[2]


def test_ending_others_asks_for_a_confirmation_after_a_while(person, twin_a):
    here = by_code(person, twin_a)
    with clock.time_set_to(clock.now() + dt.timedelta(minutes=20)):
        answer = here.post(f"{DEVICES}others/")
    assert answer["Location"].startswith("/accounts/confirm/")


def test_no_request_writes_until_ten_minutes_have_gone(person, twin_a):
    here = by_code(person, twin_a)
    is_in(here)
    before = session_in(twin_a).seen_at
    with CaptureQueriesContext(connection) as said:
        is_in(here)
    assert [each["sql"] for each in said if "UPDATE" in each["sql"]] == []
    with clock.time_set_to(clock.now() + dt.timedelta(seconds=SEEN_EVERY + 1)):
        is_in(here)
    assert session_in(twin_a).seen_at > before


def test_a_person_whose_role_ended_is_out_at_the_next_request(person, twin_a):
    here = by_code(person, twin_a)
    with in_platform(Purpose.TEST):
        hat = Membership.objects.get(user=person, bank=twin_a)
        hat_end(actor_as(Role.MANAGER), place=twin_a, hat_id=hat.pk, reason="moved")
    assert here.get("/").status_code == 403


def test_a_person_who_was_closed_is_out_at_the_next_request(person, twin_a):
    here = by_code(person, twin_a)
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=person.pk).update(is_active=False)
    assert here.get("/")["Location"].startswith("/accounts/login/")


def test_a_device_that_is_new_is_told_by_e_mail_the_first_and_a_known_one_are_not(person, twin_a):
    first = by_code(person, twin_a)
    assert [letter.subject for letter in mail.outbox if "device" in letter.subject] == []
    first.post("/accounts/logout/")
    by_code(person, twin_a, first)
    assert [letter.subject for letter in mail.outbox if "device" in letter.subject] == []
    by_code(person, twin_a)
    assert mail.outbox[-1].subject == "New device signed in"
    assert mail.outbox[-1].to == [person.email]


def test_the_letter_is_in_the_person_s_language(person, twin_a):
    by_code(person, twin_a)
    with in_platform(Purpose.TEST):
        User.objects.update(language="fr")
    by_code(person, twin_a)
    assert mail.outbox[-1].body.startswith("Bonjour")


def test_a_device_cookie_of_one_host_is_unknown_on_another(person, twin_a, twin_b):
    first = by_code(person, twin_a)
    thief = visitor(twin_b)
    thief.cookies["device"] = first.cookies["device"].value
    by_code(person, twin_b, thief)
    assert mail.outbox[-1].subject == "New device signed in"


@pytest.mark.parametrize(
    ("called", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (IPHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge, Windows"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_called_by_names_that_people_know(called: str, words: str):
    assert browser_in_words(called) == words


def test_a_stranger_has_no_devices(twin_a):
    browser: Client = visitor(twin_a)
    assert browser.get(DEVICES)["Location"].startswith("/accounts/login/")
