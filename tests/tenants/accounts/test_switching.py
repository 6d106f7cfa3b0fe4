"""From one bank to another without signing in twice: by whom, in which browser, and how it fails."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.hats import hat_end
from tenants.accounts.models import Membership, SwitchTicket, User
from tenants.accounts.signing_in.marks import PROVEN
from tenants.accounts.signing_in.models import OpenSession
from tenants.accounts.signing_in.sessions import session_end, sessions_end_all
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import Domain, FoodBank
from tests.making.people import acting, hat_of, make_person, signed_in
from tests.people import host_of, let_in


@pytest.fixture
def both(twin_a, twin_b) -> User:
    """Somebody who manages one bank and works in the other."""
    user = make_person("both@example.org", twin_a, Role.MANAGER)
    return make_person("both@example.org", twin_b, Role.STOCK) and user


class Browser:
    """One browser on several hosts: each host gets its own cookies only."""

    def __init__(self) -> None:
        self.hosts: dict[str, Client] = {}

    def at(self, host: str) -> Client:
        return self.hosts.setdefault(host, Client(headers={"host": host}))

    def open(self, url: str):
        parts = urlsplit(url)
        return self.at(parts.netloc).get(f"{parts.path}?{parts.query}")


@pytest.fixture
def browser(both, twin_a) -> Browser:
    browser = Browser()
    browser.hosts[host_of(twin_a)] = signed_in(both, twin_a)
    return browser


def asked(browser: Browser, source: FoodBank, target: FoodBank) -> str:
    """Press the button of the menu; return the address that the page leads to."""
    page = browser.at(host_of(source)).post("/accounts/switch/", {"to": str(target.pk)})
    return str(page.headers["Refresh"].partition("url=")[2])


def walked(browser: Browser, url: str):
    """Follow the way to its end, from host to host; return the last answer."""
    answer = browser.open(url)
    while answer.status_code in {302, 303} and answer.headers["Location"].startswith("http"):
        answer = browser.open(answer.headers["Location"])
    return answer


def is_in(browser: Browser, bank: FoodBank) -> bool:
    return browser.at(host_of(bank)).get("/stock/").status_code == 200


def test_the_way_leads_in_without_signing_in_twice(browser, twin_a, twin_b):
    assert not is_in(browser, twin_b)
    answer = walked(browser, asked(browser, twin_a, twin_b))
    assert answer.headers["Location"] == "/"
    assert is_in(browser, twin_b)
    assert is_in(browser, twin_a)


def test_the_menu_offers_the_way_as_a_plain_form(browser, twin_a, twin_b):
    page = browser.at(host_of(twin_a)).get("/stock/").content.decode()
    assert 'action="/accounts/switch/"' in page
    assert f'value="{twin_b.pk}"' in page


def test_somebody_with_two_roles_there_sees_the_place_once(browser, both, twin_a, twin_b):
    make_person("both@example.org", twin_b, Role.VOLUNTEER)
    page = browser.at(host_of(twin_a)).get("/stock/").content.decode()
    assert page.count(f'value="{twin_b.pk}"') == 1
    assert "Warehouse, Volunteer" in page


def test_the_menu_leads_to_a_bank_s_own_domain_by_its_sign_in(browser, twin_a, twin_b):
    with in_platform(Purpose.TEST):
        Domain.objects.filter(tenant=twin_b).update(domain="banque.example.org")
    page = browser.at(host_of(twin_a)).get("/stock/").content.decode()
    assert f'value="{twin_b.pk}"' not in page
    assert 'href="//banque.example.org' in page
    assert "sign in there" in page


def test_on_a_bank_s_own_domain_no_button_of_the_menu_ends_in_a_refusal(both, settings, twin_a, twin_b):
    settings.ALLOWED_HOSTS = ["banque.example.org"]
    with in_platform(Purpose.TEST):
        Domain.objects.filter(tenant=twin_a).update(domain="banque.example.org")
        browser = Client(headers={"host": "banque.example.org"})
        let_in(browser, both, twin_a)
    page = browser.get("/stock/").content.decode()
    assert 'action="/accounts/switch/"' not in page
    assert f'href="//{host_of(twin_b)}' in page


def test_what_was_proved_goes_along_with_its_hour(browser, twin_a, twin_b):
    walked(browser, asked(browser, twin_a, twin_b))
    with in_platform(Purpose.TEST):
        here, there = (browser.at(host_of(bank)).session for bank in (twin_a, twin_b))
        assert there[PROVEN] == here[PROVEN]


def test_a_session_without_a_second_factor_gives_none(both, twin_a, twin_b):
    browser = Browser()
    browser.hosts[host_of(twin_b)] = signed_in(both, twin_b)
    with in_platform(Purpose.TEST):
        session = browser.at(host_of(twin_b)).session
        session.pop(PROVEN)
        session.save()
    walked(browser, asked(browser, twin_b, twin_a))
    answer = browser.at(host_of(twin_a)).get("/stock/")
    assert answer.headers["Location"].startswith("/accounts/second-factor/")


def test_a_way_is_walked_once(browser, twin_a, twin_b):
    url = asked(browser, twin_a, twin_b)
    back = browser.open(url).headers["Location"]
    onward = browser.open(back).headers["Location"]
    assert browser.open(onward).status_code == 302
    browser.at(host_of(twin_b)).cookies.pop("session")
    assert browser.open(onward).status_code == 422
    assert walked(browser, url).status_code == 422
    assert not is_in(browser, twin_b)


def test_a_way_is_closed_after_thirty_seconds(browser, twin_a, twin_b):
    url = asked(browser, twin_a, twin_b)
    with clock.time_set_to(clock.now() + dt.timedelta(seconds=31)):
        assert walked(browser, url).status_code == 422


def test_a_copied_address_leads_nobody_in_elsewhere(browser, twin_a, twin_b):
    url = asked(browser, twin_a, twin_b)
    back = browser.open(url).headers["Location"]
    onward = browser.open(back).headers["Location"]
    thief = Browser()
    for stolen in (onward, back, url):
        answer = walked(thief, stolen)
        assert answer.status_code == 422 or answer.headers["Location"].startswith("/accounts/login")
    assert not is_in(thief, twin_b)


def test_nobody_is_signed_in_as_somebody_else_by_a_link_of_theirs(browser, twin_a, twin_b):
    """Another site sends a victim along a way that the attacker has asked for."""
    victim = Browser()
    victim.hosts[host_of(twin_a)] = signed_in(make_person("victim@example.org", twin_a, Role.STOCK), twin_a)
    assert walked(victim, asked(browser, twin_a, twin_b)).status_code == 422
    assert not is_in(victim, twin_b)


def test_another_session_of_the_same_person_does_not_seal_it(browser, both, twin_a, twin_b):
    other = Browser()
    other.hosts[host_of(twin_a)] = signed_in(both, twin_a)
    assert walked(other, asked(browser, twin_a, twin_b)).status_code == 422


def test_a_ticket_opens_no_other_host(browser, both, bank_c, twin_a, twin_b):
    make_person("both@example.org", bank_c, Role.STOCK)
    url = asked(browser, twin_a, twin_b).replace(host_of(twin_b), host_of(bank_c))
    assert browser.open(url).status_code == 422


def test_a_session_that_was_ended_on_the_way_signs_nothing(browser, both, twin_a, twin_b):
    back = browser.open(asked(browser, twin_a, twin_b)).headers["Location"]
    with in_platform(Purpose.TEST):
        sessions_end_all(user=both)
    assert walked(browser, back).headers["Location"].startswith("/accounts/login/")
    assert not is_in(browser, twin_b)


@pytest.mark.parametrize("end", ["every session", "this session", "signing out"])
def test_a_way_does_not_outlive_the_session_that_began_it(browser, both, twin_a, twin_b, end):
    url = asked(browser, twin_a, twin_b)
    onward = browser.open(browser.open(url).headers["Location"]).headers["Location"]
    here = browser.at(host_of(twin_a))
    with in_platform(Purpose.TEST):
        if end == "every session":
            sessions_end_all(user=both)
        elif end == "this session":
            row = OpenSession.objects.create(session_key=here.session.session_key, user=both, bank=twin_a)
            session_end(user=both, session_id=row.pk)
    if end == "signing out":
        here.post("/accounts/logout/")
    assert browser.open(onward).status_code == 422
    assert not is_in(browser, twin_b)


def test_an_account_closed_on_the_way_ends_the_way(browser, both, twin_a, twin_b):
    url = asked(browser, twin_a, twin_b)
    onward = browser.open(browser.open(url).headers["Location"]).headers["Location"]
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=both.pk).update(is_active=False)
    assert browser.open(onward).status_code == 422


def test_a_role_that_ended_on_the_way_ends_the_way(browser, both, twin_a, twin_b):
    chief = make_person("chief@example.org", twin_b, Role.MANAGER)
    url = asked(browser, twin_a, twin_b)
    onward = browser.open(browser.open(url).headers["Location"]).headers["Location"]
    with in_platform(Purpose.TEST):
        hat = hat_of(both, twin_b, Role.STOCK)
        hat_end(acting(chief, Role.MANAGER), place=twin_b, hat_id=hat.pk, reason="left")
    assert browser.open(onward).status_code == 422


def test_no_way_leads_where_one_has_no_role(browser, bank_c, twin_a):
    answer = browser.at(host_of(twin_a)).post("/accounts/switch/", {"to": str(bank_c.pk)})
    assert answer.status_code == 422
    with in_platform(Purpose.TEST):
        assert not SwitchTicket.objects.exists()


def test_no_way_leads_to_a_bank_s_own_domain(browser, twin_a, twin_b):
    with in_platform(Purpose.TEST):
        Domain.objects.filter(tenant=twin_b).update(domain="banque.example.org")
    answer = browser.at(host_of(twin_a)).post("/accounts/switch/", {"to": str(twin_b.pk)})
    assert answer.status_code == 422


def test_the_form_of_another_site_asks_for_no_ticket(both, twin_a, twin_b):
    strict = Client(headers={"host": host_of(twin_a)}, enforce_csrf_checks=True)
    strict.cookies = signed_in(both, twin_a).cookies
    assert strict.post("/accounts/switch/", {"to": str(twin_b.pk)}).status_code == 403


def test_a_stranger_asks_for_nothing(twin_a, twin_b):
    answer = Client(headers={"host": host_of(twin_a)}).post("/accounts/switch/", {"to": str(twin_b.pk)})
    assert answer.headers["Location"].startswith("/accounts/login")


def test_the_secret_is_not_kept(browser, twin_a, twin_b):
    secret = asked(browser, twin_a, twin_b).partition("ticket=")[2]
    with in_platform(Purpose.TEST):
        ticket = SwitchTicket.objects.get()
        assert Membership.objects.filter(user=ticket.user).count() == 2
    assert secret not in {ticket.digest, ticket.session_digest}
