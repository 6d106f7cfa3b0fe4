"""A passkey in a real browser: made on one bank's site, good for signing in there, unknown next door."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.kernel.abilities import Role
from tenants.accounts.models import Membership
from tenants.accounts.services import membership_grant
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.browser.network import Network
from tests.browser.steps import follow, fr, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

HERE, NEXT_DOOR = "bourgogne", "nevers"


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


def with_authenticator(page: Page) -> Any:
    """Give the window an authenticator like a phone's own, which recognises its person."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_a_passkey_is_made_lets_in_and_is_refused_next_door(network):
    with in_platform(Purpose.TEST):
        person = Membership.objects.filter(bank__slug=HERE, role=Role.MANAGER).earliest("created_at").user
        membership_grant(user=person, bank=FoodBank.objects.get(slug=NEXT_DOOR), role=Role.VOLUNTEER)
    page = network.enter(Role.MANAGER, size="phone")
    with_authenticator(page)
    page.goto("/accounts/")
    follow(page, fr("Add this device"))
    page.locator("[name=name]").fill("Téléphone de Claire")
    press(page, "Add this device")
    expect(page.get_by_role("heading", level=1)).to_have_text(fr("Recovery codes"))
    page.goto("/accounts/passkeys/")
    expect(page.get_by_role("main")).to_contain_text("Téléphone de Claire")

    page.goto("/accounts/logout/")
    press(page, "Sign out")
    page.goto("/accounts/login/code/")
    press(page, "Sign in with a passkey")
    page.goto("/donors/")
    expect(page).to_have_url(re.compile(rf"//{HERE}\.localhost:\d+/donors/$"))

    page.goto(page.url.replace(f"//{HERE}.", f"//{NEXT_DOOR}.").replace("/donors/", "/accounts/login/code/"))
    page.get_by_role("button", name=fr("Sign in with a passkey")).click()
    failed = page.locator("[data-passkey-failed]")
    expect(failed).to_be_visible()
    said = fr("No passkey of this device was used. Ask for a code; then add this device.")
    expect(failed).to_contain_text(said)
