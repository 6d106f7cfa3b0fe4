"""How the people of these tests sign in: by a code, with an app, with a passkey."""

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.passkeys import Passkey, options_in
from tests.people import host_of, visitor

ASK, CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"
SECOND_FACTOR = "/accounts/second-factor/"
APP, PASSKEY = f"{SECOND_FACTOR}app/", f"{SECOND_FACTOR}passkey/"
HUB, DEVICES, PASSKEYS = "/accounts/", "/accounts/devices/", "/accounts/passkeys/"


def person_with(*hats: tuple[FoodBank, Role], email: str = "monique@example.org") -> User:
    """Return somebody who holds roles in banks, and has signed in before."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email=email, full_name=email.partition("@")[0].capitalize())
        for bank, role in hats:
            membership_grant(user=user, bank=bank, role=role)
    return user


def mailed_code() -> str:
    """Return the code of the last letter that holds one."""
    for letter in reversed(mail.outbox):
        found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", str(letter.body), re.MULTILINE)
        if found:
            return found[1]
    raise AssertionError("no letter holds a code")


def by_code(person: User, bank: FoodBank | None, browser: Client | None = None, **sent: Any) -> Client:
    """Sign a person in with a code sent by e-mail, and return the browser."""
    browser = browser or visitor(bank)
    assert browser.post(ASK, {"email": person.email}, **sent).status_code == 302
    assert browser.post(CONFIRM, {"code": mailed_code()}, **sent).status_code == 302
    return browser


class App:
    """An authenticator app that scanned the picture of a page."""

    def __init__(self, page: str) -> None:
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert found
        self.secret = found[1].replace(" ", "")

    def code(self, steps: int = 0) -> str:
        """Return the code that it shows now, or so many times 30 seconds later."""
        return str(format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + steps)))


def app_added(browser: Client) -> App:
    """Set an app up in a browser that may."""
    app = App(browser.get(APP).text)
    answer = browser.post(APP, {"code": app.code()})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/codes/")
    return app


def passkey_added(browser: Client, bank: FoodBank | None = None, name: str = "My phone") -> Passkey:
    """Make a passkey in a browser that may."""
    passkey = Passkey(origin=f"https://{host_of(bank) if bank else 'localhost'}")
    options = options_in(browser.get(PASSKEY).text)
    answer = browser.post(PASSKEY, {"name": name, "credential": passkey.made(options)})
    assert answer.status_code == 302, answer.text
    return passkey


def recovery_codes(browser: Client) -> list[str]:
    """Return the codes that the page shows."""
    return re.findall(r"<code>(\d{8})</code>", browser.get("/accounts/codes/").text)


def is_in(browser: Client, path: str = "/") -> bool:
    """Tell whether a page of the site opens."""
    return browser.get(path).status_code == 200
