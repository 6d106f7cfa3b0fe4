"""The style guide renders every component, and every page stands on the same ground."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client

from collecto.styleguide import SAMPLES, STANDALONE
from tests.architecture.sources import ROOT
from tests.people import visitor
from tests.web.dom import parse

pytestmark = pytest.mark.django_db

SHEETS: Final = sorted((ROOT / "platform/collecto/static/collecto/css/components").glob("*.css"))
SET_BY_SCRIPTS: Final = {"toasts": "app.js floats the good news of a page in it; the browser tests see it"}
"""Classes that no answer of the server carries, and who sets them."""


def address_of(sample: str) -> str:
    return f"/_styleguide/{sample}/".replace("//", "/")


def classes_of(sheet: Path) -> set[str]:
    """Every class that a style sheet names."""
    rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", sheet.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\.([A-Za-z][\w-]*)", rules))


@pytest.fixture
def browser() -> Client:
    return visitor()


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in STANDALONE])
def test_every_sample_has_a_language_one_main_and_one_heading(browser: Client, name: str):
    html = browser.get(address_of(name)).content.decode()
    assert '<html lang="en">' in html
    assert len(re.findall(r"<main\b", html)) == 1
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(re.findall(r'id="status"[^>]* role="status"', html)) == 1
    assert 'class="skip-link" href="#main"' in html
    assert re.search(r"<title>\S[^<]+ · \S[^<]*</title>", html)


@pytest.fixture(scope="module")
def classes_shown(django_db_setup: None, django_db_blocker: Any) -> set[str]:
    """Every class that some sample carries."""
    with django_db_blocker.unblock():
        pages = [parse(visitor().get(address_of(name)).content.decode()) for name in SAMPLES]
    return {name for page in pages for each in page.walk() for name in each.get("class").split()}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_the_guide_shows_every_class_of_a_component(classes_shown: set[str], sheet: Path):
    assert classes_of(sheet) - classes_shown - SET_BY_SCRIPTS.keys() == set()


def test_every_exception_is_still_one(classes_shown: set[str]):
    """A class that a sample shows, or that no sheet styles any more, needs no reason."""
    styled = set().union(*map(classes_of, SHEETS))
    assert {name for name in SET_BY_SCRIPTS if name in classes_shown or name not in styled} == set()


@pytest.mark.parametrize("name", STANDALONE)
def test_a_page_for_bad_days_stands_alone(browser: Client, name: str):
    html = browser.get(address_of(name)).content.decode()
    assert len(re.findall(r"<h1\b", html)) == 1
    assert "<script" not in html
    assert 'href="/"' in html


def test_the_guide_is_not_served_in_production(browser: Client, settings):
    settings.DEMO = settings.DEBUG = False
    assert browser.get("/_styleguide/").status_code == 404


def test_an_unknown_sample_is_not_found(browser: Client):
    assert browser.get("/_styleguide/nothing/").status_code == 404


def test_headings_go_down_one_step_at_a_time(browser: Client):
    html = browser.get("/_styleguide/").content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", ["/accounts/login/code/"])
def test_signing_in_asks_for_one_thing_and_promises_no_password(browser: Client, path: str):
    html = browser.get(path).content.decode()
    assert '<html lang="en">' in html
    assert "password" not in html.replace("no password", "")
    assert len(re.findall(r"<h1\b", html)) == 1
