"""What the demonstration says when it is ready: where to go, whom to be, what to try."""

import re

import pytest
from rich.console import Console

from collecto.demo.closing import welcome
from tests.people import visitor

pytestmark = pytest.mark.xdist_group("living")


@pytest.fixture
def said(living_network: None) -> str:
    console = Console(record=True, width=200)
    welcome(console, 8000)
    return console.export_text()


def test_somebody_with_hats_in_two_banks_is_named(said):
    assert "Nadia Ferrand has roles in two banks" in said


def test_the_invitations_that_wait_are_one_click_away(said):
    assert "http://bourgogne.localhost:8000/accounts/invitations/" in said


def test_the_link_of_a_donor_opens_its_form(said):
    found = re.search(r"http://localhost:8000(/give/\S+)", said)
    assert found
    assert visitor().get(found[1]).status_code == 200
