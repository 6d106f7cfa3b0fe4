"""Cookies belong to one host: none has a domain, and a copy opens nothing on another bank's site."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.making.partners import make_partner
from tests.people import prove, visitor

pytestmark = pytest.mark.pitfall(19)

CANARY = "Canary of bank A"
SIGN_IN = "/accounts/login/code/"
KINDS = ("SESSION", "CSRF", "LANGUAGE", "MESSAGE", "DEVICE")
ASKED = f"""
import json
from django.conf import settings
print(json.dumps({{f"{{kind}}_COOKIE_{{what}}": getattr(settings, f"{{kind}}_COOKIE_{{what}}", None)
    for kind in {KINDS!r} for what in ("NAME", "DOMAIN", "PATH", "SECURE")}}))
"""


@pytest.fixture
def person(twin_a: FoodBank, twin_b: FoodBank) -> User:
    """Somebody who manages both banks."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email="monique@example.org", full_name="Monique Roux")
        for bank in (twin_a, twin_b):
            membership_grant(user=user, bank=bank, role=Role.MANAGER)
    return user


@pytest.fixture
def signed_in(person: User, twin_a: FoodBank) -> Client:
    """Their browser, after they typed the code on the site of bank A."""
    browser = visitor(twin_a)
    browser.post(SIGN_IN, {"email": person.email})
    code = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", str(mail.outbox[0].body), re.MULTILINE)
    assert code
    browser.post("/accounts/login/code/confirm/", {"code": code[1]})
    with in_platform(Purpose.TEST):
        prove(browser)
    return browser


def elsewhere(browser: Client, host: str) -> Client:
    """Return a browser with a copy of every cookie, on another host."""
    thief = Client(headers={"host": host})
    thief.cookies.load(browser.cookies.output(header="", sep=";", attrs=[]))
    return thief


def test_production_s_cookies_are_bound_to_their_host():
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "collecto.settings.production",
        "SECRET_KEY": "x",
        "DATABASE_URL": "postgres://x@localhost/x",
        "CACHE_URL": "redis://localhost/1",
        "FILES_ROOT": "/files",
        "EMAIL_HOST": "mail.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    assert all(said[f"{kind}_COOKIE_NAME"].startswith("__Host-") for kind in KINDS)
    assert {said[f"{kind}_COOKIE_DOMAIN"] for kind in KINDS} == {None}
    assert {said[f"{kind}_COOKIE_PATH"] for kind in KINDS} <= {None, "/"}
    assert all(said[f"{kind}_COOKIE_SECURE"] for kind in KINDS if kind != "MESSAGE")


def test_no_cookie_that_we_set_has_a_domain(signed_in: Client, twin_a: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        partner = make_partner()
    signed_in.get("/partners/new/")
    signed_in.post("/accounts/language/", {"language": "en"})
    signed_in.post(f"/partners/{partner.pk}/archive/", {"reason": "No longer needed."})
    assert {"session", "csrftoken", "messages", "django_language", "device"} <= set(signed_in.cookies)
    for cookie in signed_in.cookies.values():
        assert (cookie["domain"], cookie["path"]) == ("", "/")


@pytest.mark.parametrize("host", ["twin-b.localhost", "federation.localhost", "localhost"])
def test_a_session_of_one_bank_names_nobody_on_another_host(signed_in, twin_a, federation, host: str):
    with in_tenant(twin_a, Purpose.TEST):
        partner = make_partner(name=CANARY)
    assert CANARY in signed_in.get("/partners/").text
    for path in ("/", "/partners/", f"/partners/{partner.pk}/", "/api/v1/orders/"):
        answer = elsewhere(signed_in, host).get(path)
        assert "Monique" not in answer.text
        assert CANARY not in answer.text
        assert answer.status_code in ({302, 401, 403, 404} | ({200} if host == "localhost" else set()))


def test_a_token_of_one_bank_is_unknown_in_another(person, twin_a, twin_b):
    with in_platform(Purpose.TEST):
        _token, secret = token_issue(user=person, bank=twin_a, label="test")
    answers = {
        bank.slug: Client(headers={"host": f"{bank.slug}.localhost", "authorization": f"Token {secret}"}).get(
            "/api/v1/orders/"
        )
        for bank in (twin_a, twin_b)
    }
    assert answers["twin-a"].status_code == 200
    assert answers["twin-b"].status_code == 401


def test_a_message_of_one_bank_is_not_shown_on_another_s_site(
    signed_in, person, twin_a, twin_b, sign_in: Callable[..., Client]
):
    with in_tenant(twin_a, Purpose.TEST):
        partner = make_partner(name=CANARY)
    signed_in.post(f"/partners/{partner.pk}/archive/", {"reason": "No longer needed."})
    copied = signed_in.cookies["messages"].value
    assert CANARY in signed_in.get("/partners/").text
    other = sign_in(twin_b, Role.MANAGER)
    other.cookies["messages"] = copied
    assert CANARY not in other.get("/").text
