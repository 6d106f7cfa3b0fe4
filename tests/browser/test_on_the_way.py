"""The pages that nobody reaches by an address alone: on the way in, and about how one signs in."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.urls import resolve
from playwright.sync_api import Page

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.crossing import Purpose, in_platform
from tests.browser.audit import complaints_about
from tests.browser.inventory import WALKED
from tests.browser.network import AT_HAND, Network
from tests.browser.steps import follow, fr, go, press
from tests.browser.test_arriving import HOST, somebody, write_code
from tests.browser.test_passkeys import with_authenticator
from tests.tenants.accounts.ways import App, mailed_code

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("living")]


@pytest.fixture(autouse=True)
def no_letter_yet(settings_without_limits: None) -> None:
    """Letters of the stories before are not read again."""
    mail.outbox.clear()


class Walk:
    """Looks at each page on the way, and remembers what was said against it and which pages they were."""

    def __init__(self, network: Network, page: Page) -> None:
        self.network, self.page = network, page
        self.said: list[str] = []
        self.seen: set[str | None] = set()

    def look(self) -> None:
        """Look at the page as it stands."""
        page = self.page
        where = resolve(urlsplit(page.url).path, urlconf="collecto.urls_tenant").url_name
        self.seen.add(where)
        heard = self.network.complaints[page]
        self.said += [f"{where}: {one}" for one in complaints_about(page) + heard]
        heard.clear()

    def open(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(path)
        self.look()

    def press(self, label: str) -> None:
        """Press a button, and look at the page it leads to."""
        press(self.page, label)
        self.look()

    def follow(self, label: str) -> None:
        """Follow a link, and look at the page it leads to."""
        follow(self.page, fr(label))
        self.look()


@pytest.mark.parametrize("size", AT_HAND)
def test_the_pages_about_signing_in_have_nothing_to_be_said_against_them(
    network: Network, settings: Any, size: str
):
    email = f"en-chemin-{size}@example.org"
    somebody(Role.MANAGER, email)
    walk = Walk(network, network.visit(HOST, size=size))
    page = walk.page
    with_authenticator(page)
    walk.open("/donors/")
    page.locator("[name=email]").fill(email)
    walk.press("Send me a code")
    write_code(page, mailed_code(), "Sign in")
    walk.look()
    walk.follow("Set up an app")
    app = App(page.content())
    page.locator("[name=code]").fill(app.code())
    walk.press("Use this app")
    walk.open("/accounts/second-factor/passkey/")
    page.locator("[name=name]").fill("Téléphone")
    press(page, "Add this device")
    walk.open("/accounts/")
    walk.open("/accounts/passkeys/")
    for act in ("rename", "remove"):
        walk.open(_first(page, rf"/accounts/passkeys/\d+/{act}/"))
        page.goto("/accounts/passkeys/")
    walk.open("/accounts/second-factor/app/remove/")
    _linked(email)
    walk.open("/accounts/")
    walk.open("/accounts/proconnect/unlink/")
    walk.open("/accounts/devices/")
    walk.open(_first(page, r"/accounts/devices/[0-9a-f-]+/end/"))
    page.goto("/accounts/me/address/")
    page.locator("[name=email]").fill(f"ailleurs-{size}@example.org")
    walk.press("Send me a code")
    _sign_in_again(network, walk, email, size)
    settings.CONFIRMED_SECONDS = 0
    _confirm(network, walk, size)
    assert "\n".join(walk.said) == ""
    assert walk.seen >= WALKED


def _linked(email: str) -> None:
    """Let an identity of ProConnect open the account of a person."""
    with in_platform(Purpose.TEST):
        user = User.objects.get(email=email)
        SocialAccount.objects.create(user=user, provider="proconnect", uid=email)


def _sign_in_again(network: Network, walk: Walk, email: str, size: str) -> None:
    """Come in on another device, where the second factor is asked for."""
    walk.page = network.visit(HOST, size=size)
    walk.open("/accounts/login/code/")
    walk.page.locator("[name=email]").fill(email)
    walk.press("Send me a code")
    write_code(walk.page, mailed_code(), "Sign in")
    walk.look()
    walk.page.locator("[name=code]").fill("000000")
    walk.press("Confirm with this code")


def _confirm(network: Network, walk: Walk, size: str) -> None:
    """Do something grave as somebody who has no second factor."""
    helper = f"benevole-{size}@example.org"
    somebody(Role.VOLUNTEER, helper)
    walk.page = network.visit(HOST, size=size)
    walk.page.goto("/accounts/login/code/")
    walk.page.locator("[name=email]").fill(helper)
    press(walk.page, "Send me a code")
    write_code(walk.page, mailed_code(), "Sign in")
    press(walk.page, "Not now")
    walk.open("/accounts/confirm/?next=/accounts/")
    walk.press("Send me a code")


@pytest.mark.parametrize("size", AT_HAND)
def test_the_page_of_an_invitation_has_nothing_to_be_said_against_it(network: Network, size: str):
    manager = network.enter(Role.MANAGER)
    manager.goto("/accounts/invitations/new/")
    manager.locator("[name=email]").fill(f"invitee-{size}@example.org")
    manager.locator("[name=full_name]").fill("Zoé Blanc")
    manager.locator("select[name=language]").select_option("fr")
    manager.get_by_role("checkbox", name=re.compile(fr("Volunteer"))).check()
    go(manager, manager.locator("main button.primary"))
    link = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert link
    walk = Walk(network, network.visit(HOST, size=size))
    walk.open(urlsplit(link[0]).path)
    walk.press("Send me a code")
    walk.page.locator("[name=code]").fill("ZZZZ-ZZZZ")
    walk.press("Accept the invitation")
    assert "\n".join(walk.said) == ""
    assert walk.seen == {"account_join"}


def _first(page: Page, path: str) -> str:
    """Return the first address of the page that looks like a path."""
    found: list[Any] = page.locator("main a").evaluate_all("links => links.map((a) => a.pathname)")
    return str(next(one for one in found if re.fullmatch(path, one)))
