"""Guessing is hopeless; an office behind one address works on, and a stranger shuts nobody out."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.passkeys import options_in
from tests.people import visitor
from tests.tenants.accounts.ways import (
    ASK,
    CONFIRM,
    SECOND_FACTOR,
    App,
    app_added,
    by_code,
    is_in,
    passkey_added,
    person_with,
    recovery_codes,
)

OFFICE = 40
GUESSES = 200


def address(number: int) -> str:
    return f"198.51.{number // 250}.{number % 250 + 1}"


def guesses(browser: Client, number: int, batch: int = 0) -> list[int]:
    """Send wrong codes, and return how each was answered."""
    wrong = [f"{batch * 100 + n:06}" for n in range(number)]
    return [browser.post(SECOND_FACTOR, {"code": code}).status_code for code in wrong]


@pytest.fixture
def manager(twin_a: FoodBank) -> User:
    return person_with((twin_a, Role.MANAGER))


@pytest.fixture
def own(manager: User, twin_a: FoodBank) -> tuple[Client, App]:
    """The browser that the manager signs in from, and their app."""
    browser = by_code(manager, twin_a)
    app = app_added(browser)
    browser.post("/accounts/logout/")
    return browser, app


def test_forty_people_of_one_office_sign_in_from_one_address(twin_a):
    people = [person_with((twin_a, Role.VOLUNTEER), email=f"p{n}@example.org") for n in range(OFFICE)]
    assert all(is_in(by_code(person, twin_a, REMOTE_ADDR="203.0.113.7")) for person in people)


def test_two_hundred_wrong_codes_from_many_addresses_open_nothing_and_shut_nobody_out(manager, own, twin_a):
    browser, app = own
    guesser = by_code(manager, twin_a)
    answers = [
        guesser.post(SECOND_FACTOR, {"code": f"{n:06}"}, REMOTE_ADDR=address(n)).status_code
        for n in range(GUESSES)
    ]
    assert answers.count(422) <= 10
    assert set(answers[10:]) == {429}
    assert guesser.post(SECOND_FACTOR, {"code": app.code(1)}).status_code == 429
    by_code(manager, twin_a, browser)
    assert browser.post(SECOND_FACTOR, {"code": app.code(1)}).status_code == 302
    assert is_in(browser)


def test_a_new_browser_every_ten_guesses_wins_none(manager, own, twin_a):
    browser, app = own
    answers = []
    for batch in range(4):
        guesser = by_code(manager, twin_a)
        answers += guesses(guesser, 10, batch)
    assert answers.count(422) <= 10
    assert set(answers[10:]) == {429}
    by_code(manager, twin_a, browser)
    assert browser.post(SECOND_FACTOR, {"code": app.code(1)}).status_code == 302


@pytest.mark.parametrize("where", ["public site", "another bank"])
def test_nor_where_the_person_comes_in_without_one(manager, twin_a, twin_b, where):
    passkey_added(by_code(manager, twin_a), twin_a)
    with in_platform(Purpose.TEST):
        membership_grant(user=manager, bank=twin_b, role=Role.VOLUNTEER)
    answers = []
    for batch in range(3):
        guesser = by_code(manager, None if where == "public site" else twin_b)
        answers += guesses(guesser, 10, batch)
    assert answers.count(422) <= 10


def test_a_browser_that_showed_one_guesses_forty_times_a_day(manager, own, twin_a):
    browser, _app = own
    by_code(manager, twin_a, browser)
    noon = clock.now().replace(hour=12, minute=0, second=5)
    answers = []
    for batch in range(6):
        with clock.time_set_to(noon + dt.timedelta(minutes=15 * batch)):
            answers += guesses(browser, 10, batch)
    assert answers.count(422) == 40
    assert set(answers[40:]) == {429}


@pytest.mark.parametrize("shown", ["app", "recovery code", "passkey"])
def test_a_browser_that_showed_any_factor_is_counted_by_itself(manager, twin_a, shown):
    browser = by_code(manager, twin_a)
    passkey = passkey_added(browser, twin_a)
    app = app_added(browser)
    codes = recovery_codes(browser)
    known = by_code(manager, twin_a)
    options = options_in(known.get(SECOND_FACTOR).text)
    sent = {
        "app": {"code": app.code(1)},
        "recovery code": {"code": codes[0]},
        "passkey": {"credential": passkey.used(options)},
    }
    assert known.post(SECOND_FACTOR, sent[shown]).status_code == 302
    known.post("/accounts/logout/")
    assert 429 in guesses(by_code(manager, twin_a), 12)
    by_code(manager, twin_a, known)
    assert known.post(SECOND_FACTOR, {"code": codes[1]}).status_code == 302


def test_a_refusal_says_when_to_try_again(manager, own, twin_a):
    guesser = by_code(manager, twin_a)
    for number in range(11):
        answer = guesser.post(SECOND_FACTOR, {"code": f"{number:06}"})
    assert "Try again in" in answer.text
    assert int(answer["Retry-After"]) > 0


def test_a_code_sent_by_e_mail_takes_three_guesses(manager, twin_a):
    browser = visitor(twin_a)
    browser.post(ASK, {"email": manager.email})
    for _guess in range(3):
        answer = browser.post(CONFIRM, {"code": "AAAA-AAAA"})
    assert answer.status_code == 302
    assert browser.get(CONFIRM)["Location"].startswith("/accounts/login/")


def test_a_stranger_who_asks_for_codes_shuts_nobody_out_of_their_own_browser(manager, own, twin_a):
    browser, _app = own
    asked = [
        visitor(twin_a).post(ASK, {"email": manager.email}, REMOTE_ADDR=address(n)).status_code
        for n in range(40)
    ]
    assert asked[-1] == 429
    sent = len(mail.outbox)
    assert browser.post(ASK, {"email": manager.email}).status_code == 302
    assert len(mail.outbox) == sent + 1


def test_somebody_may_ask_for_a_code_for_another_address(manager, twin_a):
    browser = visitor(twin_a)
    browser.post(ASK, {"email": "wrong@example.org"})
    assert browser.get(ASK).status_code == 200
    assert is_in(by_code(person_with((twin_a, Role.VOLUNTEER), email="karim@example.org"), twin_a, browser))
