"""What a rule or a meeting of two writers refuses becomes a page that says what to do."""

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from apps.kernel.errors import Busy, Conflict, DomainError, Forbidden, refusal_in
from collecto.refusals import RefusalMiddleware, status_of


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
