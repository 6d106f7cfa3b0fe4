"""Every page of a bank as everybody who may open it: what one role sees otherwise is looked at too.

Two people whose pages are built of the same parts see the same page: it is looked at once.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page

from apps.kernel.abilities import Role
from tenants.accounts.hats import hat_narrow
from tenants.crossing import Purpose, in_platform
from tests.browser.audit import complaints_about
from tests.browser.network import SIZES, Network
from tests.browser.pages import MANAGER, PARTNER, Somebody, bank_routes
from tests.making.people import acting
from tests.making.twins import BANK_ROLES
from tests.web.dom import parse, shape
from tests.web.sweeping import STRANGER
from tests.web.visits import BANK, OF_A_SPEAKER, OWN, Visit, Visitors, hat_of, visits_of_bank

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("living")]


@pytest.fixture(scope="module")
def otherwise(network: Any, waiting: dict[str, Any], settings_without_limits: None) -> dict[str, list[Visit]]:
    """Visits of each page whose reader sees parts that whoever it is made for does not."""
    visitors, found = Visitors(), defaultdict(list)
    seen: set[tuple[str, str]] = set()
    first = {name: who.role for name, (who, _path) in bank_routes().items()}
    visits = list(visits_of_bank(waiting))
    for visit in sorted(visits, key=lambda visit: visit.role != first.get(visit.name)):
        answer = visitors.open(visit)
        assert answer.status_code == 200, visit
        page = parse(answer.content.decode())
        parts = {(visit.name, shape(page.by_id("main"))), ("", shape(page.all("header")[0]))}
        if visit.role != first.get(visit.name) and not parts <= seen:
            found[visit.name].append(visit)
        seen |= parts
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", bank_routes())
def test_a_page_has_nothing_to_be_said_against_it_whoever_reads(network, window_of, otherwise, name, size):
    said = []
    for visit in otherwise[name]:
        role = None if visit.role == STRANGER else Role(visit.role)
        page = window_of(Somebody(BANK, role), size)
        network.complaints[page].clear()
        page.goto(visit.path)
        said += [f"{visit.role}: {one}" for one in complaints_about(page) + network.complaints[page]]
    assert "\n".join(said) == ""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", [role for role in BANK_ROLES if role != MANAGER.role])
def test_one_s_own_account_has_nothing_to_be_said_against_it_whoever_one_is(network, window_of, role, size):
    said = looked_at(network, window_of(Somebody(BANK, role), size), OWN)
    assert "\n".join(said) == ""


@pytest.fixture(scope="module")
def speaker(network: Network) -> None:
    """The first person of a charity may invite its other people."""
    manager, hat = hat_of(BANK, Role.MANAGER.value), hat_of(BANK, Role.PARTNER.value)
    assert hat.partner_id is not None
    with in_platform(Purpose.TEST):
        hat_narrow(
            acting(manager.user, Role.MANAGER),
            place=manager.bank,
            hat_id=hat.pk,
            partner_id=hat.partner_id,
            may_invite=True,
        )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("speaker")
def test_who_invites_colleagues_of_a_charity_finds_nothing_to_be_said_against_the_pages(
    network, window_of, size
):
    said = looked_at(network, window_of(PARTNER, size), OF_A_SPEAKER)
    assert "\n".join(said) == ""


def looked_at(network: Network, page: Page, paths: Mapping[str, str]) -> list[str]:
    """Return what can be said against pages, each of which must open."""
    said = []
    for name, path in paths.items():
        network.complaints[page].clear()
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, name
        said += [f"{name}: {one}" for one in complaints_about(page) + network.complaints[page]]
    return said
