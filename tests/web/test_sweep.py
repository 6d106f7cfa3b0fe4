"""Every page of a lived-in bank: it opens for whoever may, costs a known number of queries, leaks nothing.

The pinned numbers live in ``query_counts.json``; ``QUERY_COUNTS=write`` writes them anew, and the
difference is reviewed like code.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.abilities import Role
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.people import client_for, host_of
from tests.web.routes import address_of, routes_of

pytestmark = pytest.mark.xdist_group("living")

PINNED = Path(__file__).parent / "query_counts.json"
PUBLIC_PREFIXES = ("accounts/", "enter/", "_styleguide/", "api/", "reports/stop/")
PAGES = [r for r in routes_of("collecto.urls_tenant") if not r.pattern.startswith(PUBLIC_PREFIXES)]
STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)
OUTSIDE = (Role.DRIVER, Role.PARTNER)
USUAL = OUTSIDE
"""Of the others, CI opens every page; the manager's are opened by every other sweep."""
OTHERS = STAFF
NOT_THE_MANAGER_S = {
    "orders_mine": "a charity's own orders",
    "recalls_mine": "a charity's own recalled goods",
    "delivery_mine": "a charity's own delivery notes",
    "partners_own": "a charity's own file",
    "offers_offer_withdraw": "only the network takes back an offer that it brought",
    "network_transfer_accept": "the receiver answers",
    "network_transfer_decline": "the receiver answers",
    "network_transfer_receive": "the receiver weighs",
    "network_transfer_claim": "the receiver contests",
}
POSSIBLE = {200, 302, 403, 404, 405, 409, 422}
"""No page ever answers with an error of its own."""


@pytest.fixture(scope="module")
def bank(living_network) -> FoodBank:
    with in_platform(Purpose.TEST):
        return FoodBank.objects.prefetch_related("domains").get(slug="bourgogne")


@pytest.fixture(scope="module")
def browsers(bank) -> dict[Role, Client]:
    with in_platform(Purpose.TEST):
        held = Membership.objects.filter(bank=bank).select_related("user").order_by("created_at")
        return {Role(hat.role): client_for(hat.user, bank) for hat in held}


@pytest.fixture(scope="module")
def addresses(bank) -> dict[str, str]:
    with in_tenant(bank, Purpose.TEST):
        return {route.name: address_of(route) for route in PAGES}


@pytest.fixture(scope="module")
def opened(browsers, addresses) -> dict[str, tuple[int, int]]:
    """The manager opens every page twice: what the first answered, how many queries the second took."""
    seen, manager = {}, browsers[Role.MANAGER]
    for name, url in sorted(addresses.items()):
        answer = manager.get(url).status_code
        with CaptureQueriesContext(connection) as captured:
            manager.get(url)
        seen[name] = (answer, len(captured))
    return seen


def test_every_view_says_whether_it_reads_or_writes():
    silent = [r.name for r in PAGES if r.door not in {"reads", "writes"}]
    assert silent == []


@pytest.mark.parametrize("role", [*USUAL, *(pytest.param(role, marks=pytest.mark.slow) for role in OTHERS)])
def test_no_page_breaks_for_any_role(browsers, addresses, role):
    answers = {name: browsers[role].get(url).status_code for name, url in addresses.items()}
    assert {name: code for name, code in answers.items() if code not in POSSIBLE} == {}


def test_the_manager_opens_every_page_that_is_not_somebody_else_s_alone(opened):
    closed = {name for name, (code, _queries) in opened.items() if code in {403, 404}}
    assert {name for name in closed if not name.startswith(tuple(NOT_THE_MANAGER_S))} == set()


SIGNED = {"recalls_answer"}
"""Pages whose address is the key: a partner answers a recall from its letter."""


def test_a_stranger_gets_no_page_but_by_a_signed_link(addresses, bank):
    stranger = Client(headers={"host": host_of(bank)})
    answers = {name: stranger.get(url) for name, url in addresses.items() if name not in SIGNED}
    assert {
        name for name, a in answers.items() if not a.headers.get("Location", "").startswith("/accounts/")
    } == set()


def test_pages_cost_the_number_of_queries_that_was_reviewed(opened):
    counted = {name: queries for name, (_code, queries) in opened.items()}
    if os.environ.get("QUERY_COUNTS") == "write":
        PINNED.write_text(json.dumps(counted, indent=2) + "\n")
    assert counted == json.loads(PINNED.read_text())


def test_pages_do_not_open_on_another_bank_s_host(browsers, addresses):
    elsewhere = {"host": "jura.localhost"}
    answers = {name: browsers[Role.MANAGER].get(url, headers=elsewhere) for name, url in addresses.items()}
    opened = {name for name, a in answers.items() if a.status_code == 200}
    assert opened == set()
