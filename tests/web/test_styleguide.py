"""The style guide renders every component, and every page stands on the same ground."""

import re
from itertools import pairwise

import pytest
from django.test import Client

from collecto.styleguide import SAMPLES
from tests.people import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return visitor()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_has_a_language_one_main_and_one_heading(browser: Client, name: str):
    html = browser.get(f"/_styleguide/{name}/".replace("//", "/")).content.decode()
    assert '<html lang="en">' in html
    assert len(re.findall(r"<main\b", html)) == 1
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(re.findall(r'role="status"', html)) == 1
    assert 'class="skip-link" href="#main"' in html
    assert re.search(r"<title>\S[^<]+ · \S[^<]*</title>", html)


def test_the_guide_shows_each_component(browser: Client):
    html = browser.get("/_styleguide/").content.decode()
    shown = set(re.findall(r'class="([\w-]+)', html))
    assert shown >= {
        "button",
        "chip",
        "figures",
        "queue",
        "message",
        "notice",
        "empty",
        "table",
        "history",
        "form",
        "stepper",
        "dialog",
        "disclosure",
        "skeleton",
        "stock-bar",
        "measure",
        "legend",
    }


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
