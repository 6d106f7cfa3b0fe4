"""How people come in: by an invitation, by a code, by a second factor; and how they leave."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from apps.kernel.abilities import Role
from tenants.accounts.models import Membership
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.browser.network import AT_HAND, Network
from tests.browser.steps import fr, main, press
from tests.tenants.accounts.ways import App, mailed_code

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

HOST = "bourgogne.localhost"


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    mail.outbox.clear()
    yield
    assert network.close_all() == []


def write_code(page: Page, code: str, button: str) -> None:
    page.locator("[name=code]").fill(code)
    press(page, button)


def somebody(role: Role, email: str) -> None:
    """Let somebody hold a role in the bank."""
    with in_platform(Purpose.TEST):
        bank = FoodBank.objects.get(slug="bourgogne")
        user = person_ensure(email=email, full_name="Maëlle Le Guennec")
        user.language = "fr"
        user.save(update_fields=["language"])
        membership_grant(user=user, bank=bank, role=role)


def sign_in(page: Page, email: str) -> None:
    page.goto("/donors/")
    page.locator("[name=email]").fill(email)
    press(page, "Send me a code")
    write_code(page, mailed_code(), "Sign in")


def sign_in_for_now(page: Page, email: str) -> None:
    """Sign in, and add no passkey today."""
    sign_in(page, email)
    press(page, "Not now")


@pytest.mark.parametrize("size", AT_HAND)
def test_somebody_invited_comes_in_with_a_code_and_stands_on_the_first_page(network, size):
    email = f"zoe-{size}@example.org"
    manager = network.enter(Role.MANAGER)
    manager.goto("/accounts/invitations/new/")
    manager.locator("[name=email]").fill(email)
    manager.locator("[name=full_name]").fill("Zoé Blanc")
    manager.locator("select[name=language]").select_option("fr")
    manager.get_by_role("checkbox", name=re.compile(fr("Volunteer"))).check()
    manager.locator("main button.primary").click()
    expect(main(manager)).to_contain_text(email)

    link = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert link
    page = network.visit(HOST, size=size)
    page.goto(urlsplit(link[0]).path)
    press(page, "Send me a code")
    write_code(page, mailed_code(), "Accept the invitation")
    expect(page).to_have_url(re.compile(rf"{HOST}:\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(fr("Today"))
    with in_platform(Purpose.TEST):
        assert Membership.objects.get(user__email=email).role == Role.VOLUNTEER


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_volunteer_signs_in_by_code_goes_where_she_wanted_changes_language_and_leaves(network, scripts):
    email = f"maelle-{scripts}@example.org"
    somebody(Role.VOLUNTEER, email)
    page = network.visit(HOST, size="phone", java_script_enabled=scripts)
    sign_in_for_now(page, email)
    expect(page).to_have_url(re.compile(r"/donors/$"))
    page.goto("/accounts/")
    page.goto("/accounts/logout/")
    press(page, "Sign out")
    expect(page).to_have_url(re.compile(r"/accounts/login/code/"))
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_code_is_told_and_the_right_one_still_lets_in(network):
    somebody(Role.VOLUNTEER, "karine@example.org")
    page = network.visit(HOST, size="phone")
    page.goto("/accounts/login/code/")
    page.locator("[name=email]").fill("karine@example.org")
    press(page, "Send me a code")
    write_code(page, "ZZZZ-ZZZZ", "Sign in")
    expect(page.locator("#error-summary")).to_be_visible()
    write_code(page, mailed_code(), "Sign in")
    press(page, "Not now")
    expect(page.get_by_role("heading", level=1)).to_have_text(fr("Today"))


@pytest.mark.parametrize("size", AT_HAND)
def test_a_manager_sets_an_app_up_and_signs_in_with_it_the_next_day(network, size):
    email = f"chef-{size}@example.org"
    somebody(Role.MANAGER, email)
    page = network.visit(HOST, size=size)
    sign_in(page, email)
    expect(page).to_have_url(re.compile(r"/accounts/second-factor/"))
    page.get_by_role("link", name=fr("Set up an app")).click()
    page.locator("code").first.wait_for()
    app = App(page.content())
    page.locator("[name=code]").fill(app.code())
    with page.expect_navigation():
        page.locator("main button.primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(fr("Recovery codes"))

    another = network.visit(HOST, size=size)
    sign_in(another, email)
    expect(another.get_by_role("heading", level=1)).to_have_text(fr("Confirm that it is you"))
    another.locator("[name=code]").fill(app.code(1))
    with another.expect_navigation():
        another.locator("main button.primary").click()
    expect(another).to_have_url(re.compile(r"/donors/$"))
