"""Limits: never exceeded by callers at the same instant, each bank's own, and said in words."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import TooMany
from apps.kernel.scope import NoScope
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.isolation.throttle import Limit, address_of, count
from tenants.registry.models import FoodBank
from tests.people import visitor

CALLERS = 16
HOUR = Limit(name="test", most=5, seconds=3600)
SIGN_IN = "/accounts/login/code/"


def at_once(act: Callable[[], Any]) -> Counter[Any]:
    """Run the same act in sixteen threads at the same instant; count the answers."""
    start = Barrier(CALLERS)

    def run(_number: int) -> Any:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(CALLERS) as people:
        contexts = [copy_context() for _ in range(CALLERS)]
        return Counter(people.map(lambda context: context.run(run, 0), contexts))


@pytest.fixture(params=["one process", "shared"])
def either_cache(request: pytest.FixtureRequest) -> None:
    """Both caches that the product runs on."""
    if request.param == "shared":
        request.getfixturevalue("shared_cache")


@pytest.mark.usefixtures("either_cache")
class TestCounts:
    """What both caches do."""

    def test_sixteen_callers_at_once_never_exceed_the_limit(self, twin_a: FoodBank):
        with in_tenant(twin_a, Purpose.TEST):
            answers = at_once(lambda: HOUR.wait_after("somebody") == 0)
        assert answers == {True: HOUR.most, False: CALLERS - HOUR.most}

    def test_one_bank_s_calls_are_not_another_s(self, twin_a: FoodBank, twin_b: FoodBank):
        for bank in (twin_a, twin_b):
            with in_tenant(bank, Purpose.TEST):
                assert [bool(HOUR.wait_after("somebody")) for _ in range(6)] == [False] * 5 + [True]

    def test_one_person_s_calls_are_not_another_s(self, twin_a: FoodBank):
        with in_tenant(twin_a, Purpose.TEST):
            waits = [HOUR.wait_after(who) for who in ("one", "two") for _ in range(5)]
            assert waits == [0] * 10

    def test_the_wait_ends_with_the_window(self, twin_a: FoodBank):
        instant = clock.now().replace(minute=50, second=0, microsecond=0)
        with in_tenant(twin_a, Purpose.TEST):
            with clock.time_set_to(instant):
                assert [HOUR.wait_after("x") for _ in range(6)][-1] == 600
            with clock.time_set_to(instant.replace(minute=59)):
                assert HOUR.wait_after("x") == 60
            with clock.time_set_to(instant + (instant - instant.replace(minute=40))):
                assert HOUR.wait_after("x") == 0


def test_outside_every_scope_nothing_is_counted():
    with pytest.raises(NoScope):
        HOUR.wait_after("somebody")


def test_a_refusal_says_how_long_to_wait_in_both_languages(settings, twin_a: FoodBank):
    settings.LIMITS = {"x": (0, 3600)}
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(TooMany) as refused:
        count("x", "somebody")
    for language in ("en", "fr"):
        with translation.override(language):
            assert re.search(r"\d+\smin", str(refused.value))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "forged, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "not an address", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies: int, forwarded: str, seen: str):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert address_of(RequestFactory(headers=headers).get("/", REMOTE_ADDR="192.0.2.1")) == seen


# --- Sign-in -------------------------------------------------------------------------------------


def ask(bank: FoodBank, email: str, address: str = "192.0.2.1") -> Any:
    return visitor(bank).post(SIGN_IN, {"email": email}, REMOTE_ADDR=address)


def test_codes_for_one_person_are_asked_so_often_from_one_address(
    settings, twin_a: FoodBank, twin_b: FoodBank
):
    settings.LIMITS = {**settings.LIMITS, "sign-in-person": (3, 3600)}
    answers = [ask(twin_a, "Monique@example.org ").status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert ask(twin_a, "karim@example.org").status_code == 302
    assert ask(twin_b, "monique@example.org").status_code == 302


def test_somebody_else_s_requests_do_not_shut_a_person_out(settings, twin_a: FoodBank):
    settings.LIMITS = {**settings.LIMITS, "sign-in-person": (1, 3600)}
    assert [ask(twin_a, "monique@example.org", "203.0.113.9").status_code for _ in range(2)] == [302, 429]
    assert ask(twin_a, "monique@example.org").status_code == 302


def test_the_network_sends_one_person_so_many_mails_and_no_more(settings, twin_a: FoodBank, twin_b: FoodBank):
    settings.LIMITS = {**settings.LIMITS, "sign-in-mail": (2, 3600)}
    asked = [
        ask(bank, "monique@example.org", f"192.0.2.{n}").status_code
        for n, bank in enumerate((twin_a, twin_b, twin_a))
    ]
    assert asked == [302, 302, 429]


def test_an_office_behind_one_address_is_not_shut_out(twin_a: FoodBank):
    assert {ask(twin_a, f"person-{n}@example.org").status_code for n in range(40)} == {302}


def test_an_address_that_asks_without_end_waits(settings, twin_a: FoodBank):
    settings.LIMITS = {**settings.LIMITS, "sign-in-address": (3, 3600)}
    assert [ask(twin_a, f"p{n}@example.org").status_code for n in range(4)] == [302, 302, 302, 429]


def test_the_page_says_when_to_try_again(settings, twin_a: FoodBank):
    settings.LIMITS = {**settings.LIMITS, "sign-in-person": (0, 900)}
    answer = ask(twin_a, "monique@example.org")
    assert re.search(r"\d+ min", answer.text)
    assert 0 < int(answer["Retry-After"]) <= 900
    assert mail.outbox == []


def test_the_sign_in_library_counts_in_our_cache(settings, twin_a: FoodBank):
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "2/h/key"}
    codes = [ask(twin_a, "monique@example.org").status_code for _ in range(3)]
    assert codes == [302, 302, 200]


# --- The public form -----------------------------------------------------------------------------


def give(address: str = "192.0.2.1", **typed: str) -> int:
    url = reverse("network_offer_give", urlconf="collecto.urls_public")
    return int(visitor().post(url, typed, REMOTE_ADDR=address).status_code)


def test_an_address_that_offers_without_end_waits(settings, db):
    settings.LIMITS = {**settings.LIMITS, "give-address": (2, 3600)}
    assert [give() for _ in range(3)] == [422, 422, 429]
    assert give("192.0.2.2") == 422


# --- The API -------------------------------------------------------------------------------------


@pytest.fixture
def program(db: None) -> Callable[[FoodBank], Client]:
    """Return a program with a token of one manager, in a bank."""

    def calling(bank: FoodBank) -> Client:
        with in_platform(Purpose.TEST):
            user = person_ensure(email="monique@example.org")
            membership_grant(user=user, bank=bank, role=Role.MANAGER)
            _token, secret = token_issue(user=user, bank=bank, label="test")
        return Client(headers={"host": f"{bank.slug}.localhost", "authorization": f"Token {secret}"})

    return calling


def test_calls_of_one_person_are_limited_in_each_bank(settings, twin_a, twin_b, program):
    settings.LIMITS = {**settings.LIMITS, "api": (2, 3600)}
    first, second = program(twin_a), program(twin_a)
    assert [p.get("/api/v1/offers/").status_code for p in (first, second, first)] == [200, 200, 429]
    assert program(twin_b).get("/api/v1/offers/").status_code == 200


def test_the_api_says_when_to_call_again_in_its_own_shape(settings, twin_a, program):
    settings.LIMITS = {**settings.LIMITS, "api": (0, 3600)}
    answer = program(twin_a).get("/api/v1/offers/")
    assert answer.json()["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_an_address_that_tries_tokens_waits(settings, twin_a):
    settings.LIMITS = {**settings.LIMITS, "api-stranger": (2, 3600)}
    stranger = Client(headers={"host": "twin-a.localhost", "authorization": "Token guess"})
    assert [stranger.get("/api/v1/offers/").status_code for _ in range(3)] == [401, 401, 429]
