"""*Who can do what* says what the pages answer, and every verb has a sentence."""

import csv
import io
from importlib import import_module
from typing import Any

import pytest

from apps.donors import abilities as donors
from apps.flow import FLOW
from apps.kernel.abilities import Role
from collecto.checks import every_verb_has_a_sentence
from tenants.accounts.rights import MODULES, OF_PLATFORM, groups, rights_of, verbs_without_sentence
from tenants.crossing import Purpose, in_tenant
from tests.people import SignIn
from tests.web.routes import routes_of
from tests.web.sweeping import SITES, expected_answers


@pytest.mark.parametrize("module", [*MODULES, *OF_PLATFORM])
def test_every_verb_has_a_sentence(module):
    assert verbs_without_sentence([module]) == []


@pytest.fixture
def forgetful(monkeypatch) -> str:
    """Return a module of abilities whose author forgot a sentence."""
    monkeypatch.delitem(donors.SENTENCES, "archive")
    return donors.__name__


def test_a_verb_without_a_sentence_is_refused_before_the_product_starts(forgetful):
    (refusal,) = every_verb_has_a_sentence(None)
    assert refusal.id == "collecto.E007"
    assert f"{forgetful}: archive" in refusal.msg


def test_a_verb_without_a_sentence_still_stands_on_the_page(forgetful, sign_in, bank):
    page = sign_in(bank, Role.MANAGER).get("/accounts/rights/")
    assert page.status_code == 200
    assert "archive" in page.text


def test_every_stage_is_on_the_page():
    assert {f"apps.{stage}.abilities" for stage in FLOW} <= set(MODULES)


def views_of_abilities():
    """Yield the pages of a bank that name the verb they ask for, without an object."""
    for route in routes_of(SITES["bank"]):
        view = getattr(_callback(route.name), "view_class", None)
        if view is not None and not route.names_something and isinstance(getattr(view, "verb", None), str):
            yield route.name, view


def _callback(name):
    return CALLBACKS[name]


def _callbacks(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _callbacks(pattern.url_patterns)
        else:
            yield pattern.name or str(pattern.pattern), pattern.callback


CALLBACKS = dict(_callbacks(import_module(SITES["bank"]).urlpatterns))


def test_what_the_page_says_is_what_the_pages_answer(bank):
    answers = expected_answers()
    said = {(group.abilities, right.verb): right.reach for group in groups() for right in rights_of(group)}
    checked, odd = 0, []
    for name, view in views_of_abilities():
        read = answers.get(("bank", name, "GET"))
        reach = said.get((view.abilities, view.verb))
        if read is None or reach is None:
            continue
        for role in (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER):
            checked += 1
            if bool(reach.get(role)) != (read[role.value] != 403):
                odd.append((name, view.verb, role.value, read[role.value]))
    assert odd == []
    assert checked > 100


def test_what_is_narrowed_is_said_to_be(bank):
    reach: dict[tuple[str, str], Any] = {
        (group.name, right.verb): right.reach for group in groups() for right in rights_of(group)
    }
    assert [str(label) for label in reach["orders", "place"][Role.PARTNER]] == ["own charity"]
    assert [str(label) for label in reach["rounds", "collect"][Role.DRIVER]] == ["own round of the day"]
    assert [str(label) for label in reach["sites", "edit"][Role.ROUNDS]] == ["vehicles"]
    assert reach["orders", "place"][Role.ORDERS] is True
    assert Role.PARTNER not in reach["orders", "view_all"]


def test_a_manager_reads_it_prints_it_and_takes_it_along(sign_in: SignIn, twin_a):
    browser = sign_in(twin_a, Role.MANAGER)
    page = browser.get("/accounts/rights/").content.decode()
    assert "Place an order" in page
    assert "Own charity" in page
    sheet = browser.get("/accounts/rights/?format=csv")
    lines = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][:3] == ["Stage", "Allowed to", "Manager"]
    assert len(lines) > 60


@pytest.mark.parametrize("role", [Role.STOCK, Role.PARTNER, Role.VOLUNTEER])
def test_nobody_else_reads_it(sign_in: SignIn, twin_a, role):
    partner = None
    if role is Role.PARTNER:
        with in_tenant(twin_a, Purpose.TEST):
            partner = import_module("tests.making.partners").make_partner().pk
    assert sign_in(twin_a, role, partner_id=partner).get("/accounts/rights/").status_code == 403
