"""Silly input gets an answer, never an error of ours, and writes nothing half.

Every writing page of a lived-in bank is sent nothing, junk, and too much, inside a transaction that is
rolled back afterwards. The default run sends the two that find most, and lists everything silly at once; CI
sends each by itself.
"""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import client_for, visitor
from tests.web.routes import routes_of
from tests.web.sweeping import address_within

pytestmark = pytest.mark.xdist_group("living")

PAGES = [
    r for r in routes_of("collecto.urls_tenant") if r.door == "writes" and not r.pattern.startswith("api/")
]
PUBLIC = ["/give/", "/give/not-a-word/", "/offers/nothing/withdraw/"]
JUNK = "☃ <script>alert(1)</script> '\"; DROP TABLE x; -- " + "9" * 400
NAMES = [
    "name",
    "code",
    "ref",
    "email",
    "siret",
    "department",
    "postcode",
    "latitude",
    "longitude",
    "city",
    "kind",
    "weekday",
    "opens_at",
    "closes_at",
    "day",
    "site",
    "vehicle",
    "driver",
    "donor",
    "partner",
    "wanted_on",
    "grams",
    "kg",
    "weight",
    "reason",
    "location",
    "destination",
    "to",
    "counted_grams",
    "comment",
    "op_key",
    "capacity_grams",
    "unit_grams",
    "gtin",
    "expires_on",
    "pickup_from",
    "pickup_until",
    "starts_on",
    "ends_on",
    "cents_per_kg",
    "stops",
    "stop",
    "round",
    "max_c",
    "received_by",
    "chilled_temperature_c",
    "next",
    "lines-TOTAL_FORMS",
    "lines-INITIAL_FORMS",
    "lines-0-goods",
    "lines-0-kg",
    "lines-0-grams",
    "form-TOTAL_FORMS",
    "form-INITIAL_FORMS",
    "form-0-id",
]
SENDINGS: dict[str, Callable[[], dict[str, str]]] = {
    "nothing": dict,
    "junk": lambda: dict.fromkeys(NAMES, JUNK),
    "nul and minus": lambda: dict.fromkeys(NAMES, "-1\x00"),
    "huge numbers": lambda: dict.fromkeys(NAMES, "99999999999999999999"),
}
USUAL = ("nul and minus", "huge numbers")
EVERY_SENDING = [s if s in USUAL else pytest.param(s, marks=pytest.mark.slow) for s in SENDINGS]
SILLY = ("q=%00", "page=x", "page=-1", "sort=no-such", "day=31/31/2026", "since=x", "state=☃")
TOGETHER = "&".join(each for each in SILLY if not each.startswith("page="))


@pytest.fixture(scope="module")
def bank(living_network) -> FoodBank:
    with in_platform(Purpose.TEST):
        return FoodBank.objects.prefetch_related("domains").get(slug="bourgogne")


@pytest.fixture(scope="module")
def manager(bank) -> Client:
    with in_platform(Purpose.TEST):
        hat = Membership.objects.select_related("user").get(bank=bank, role=Role.MANAGER)
        return client_for(hat.user, bank)


@pytest.fixture(scope="module")
def addresses(bank) -> dict[str, str]:
    return {route.name: address_within(route, bank) for route in PAGES}


def answers_to(browser: Client, url: str, sending: dict[str, str]) -> int:
    """Send a form and undo whatever it did; an error of ours counts as 500."""
    browser.raise_request_exception = False
    with in_platform(Purpose.TEST), transaction.atomic():
        status = browser.post(url, sending).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("sending", EVERY_SENDING)
def test_no_form_of_a_bank_breaks(manager, addresses, sending):
    broken = [name for name, url in addresses.items() if answers_to(manager, url, SENDINGS[sending]()) >= 500]
    assert broken == []


@pytest.mark.parametrize("sending", SENDINGS)
def test_no_public_form_breaks(bank, sending):
    assert [url for url in PUBLIC if answers_to(visitor(), url, SENDINGS[sending]()) >= 500] == []


@pytest.mark.parametrize(
    "query", [TOGETHER, *(pytest.param(query, marks=pytest.mark.slow) for query in SILLY)]
)
def test_no_list_breaks_on_a_silly_address(manager, bank, query):
    lists = [
        r for r in routes_of("collecto.urls_tenant") if r.name.endswith(("_list", "_create", "drive_day"))
    ]
    manager.raise_request_exception = False
    pages = [f"/{route.pattern}?{query}" for route in lists if not route.names_something]
    assert [page for page in pages if manager.get(page).status_code >= 500] == []
