"""A second factor, for those whose role asks for it: made before anything else, asked after the code."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.models import Membership, User
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.accounts.signing_in.sealing import opened
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import host_of, visitor
from tests.tenants.accounts.ways import (
    APP,
    HUB,
    SECOND_FACTOR,
    app_added,
    by_code,
    is_in,
    mailed_code,
    passkey_added,
    person_with,
    recovery_codes,
)


@pytest.fixture
def manager(twin_a: FoodBank) -> User:
    """Somebody who manages bank A."""
    return person_with((twin_a, Role.MANAGER))


@pytest.fixture
def volunteer(twin_a: FoodBank) -> User:
    """Somebody who helps in bank A."""
    return person_with((twin_a, Role.VOLUNTEER), email="karim@example.org")


def led_to(browser: Client, path: str = "/") -> str:
    return browser.get(path).headers.get("Location", "").partition("?")[0]


class TestMaking:
    """Whoever has none yet."""

    def test_a_manager_is_led_to_make_one_before_anything_else(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        assert led_to(browser, "/donors/") == SECOND_FACTOR
        assert led_to(browser, HUB) == SECOND_FACTOR
        assert browser.post("/donors/new/", {"name": "Never"}).headers["Location"].startswith(SECOND_FACTOR)
        page = browser.get(SECOND_FACTOR).text
        assert "Set up an app" in page
        assert "Add this device" in page

    def test_language_and_sign_out_stay_within_reach(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        browser.post("/accounts/language/", {"language": "fr"})
        page = browser.get(SECOND_FACTOR).text
        assert '<html lang="fr">' in page
        assert 'action="/accounts/logout/"' in page
        browser.post("/accounts/logout/")
        assert led_to(browser) == "/accounts/login/code/"

    def test_a_volunteer_works_without_one(self, volunteer, twin_a):
        assert is_in(by_code(volunteer, twin_a))

    def test_an_app_opens_the_bank_and_gives_recovery_codes(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        browser.get("/donors/", follow=True)
        app_added(browser)
        assert len(recovery_codes(browser)) == 10
        assert 'href="/donors/"' in browser.get("/accounts/codes/").text
        assert is_in(browser, "/donors/")

    def test_a_passkey_opens_the_bank_too(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        passkey_added(browser, twin_a)
        assert is_in(browser)

    def test_a_wrong_first_code_adds_nothing(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        browser.get(APP)
        answer = browser.post(APP, {"code": "000000"})
        assert answer.status_code == 422
        assert "not right" in answer.text
        with in_platform(Purpose.TEST):
            assert not Authenticator.objects.exists()

    def test_the_picture_is_no_inline_style_nor_script(self, manager, twin_a):
        page = by_code(manager, twin_a).get(APP).text
        assert 'src="data:image/svg+xml;base64,' in page
        assert "<style" not in page
        assert " style=" not in page

    def test_making_one_is_told_by_e_mail_and_kept(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        passkey_added(browser, twin_a)
        assert mail.outbox[-1].subject == "Passkey added"
        assert "It opens Banque Twin A" in mail.outbox[-1].body
        with in_platform(Purpose.TEST):
            assert SignInEvent.objects.get(user=manager, act=SignInAct.PASSKEY_ADDED).bank == twin_a

    def test_an_old_session_confirms_by_e_mail_before_it_makes_one(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        with clock.time_set_to(clock.now() + dt.timedelta(minutes=20)):
            assert led_to(browser, APP) == "/accounts/confirm/"
            browser.post("/accounts/confirm/", {"send": "yes", "next": APP})
            assert browser.post("/accounts/confirm/", {"code": "AAAA-AAAA", "next": APP}).status_code == 422
            answer = browser.post("/accounts/confirm/", {"code": mailed_code(), "next": APP})
            assert answer["Location"] == APP
            app_added(browser)


class TestAsking:
    """Whoever has one."""

    def test_a_manager_shows_it_after_the_code(self, manager, twin_a):
        app = app_added(by_code(manager, twin_a))
        browser = by_code(manager, twin_a)
        assert led_to(browser, "/donors/") == SECOND_FACTOR
        browser.get("/donors/", follow=True)
        answer = browser.post(SECOND_FACTOR, {"code": app.code(1)})
        assert answer["Location"] == "/donors/"
        assert is_in(browser, "/donors/")

    def test_a_wrong_code_is_refused_at_its_field(self, manager, twin_a):
        app_added(by_code(manager, twin_a))
        browser = by_code(manager, twin_a)
        answer = browser.post(SECOND_FACTOR, {"code": "000000"})
        assert answer.status_code == 422
        assert "error-summary" in answer.text
        assert not is_in(browser)

    def test_a_code_that_was_overheard_is_worth_nothing(self, manager, twin_a):
        app = app_added(by_code(manager, twin_a))
        first, second = by_code(manager, twin_a), by_code(manager, twin_a)
        code = app.code(1)
        assert first.post(SECOND_FACTOR, {"code": code}).status_code == 302
        assert second.post(SECOND_FACTOR, {"code": code}).status_code == 422

    def test_nobody_makes_another_one_beside_the_one_that_was_not_shown(self, manager, twin_a):
        app_added(by_code(manager, twin_a))
        thief = by_code(manager, twin_a)
        for path in (APP, f"{SECOND_FACTOR}passkey/", "/accounts/codes/", "/accounts/confirm/", HUB):
            assert led_to(thief, path) == SECOND_FACTOR, path

    def test_a_recovery_code_lets_in_once(self, manager, twin_a):
        first = by_code(manager, twin_a)
        app_added(first)
        code = recovery_codes(first)[0]
        lost, again = by_code(manager, twin_a), by_code(manager, twin_a)
        assert lost.post(SECOND_FACTOR, {"code": code}).status_code == 302
        assert is_in(lost)
        assert again.post(SECOND_FACTOR, {"code": code}).status_code == 422

    def test_a_volunteer_who_chose_an_app_is_asked_for_it(self, volunteer, twin_a):
        app = app_added(by_code(volunteer, twin_a))
        browser = by_code(volunteer, twin_a)
        assert led_to(browser) == SECOND_FACTOR
        browser.post(SECOND_FACTOR, {"code": app.code(1)})
        assert is_in(browser)

    def test_htmx_is_led_there_as_a_whole_page(self, manager, twin_a):
        answer = by_code(manager, twin_a).get("/donors/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == SECOND_FACTOR


class TestWhere:
    """Roles, hosts and programs."""

    def test_a_role_given_a_minute_ago_counts_at_the_next_request(self, volunteer, twin_a):
        browser = by_code(volunteer, twin_a)
        assert is_in(browser)
        with in_platform(Purpose.TEST):
            membership_grant(user=volunteer, bank=twin_a, role=Role.MANAGER)
        assert led_to(browser) == SECOND_FACTOR

    def test_a_role_in_one_bank_asks_nothing_in_another(self, manager, twin_a, twin_b):
        with in_platform(Purpose.TEST):
            membership_grant(user=manager, bank=twin_b, role=Role.VOLUNTEER)
        assert is_in(by_code(manager, twin_b))

    def test_the_federation_s_people_are_asked(self, federation):
        person = person_with((federation, Role.FEDERATION))
        assert led_to(by_code(person, federation)) == SECOND_FACTOR

    def test_the_operator_s_pages_are_covered(self, db):
        with in_platform(Purpose.TEST):
            operator = person_ensure(email="operator@example.org", full_name="Sacha")
            User.objects.filter(pk=operator.pk).update(is_staff=True)
        browser = by_code(operator, None)
        assert led_to(browser, "/operator/") == SECOND_FACTOR
        app_added(browser)
        assert is_in(browser, "/operator/")

    def test_a_session_without_it_is_nobody_in_the_api(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        assert browser.get("/api/v1/orders/").status_code == 403
        app_added(browser)
        assert browser.get("/api/v1/orders/").status_code == 200

    def test_a_token_is_not_asked(self, manager, twin_a):
        with in_platform(Purpose.TEST):
            _token, secret = token_issue(user=manager, bank=twin_a, label="till")
        program = Client(headers={"host": host_of(twin_a), "authorization": f"Token {secret}"})
        assert program.get("/api/v1/orders/").status_code == 200

    def test_which_roles_is_a_setting(self, settings, volunteer, manager, twin_a):
        settings.SECOND_FACTOR_ROLES = ["volunteer"]
        assert led_to(by_code(volunteer, twin_a)) == SECOND_FACTOR
        assert is_in(by_code(manager, twin_a))

    def test_a_setting_may_give_time(self, settings, manager, twin_a):
        settings.SECOND_FACTOR_GRACE_DAYS = 7
        browser = by_code(manager, twin_a)
        assert "Your role needs a second factor" in browser.get(HUB).text
        with in_platform(Purpose.TEST):
            Membership.objects.update(created_at=clock.now() - dt.timedelta(days=8))
        assert led_to(browser) == SECOND_FACTOR

    def test_a_person_without_a_hat_is_told_so_first(self, manager, twin_b):
        assert by_code(manager, twin_b).get("/").status_code == 403


class TestKeeping:
    """What is stored, and how a factor goes."""

    def test_secrets_are_sealed_with_a_key_of_ours(self, manager, twin_a):
        app = app_added(by_code(manager, twin_a))
        with in_platform(Purpose.TEST):
            stored = [str(row.data) for row in Authenticator.objects.all()]
        assert len(stored) == 2
        assert all("gAAAA" in text and app.secret not in text for text in stored)

    def test_a_former_secret_key_still_opens_them(self, settings, manager, twin_a):
        app = app_added(by_code(manager, twin_a))
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another secret"
        browser = by_code(manager, twin_a)
        assert browser.post(SECOND_FACTOR, {"code": app.code(1)}).status_code == 302
        settings.SECRET_KEY_FALLBACKS = []
        with in_platform(Purpose.TEST):
            kept = Authenticator.objects.get(user=manager, type=Authenticator.Type.TOTP)
            assert opened(kept.data["secret"]) == app.secret

    def test_a_factor_that_no_key_opens_is_worth_nothing_and_breaks_no_page(self, settings, manager, twin_a):
        app = app_added(by_code(manager, twin_a))
        settings.SECRET_KEY = "another secret"
        browser = by_code(manager, twin_a)
        assert browser.get(SECOND_FACTOR).status_code == 200
        assert browser.post(SECOND_FACTOR, {"code": app.code(1)}).status_code == 422

    def test_the_last_factor_of_a_manager_stays(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        app_added(browser)
        answer = browser.post(f"{APP}remove/")
        assert "add another one first" in answer.text
        passkey_added(browser, twin_a)
        assert browser.post(f"{APP}remove/")["Location"] == HUB

    def test_a_volunteer_may_remove_an_app_after_confirming(self, volunteer, twin_a):
        browser = by_code(volunteer, twin_a)
        app = app_added(browser)
        with clock.time_set_to(clock.now() + dt.timedelta(minutes=20)):
            assert led_to(browser, f"{APP}remove/") == SECOND_FACTOR
            browser.post(SECOND_FACTOR, {"code": app.code(1)})
            assert browser.post(f"{APP}remove/").status_code == 302
        with in_platform(Purpose.TEST):
            assert not Authenticator.objects.filter(user=volunteer).exists()

    def test_new_recovery_codes_replace_the_former_ones(self, manager, twin_a):
        browser = by_code(manager, twin_a)
        app_added(browser)
        former = recovery_codes(browser)
        browser.post("/accounts/codes/new/")
        assert set(recovery_codes(browser)).isdisjoint(former)
        assert recovery_codes(browser)[0] in browser.get("/accounts/codes/file/").text


def test_a_stranger_finds_no_page_of_it(twin_a):
    assert led_to(visitor(twin_a), SECOND_FACTOR) == "/accounts/login/code/"
