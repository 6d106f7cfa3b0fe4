"""A lost phone: who may take a second factor away, and what follows."""

from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import DomainError, Forbidden
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant
from tenants.accounts.signing_in.marks import CONFIRMED, PROVEN
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.accounts.signing_in.resets import second_factor_reset
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.people import signed_in
from tests.people import actor_as, let_in, visitor
from tests.spaces import OPERATOR
from tests.tenants.accounts.ways import SECOND_FACTOR, app_added, by_code, is_in, person_with


@pytest.fixture
def colleague(twin_a: FoodBank) -> User:
    return person_with((twin_a, Role.MANAGER))


def reset(actor: Actor, user: User, bank: FoodBank | None, reason: str = "Phone lost") -> None:
    with in_platform(Purpose.TEST):
        second_factor_reset(actor, user=user, reason=reason, bank=bank)


def test_a_manager_resets_a_colleague_who_then_makes_a_new_one(colleague, twin_a):
    browser = by_code(colleague, twin_a)
    app_added(browser)
    reset(actor_as(Role.MANAGER), colleague, twin_a)
    assert not is_in(browser)
    again = by_code(colleague, twin_a)
    assert again.get("/")["Location"].startswith(SECOND_FACTOR)
    app_added(again)
    assert is_in(again)


def test_it_is_kept_and_told(colleague, twin_a, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reset(actor_as(Role.MANAGER), colleague, twin_a)
    letter = mail.outbox[-1]
    assert letter.to == [colleague.email]
    assert "Phone lost" in letter.body
    with in_platform(Purpose.TEST):
        event = SignInEvent.objects.get(user=colleague, act=SignInAct.FACTORS_RESET)
    assert (event.actor_label, event.reason, event.bank_id) == ("manager", "Phone lost", twin_a.pk)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.STOCK, Role.FEDERATION, Role.PARTNER])
def test_others_may_not(colleague, twin_a, role: Role):
    browser = by_code(colleague, twin_a)
    app_added(browser)
    with pytest.raises(Forbidden):
        reset(actor_as(role), colleague, twin_a)
    with in_platform(Purpose.TEST):
        assert Authenticator.objects.filter(user=colleague).count() == 2
    assert is_in(browser)


def test_a_manager_may_not_take_away_what_protects_another_bank(colleague, twin_a, twin_b):
    with in_platform(Purpose.TEST):
        membership_grant(user=colleague, bank=twin_b, role=Role.MANAGER)
    with pytest.raises(Forbidden):
        reset(actor_as(Role.MANAGER), colleague, twin_a)
    reset(OPERATOR, colleague, None)


def test_a_manager_may_not_reset_a_stranger_nor_an_operator(colleague, twin_a, twin_b):
    with pytest.raises(Forbidden):
        reset(actor_as(Role.MANAGER), colleague, twin_b)
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=colleague.pk).update(is_staff=True)
        colleague.refresh_from_db()
    with pytest.raises(Forbidden):
        reset(actor_as(Role.MANAGER), colleague, twin_a)


def test_nobody_resets_themselves(colleague, twin_a):
    oneself = Actor(id=colleague.pk, label="Monique", roles=frozenset({Role.MANAGER, Role.OPERATOR}))
    with pytest.raises(Forbidden):
        reset(oneself, colleague, twin_a)


def test_a_reason_is_needed(colleague, twin_a):
    with pytest.raises(DomainError):
        reset(actor_as(Role.MANAGER), colleague, twin_a, reason="  ")


