"""What a rule or a meeting of two writers refuses becomes a page that says what to do."""

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.kernel.abilities import Role
from apps.kernel.errors import Busy, Conflict, DomainError, Forbidden, refusal_in
from collecto.refusals import RefusalMiddleware, is_too_busy, status_of
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.people import visitor


def clash(kind: type[psycopg.Error]) -> OperationalError:
    error = OperationalError("clash")
    error.__cause__ = kind()
    return error


@pytest.mark.parametrize(
    "kind",
    [psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure],
)
def test_two_writers_who_meet_are_told_to_try_again(kind):
    assert isinstance(refusal_in(clash(kind)), Busy)


def test_an_error_of_ours_stays_one():
    assert refusal_in(clash(psycopg.errors.DiskFull)) is None
    assert refusal_in(LookupError()) is None


@pytest.mark.parametrize(
    ("error", "status"), [(Forbidden("x"), 403), (Conflict("x"), 409), (DomainError("x"), 422)]
)
def test_each_refusal_has_its_status(error, status):
    assert status_of(error) == status


def test_the_page_says_it_in_words(db):
    page = RefusalMiddleware(lambda request: HttpResponse()).process_exception(
        RequestFactory().post("/"), clash(psycopg.errors.LockNotAvailable)
    )
    assert page is not None
    assert page.status_code == 409
    assert "try again" in page.content.decode()


@pytest.fixture
def overloaded(twin_a, settings) -> Client:
    """A browser on a site whose pages wait longer than a statement may."""
    settings.ROOT_URLCONF = "tests.tenants.isolation.probes"
    needs_a_person = ("LoginRequiredMiddleware", "ActorMiddleware")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith(needs_a_person)]
    browser = visitor(twin_a)
    browser.raise_request_exception = False
    return browser


def test_a_server_that_is_too_busy_says_when_to_try_again(overloaded):
    answer = overloaded.get("/slow/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "The server is too busy" in answer.text


def test_the_api_of_a_server_that_is_too_busy_says_so_in_its_own_shape(overloaded):
    answer = overloaded.get("/api/slow/")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_busy")


@pytest.mark.parametrize(
    ("error", "is_busy"),
    [
        (OperationalError("couldn't get a connection after 10.00 sec"), True),
        (InterfaceError("the connection is closed"), True),
        (IntegrityError("a duplicate"), False),
        (LookupError("a mistake of ours"), False),
        (None, False),
    ],
)
def test_only_what_passes_by_itself_is_called_busy(error, is_busy):
    assert is_too_busy(error) is is_busy


def test_a_bank_that_is_closed_answers_with_the_same_care_as_one_that_is_open(twin_a):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status=BankStatus.SUSPENDED)
    answer = visitor(twin_a).get("/")
    assert answer.status_code == 503
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" in answer.headers


def test_a_host_with_a_dot_at_its_end_is_the_same_host(twin_a):
    assert Client(headers={"host": f"{twin_a.slug}.localhost."}).get("/").status_code == 302


def test_where_the_site_is_mounted_changes_nothing_of_who_may_see_what(twin_a, sign_in):
    browser = sign_in(twin_a, Role.MANAGER)
    for mounted in ("/accounts", "/api", "/enter"):
        assert browser.get("/network/transfers/", SCRIPT_NAME=mounted).status_code == 200
    stranger = visitor(twin_a)
    assert stranger.get("/stock/", SCRIPT_NAME="/accounts").status_code == 302
