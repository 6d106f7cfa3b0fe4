"""Indicators through the API."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from apps.impact.states import DEFINITIONS
from apps.kernel import clock
from apps.kernel.abilities import Role
from tests.making.figures import count

URL = "/api/v1/indicators/"


@pytest.fixture
def client(program, twin_a):
    return program(twin_a, Role.ACCOUNTS)


def figures(client: Client, since: str = "2026-03-01", until: str = "2026-03-31") -> dict[str, Any]:
    body = client.get(f"{URL}?since={since}&until={until}").json()
    return {indicator["code"]: indicator for indicator in body["indicators"]}


def test_every_indicator_comes_with_its_definition(client):
    found = figures(client)
    assert list(found) == [definition.code for definition in DEFINITIONS]
    assert found["meals"]["unit"] == "meals"
    assert found["meals"]["version"] == 1
    assert "Hygiene" in found["meals"]["formula"]


def test_values_are_those_of_the_bank_and_of_the_period(client, twin_a, twin_b):
    count(twin_a, "in", 1_000_001, is_fresh=True)
    count(twin_a, "in", 3_000_003)
    count(twin_a, "in", 5, day=dt.date(2026, 2, 20))
    count(twin_b, "in", 9)
    found = figures(client)
    assert (found["received"]["value"], found["received"]["before"]) == (4_000_004, 5)
    assert found["fresh_share"]["value"] == 0.25
    assert found["loss_rate"]["value"] is None


def test_without_days_it_is_the_current_month(client):
    with clock.time_set_to(dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)):
        body = client.get(URL).json()
    assert (body["since"], body["until"]) == ("2026-05-01", "2026-05-31")
    assert (body["before_since"], body["before_until"]) == ("2026-04-01", "2026-04-20")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("since=2026-03-01", "half_period"),
        ("since=2026-03-02&until=2026-03-01", "invalid"),
        ("since=soon&until=2026-03-01", "invalid"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(client, query, code):
    response = client.get(f"{URL}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code)
