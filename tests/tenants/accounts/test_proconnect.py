"""Signing in through an issuer of identities, played by a process that speaks its protocol."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.peers.oidc import CLIENT, FAULTS, PERSON, SECRET, Peer, issuer
from tests.people import visitor
from tests.tenants.accounts.ways import ASK, SECOND_FACTOR, is_in, person_with

LOGIN, CALLBACK = "/accounts/proconnect/login/", "/accounts/proconnect/callback/"


class NoRedirect(HTTPRedirectHandler):
    """Shows where it would be led."""

    def http_error_302(self, req, fp, code, msg, headers):
        return fp


@pytest.fixture(scope="module")
def running() -> Iterator[Peer]:
    with issuer() as peer:
        yield peer


@pytest.fixture
def peer(running: Peer, settings) -> Peer:
    """The issuer, switched on, that recognises Monique."""
    settings.PROCONNECT_ISSUER = running.address
    settings.PROCONNECT_CLIENT_ID, settings.PROCONNECT_CLIENT_SECRET = CLIENT, SECRET
    running.say()
    return running


@pytest.fixture
def volunteer(twin_a: FoodBank) -> User:
    return person_with((twin_a, Role.VOLUNTEER))


def sent_back(browser: Client, path: str = LOGIN) -> str:
    """Go to the issuer and return the address it leads back to."""
    there = browser.get(path)
    assert there.status_code == 302
    with build_opener(NoRedirect).open(there["Location"]) as answer:
        back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def came_back(bank: FoodBank) -> tuple[Client, int]:
    """Go to the issuer and back, and return the browser with the answer's status."""
    browser = visitor(bank)
    return browser, browser.get(sent_back(browser)).status_code


def test_without_an_issuer_there_is_no_button_and_no_address(twin_a):
    assert "ProConnect" not in visitor(twin_a).get(ASK).text
    assert visitor(twin_a).get(LOGIN).status_code == 404
    assert visitor(twin_a).get(CALLBACK).status_code == 404


def test_an_invited_person_is_found_by_the_verified_address(peer, volunteer, twin_a):
    assert LOGIN in visitor(twin_a).get(ASK).text
    browser, status = came_back(twin_a)
    assert status == 302
    assert "Monique" in browser.get("/").text


def test_the_first_time_is_told_by_e_mail_and_kept_the_next_is_not(peer, volunteer, twin_a):
    came_back(twin_a)
    assert mail.outbox[-1].subject == "ProConnect may sign you in"
    came_back(twin_a)
    with in_platform(Purpose.TEST):
        assert SignInEvent.objects.filter(user=volunteer, act=SignInAct.IDENTITY_ADDED).count() == 1


def test_the_page_asked_for_comes_afterwards(peer, volunteer, twin_a):
    browser = visitor(twin_a)
    back = sent_back(browser, f"{LOGIN}?next=/donors/")
    assert browser.get(back)["Location"] == "/donors/"


def test_what_is_asked_holds_state_nonce_and_challenge(peer, twin_a):
    there = visitor(twin_a).get(f"{LOGIN}?auth_params=nonce%3Dmine&process=connect")
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://twin-a.localhost" + CALLBACK]
    assert len(asked["nonce"][0]) == 43
    assert asked["state"]


def test_nobody_is_made_by_coming_in(peer, twin_a):
    browser = visitor(twin_a)
    answer = browser.get(sent_back(browser))
    assert answer.status_code == 403
    assert "nobody was invited here" in answer.text
    assert not is_in(browser)
    with in_platform(Purpose.TEST):
        assert not User.objects.exists()


def test_an_address_that_was_not_checked_finds_nobody(peer, volunteer, twin_a):
    peer.say(person={**PERSON, "email_verified": False})
    browser = visitor(twin_a)
    answer = browser.get(sent_back(browser))
    assert answer.status_code == 403
    assert "did not say that your e-mail address was checked" in answer.text


def test_a_closed_account_stays_closed(peer, volunteer, twin_a):
    with in_platform(Purpose.TEST):
        User.objects.update(is_active=False)
    assert came_back(twin_a)[1] == 403


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_rightly_signed_for_us_now_is_not_believed(peer, volunteer, twin_a, fault: str):
    peer.say(fault=fault)
    browser, status = came_back(twin_a)
    assert status == 401
    assert not is_in(browser)


def test_an_answer_meant_for_another_browser_is_refused(peer, volunteer, twin_a):
    stolen = sent_back(visitor(twin_a))
    victim = visitor(twin_a)
    assert victim.get(stolen).status_code == 401
    assert not is_in(victim)


def test_an_answer_is_good_once(peer, volunteer, twin_a):
    browser = visitor(twin_a)
    back = sent_back(browser)
    browser.get(back)
    browser.post("/accounts/logout/")
    assert browser.get(back).status_code == 401


def test_whoever_stops_there_is_told_what_to_do(peer, twin_a):
    browser = visitor(twin_a)
    state = parse_qs(urlsplit(browser.get(LOGIN)["Location"]).query)["state"][0]
    answer = browser.get(f"{CALLBACK}?error=access_denied&state={state}", follow=True)
    assert "Sign in with a code" in answer.text


def test_a_manager_still_shows_a_second_factor_unless_the_issuer_asked_two(peer, volunteer, settings, twin_a):
    with in_platform(Purpose.TEST):
        membership_grant(user=volunteer, bank=twin_a, role=Role.MANAGER)
    browser, _status = came_back(twin_a)
    assert browser.get("/")["Location"].startswith(SECOND_FACTOR)
    settings.PROCONNECT_STRONG_ACR = ["eidas2"]
    assert not is_in(came_back(twin_a)[0])
    peer.say(acr="eidas2")
    assert is_in(came_back(twin_a)[0])


def test_signing_out_here_leaves_the_issuer_too(peer, volunteer, twin_a):
    browser, _status = came_back(twin_a)
    page = browser.post("/accounts/logout/").text
    address = page.partition("0;url=")[2].partition('"')[0].replace("&amp;", "&")
    assert address.startswith(f"{peer.address}/leave?id_token_hint=")
    asked = parse_qs(urlsplit(address).query)
    assert asked["post_logout_redirect_uri"] == ["http://twin-a.localhost" + reverse("account_login")]
    assert not is_in(browser)


def test_signing_out_after_a_code_knows_no_issuer(peer, volunteer, twin_a):
    browser, _status = came_back(twin_a)
    browser.post("/accounts/logout/")
    assert browser.post("/accounts/logout/").status_code == 302
