"""Whose rows the server serves is asked of the server, not of what we believe."""

from typing import Any

import pytest
from django.db import connection, connections

from collecto.scope_watch import ScopeMismatch, ScopeWatchMiddleware, check
from tenants.crossing import Purpose, in_platform, in_tenant
from tests.people import visitor

pytestmark = pytest.mark.usefixtures("db")


def switch(statement):
    """Change the server's session behind the connection's back, as a careless function could."""
    with connection.cursor() as cursor:
        cursor.connection.execute(statement)


def watched(view: Any) -> Any:
    return ScopeWatchMiddleware(view)


@pytest.fixture
def scope(twin_a):
    with in_tenant(twin_a, Purpose.TEST) as opened:
        connection.ensure_connection()
        yield opened
        vars(connections["default"])["_applied"] = None


def test_a_connection_in_its_scope_passes(scope):
    check(scope)


def test_a_scope_opened_and_left_inside_the_request_is_no_mismatch(scope):
    with in_platform(Purpose.TEST), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    check(scope)


@pytest.mark.parametrize("statement", ["SET ROLE NONE", "SET search_path TO public", "SET search_path TO x"])
def test_a_switch_behind_our_back_is_found(statement, scope, monkeypatch):
    monkeypatch.setattr(connections["default"], "close", lambda: None)  # it holds the test's transaction
    switch(statement)
    with pytest.raises(ScopeMismatch):
        check(scope)


def test_the_answer_made_in_another_scope_is_not_given(scope, monkeypatch, settings):
    monkeypatch.setattr(connections["default"], "close", lambda: None)  # it holds the test's transaction
    settings.SCOPE_CHECK_EVERY = 1
    middleware = watched(lambda request: switch("SET search_path TO public"))
    with pytest.raises(ScopeMismatch):
        middleware(None)


def test_one_request_in_so_many_is_checked(scope, monkeypatch, settings):
    settings.SCOPE_CHECK_EVERY = 3
    checked: list[Any] = []
    monkeypatch.setattr("collecto.scope_watch.check", checked.append)
    middleware = watched(lambda request: None)
    for _turn in range(9):
        middleware(None)
    assert len(checked) == 3


def test_a_connection_that_nobody_used_is_not_opened_for_it(scope, monkeypatch):
    asked: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr("collecto.scope_watch._said_by", asked.append)
        patched.setattr(connections["default"], "connection", None)
        check(scope)
    assert asked == []


def test_a_transaction_that_awaits_its_rollback_is_left_alone(scope):
    connection.cursor().connection.execute("SAVEPOINT before")
    with pytest.raises(Exception, match="nothing"):
        connection.cursor().connection.execute("SELECT nothing")
    check(scope)
    connection.connection.execute("ROLLBACK TO before")


def test_it_costs_no_counted_query(scope, django_assert_num_queries):
    with django_assert_num_queries(0):
        check(scope)


def test_every_page_of_the_suite_is_checked(twin_a, settings, monkeypatch):
    checked: list[Any] = []
    monkeypatch.setattr("collecto.scope_watch.check", checked.append)
    visitor(twin_a).get("/accounts/login/code/")
    assert settings.SCOPE_CHECK_EVERY == 1
    assert len(checked) == 1