class TestThePage:
    """A manager does it from the person's page, the operator by the person's address."""

    def page_of(self, user: User) -> str:
        return f"/accounts/people/{user.pk}/reset/"

    @pytest.fixture
    def chief(self, twin_a: FoodBank) -> User:
        return person_with((twin_a, Role.MANAGER), email="chief@example.org")

    @pytest.fixture
    def office(self, chief, twin_a) -> Client:
        return signed_in(chief, twin_a)

    @pytest.fixture
    def desk(self, twin_a) -> Client:
        operator = person_with(email="desk@example.org")
        with in_platform(Purpose.TEST):
            User.objects.filter(pk=operator.pk).update(is_staff=True)
            operator.refresh_from_db()
            browser = visitor()
            let_in(browser, operator)
        return browser

    def test_the_person_s_page_leads_there_once_there_is_something_to_lose(self, office, colleague, twin_a):
        sheet = f"/accounts/people/{colleague.pk}/"
        assert self.page_of(colleague) not in office.get(sheet).text
        app_added(by_code(colleague, twin_a))
        assert self.page_of(colleague) in office.get(sheet).text

    def test_a_manager_does_it_and_the_person_makes_a_new_one(
        self, office, colleague, twin_a, django_capture_on_commit_callbacks
    ):
        browser = by_code(colleague, twin_a)
        app_added(browser)
        with django_capture_on_commit_callbacks(execute=True):
            answer = office.post(self.page_of(colleague), {"reason": "Phone drowned"}, follow=True)
        assert "makes a new second factor" in answer.text
        assert not is_in(browser)
        assert mail.outbox[-1].to == [colleague.email]
        assert "Phone drowned" in mail.outbox[-1].body

    def test_the_managers_read_who_did_it_and_why(self, office, colleague, twin_a, twin_b):
        office.post(self.page_of(colleague), {"reason": "Phone drowned"})
        page = office.get(f"/accounts/people/{colleague.pk}/").text
        assert "Second factor reset" in page
        assert "Phone drowned" in page
        with in_platform(Purpose.TEST):
            membership_grant(user=colleague, bank=twin_b, role=Role.VOLUNTEER)
        there = signed_in(person_with((twin_b, Role.MANAGER), email="bee@example.org"), twin_b)
        assert "Phone drowned" not in there.get(f"/accounts/people/{colleague.pk}/").text

    def test_a_reason_is_asked_for_at_its_field(self, office, colleague, twin_a):
        browser = by_code(colleague, twin_a)
        app_added(browser)
        answer = office.post(self.page_of(colleague), {"reason": " "})
        assert answer.status_code == 422
        assert "id_reason_error" in answer.text
        assert is_in(browser)

    def test_it_asks_for_fresh_proof(self, office, colleague):
        with in_platform(Purpose.TEST):
            session = office.session
            session[PROVEN] = session[CONFIRMED] = 0
            session.save()
        answer = office.post(self.page_of(colleague), {"reason": "Phone drowned"})
        assert answer["Location"].startswith("/accounts/confirm/")

    def test_nobody_of_another_bank_is_found(self, office, twin_b):
        stranger = person_with((twin_b, Role.MANAGER), email="bee@example.org")
        assert office.get(self.page_of(stranger)).status_code == 404
        assert office.post(self.page_of(stranger), {"reason": "Mine"}).status_code == 404

    def test_who_manages_another_bank_too_is_the_operator_s_business(
        self, office, desk, colleague, twin_a, twin_b
    ):
        with in_platform(Purpose.TEST):
            membership_grant(user=colleague, bank=twin_b, role=Role.MANAGER)
        app_added(by_code(colleague, twin_a))
        assert office.get(self.page_of(colleague)).status_code == 403
        assert self.page_of(colleague) not in office.get(f"/accounts/people/{colleague.pk}/").text
        form = {"email": colleague.email.upper(), "reason": "Phone drowned"}
        assert desk.post("/operator/people/reset/", form).status_code == 302
        with in_platform(Purpose.TEST):
            assert not Authenticator.objects.filter(user=colleague).exists()

    def test_the_operator_is_told_that_nobody_has_this_address(self, desk):
        form = {"email": "nobody@example.org", "reason": "Phone drowned"}
        answer = desk.post("/operator/people/reset/", form)
        assert answer.status_code == 422
        assert "id_email_error" in answer.text

    def test_the_operator_does_not_do_it_to_themselves(self, desk):
        form = {"email": "desk@example.org", "reason": "Phone drowned"}
        assert desk.post("/operator/people/reset/", form).status_code == 403

    @pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.STOCK, Role.PARTNER])
    def test_others_get_no_page(self, sign_in, colleague, twin_a, role):
        partner = uuid4() if role is Role.PARTNER else None
        answer = sign_in(twin_a, role, partner_id=partner).get(self.page_of(colleague))
        assert answer.status_code in (403, 404)

    def test_nobody_of_a_bank_reaches_the_operator_s_page(self, office):
        assert office.get("/operator/people/reset/").status_code == 404
