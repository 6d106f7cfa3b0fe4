"""The people of a bank: who works here, as what, since when; roles given and taken, and by whom."""

import datetime as dt

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import DomainError, Forbidden
from tenants.accounts.errors import NoRole
from tenants.accounts.hats import hat_end, hat_grant, hat_leave, hat_narrow, hat_restore
from tenants.accounts.models import HatEvent, Membership, User
from tenants.crossing import Purpose, in_platform, in_tenant
from tests.making.partners import make_partner
from tests.making.people import acting, hat_of, make_person, signed_in
from tests.people import SignIn, let_in, visitor


@pytest.fixture
def chief(twin_a) -> User:
    return make_person("chief@example.org", twin_a, Role.MANAGER)


@pytest.fixture
def denis(twin_a) -> User:
    return make_person("denis@example.org", twin_a, Role.STOCK)


@pytest.fixture
def browser(chief, twin_a) -> Client:
    return signed_in(chief, twin_a)


def roles_of(user, bank) -> set[str]:
    with in_platform(Purpose.TEST):
        return set(
            Membership.objects.filter(user=user, bank=bank, ended_at=None).values_list("role", flat=True)
        )


def end_url(user, bank, role) -> str:
    return f"/accounts/people/{user.pk}/roles/{hat_of(user, bank, role).pk}/end/"


def test_the_list_shows_who_works_here_and_as_what(browser, denis):
    page = browser.get("/accounts/people/").content.decode()
    assert "Denis" in page
    assert "Warehouse" in page


def test_what_people_do_elsewhere_is_not_shown(browser, denis, twin_b):
    with in_platform(Purpose.TEST):
        Membership.objects.create(user=denis, bank=twin_b, role=Role.ACCOUNTS)
    make_person("bee@example.org", twin_b, Role.STOCK)
    pages = [
        browser.get(url).content.decode() for url in ("/accounts/people/", f"/accounts/people/{denis.pk}/")
    ]
    assert [word for word in ("Bee", "Twin B") if any(word in page for page in pages)] == []
    assert "Accounts</td>" not in pages[1]


def test_somebody_who_works_elsewhere_only_does_not_exist_here(browser, twin_b):
    bee = make_person("bee@example.org", twin_b, Role.STOCK)
    assert browser.get(f"/accounts/people/{bee.pk}/").status_code == 404
    assert browser.post(f"/accounts/people/{bee.pk}/roles/new/", {"role": "stock"}).status_code == 404


def test_a_role_of_another_bank_cannot_be_ended_from_here(browser, denis, twin_b):
    with in_platform(Purpose.TEST):
        there = Membership.objects.create(user=denis, bank=twin_b, role=Role.ACCOUNTS)
    answer = browser.post(f"/accounts/people/{denis.pk}/roles/{there.pk}/end/", {"reason": "mistake"})
    assert answer.status_code == 409
    assert roles_of(denis, twin_b) == {"accounts"}


def test_the_list_is_filtered_by_role_and_shows_who_has_left(browser, chief, denis, twin_a):
    with in_platform(Purpose.TEST):
        hat_end(
            acting(chief, Role.MANAGER),
            place=twin_a,
            hat_id=hat_of(denis, twin_a, Role.STOCK).pk,
            reason="moved",
        )
    make_person("ines@example.org", twin_a, Role.ORDERS)
    now = browser.get("/accounts/people/").content.decode()
    left = browser.get("/accounts/people/?state=ended").content.decode()
    orders = browser.get("/accounts/people/?role=orders").content.decode()
    assert ("Denis" in now, "Denis" in left) == (False, True)
    assert ("ines@example.org" in orders, "chief@example.org" in orders) == (True, False)


def test_every_role_begins_with_a_line_of_the_history(browser, twin_a):
    ines = make_person("ines@example.org", twin_a, Role.ORDERS)
    make_person("ines@example.org", twin_a, Role.ORDERS)
    with in_platform(Purpose.TEST):
        told = [(event.action, event.role) for event in HatEvent.objects.filter(user=ines)]
    assert told == [("granted", "orders")]
    page = browser.get(f"/accounts/people/{ines.pk}/").content.decode()
    assert "Role given: Orders" in page
    assert "COLLECTO" in page


def test_nobody_is_given_a_role_that_its_place_does_not_have(twin_a):
    with pytest.raises(NoRole):
        make_person("ines@example.org", twin_a, Role.FEDERATION)
    with in_platform(Purpose.TEST):
        assert not Membership.objects.filter(user__email="ines@example.org").exists()


def test_a_manager_gives_another_role(browser, denis, twin_a):
    browser.post(f"/accounts/people/{denis.pk}/roles/new/", {"role": "rounds", "reason": "helps on Mondays"})
    assert roles_of(denis, twin_a) == {"stock", "rounds"}
    page = browser.get(f"/accounts/people/{denis.pk}/").content.decode()
    assert "Role given: Rounds" in page
    assert "helps on Mondays" in page
    assert "Chief" in page


def test_a_role_held_already_is_not_given_twice(chief, denis, twin_a):
    with pytest.raises(DomainError, match="already has this role"), in_platform(Purpose.TEST):
        hat_grant(acting(chief, Role.MANAGER), place=twin_a, user=denis, role="stock")


def test_no_role_of_the_federation_is_given_in_a_bank(chief, denis, twin_a):
    for role in ("federation", "operator"):
        with pytest.raises(DomainError, match="role"), in_platform(Purpose.TEST):
            hat_grant(acting(chief, Role.MANAGER), place=twin_a, user=denis, role=role)


def test_a_role_ends_at_the_next_request(browser, denis, twin_a):
    his = signed_in(denis, twin_a)
    assert his.get("/stock/").status_code == 200
    browser.post(end_url(denis, twin_a, Role.STOCK), {"reason": "has left"})
    assert his.get("/stock/").status_code == 403


def test_the_end_of_a_role_asks_why(browser, denis, twin_a):
    answer = browser.post(end_url(denis, twin_a, Role.STOCK), {"reason": " "})
    assert answer.status_code == 422
    assert roles_of(denis, twin_a) == {"stock"}


def test_the_end_of_a_role_is_undone_from_the_message(browser, denis, twin_a):
    url = end_url(denis, twin_a, Role.STOCK)
    page = browser.post(url, {"reason": "mistake"}, follow=True).content.decode()
    undo = url.replace("/end/", "/restore/")
    assert f'action="{undo}"' in page
    browser.post(undo)
    assert roles_of(denis, twin_a) == {"stock"}
    with in_platform(Purpose.TEST):
        acts = list(HatEvent.objects.filter(user=denis).order_by("at").values_list("action", flat=True))
    assert acts == ["granted", "ended", "restored"]


def test_only_who_ended_a_role_undoes_it_and_only_for_minutes(chief, denis, twin_a):
    other = make_person("other@example.org", twin_a, Role.MANAGER)
    hat = hat_of(denis, twin_a, Role.STOCK)
    actor = acting(chief, Role.MANAGER)
    with in_platform(Purpose.TEST):
        hat_end(actor, place=twin_a, hat_id=hat.pk, reason="mistake")
        with pytest.raises(DomainError):
            hat_restore(acting(other, Role.MANAGER), place=twin_a, hat_id=hat.pk)
        with clock.time_set_to(clock.now() + dt.timedelta(minutes=6)), pytest.raises(DomainError):
            hat_restore(actor, place=twin_a, hat_id=hat.pk)
        hat_restore(actor, place=twin_a, hat_id=hat.pk)
    assert roles_of(denis, twin_a) == {"stock"}


def test_the_last_manager_stays(browser, chief, twin_a):
    url = end_url(chief, twin_a, Role.MANAGER)
    answer = browser.post(url, {"reason": "I go", "sure": "on"})
    assert answer.status_code == 422
    assert "last person here who may give roles" in answer.content.decode()
    assert roles_of(chief, twin_a) == {"manager"}


def test_a_manager_whose_account_is_closed_does_not_count(chief, twin_a):
    other = make_person("other@example.org", twin_a, Role.MANAGER)
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=other.pk).update(is_active=False)
        with pytest.raises(DomainError, match="last person"):
            hat_leave(
                acting(chief, Role.MANAGER), place=twin_a, hat_id=hat_of(chief, twin_a, Role.MANAGER).pk
            )


def test_nobody_ends_their_own_role_by_mistake(browser, chief, twin_a):
    make_person("other@example.org", twin_a, Role.MANAGER)
    url = end_url(chief, twin_a, Role.MANAGER)
    assert browser.post(url, {"reason": "I go"}).status_code == 422
    assert roles_of(chief, twin_a) == {"manager"}
    assert browser.post(url, {"reason": "I go", "sure": "on"}).status_code == 302
    assert roles_of(chief, twin_a) == set()


def test_the_charity_of_a_person_is_changed(browser, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        one, other = make_partner(name="Épicerie du Centre"), make_partner(name="Secours du Port")
    person = make_person("elise@example.org", twin_a, Role.PARTNER, partner_id=one.pk)
    url = f"/accounts/people/{person.pk}/roles/{hat_of(person, twin_a, Role.PARTNER).pk}/charity/"
    browser.post(url, {"partner_id": str(other.pk), "may_invite": "on", "reason": "moved house"})
    hat = hat_of(person, twin_a, Role.PARTNER)
    assert (hat.partner_id, hat.may_invite) == (other.pk, True)
    page = browser.get(f"/accounts/people/{person.pk}/").content.decode()
    assert "Charity changed: Partner charity (Secours du Port)" in page


def test_a_person_speaks_for_one_charity_of_a_bank(chief, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        one, other = make_partner(), make_partner()
    person = make_person("elise@example.org", twin_a, Role.PARTNER, partner_id=one.pk)
    with pytest.raises(DomainError, match="already belongs"), in_platform(Purpose.TEST):
        hat_grant(acting(chief, Role.MANAGER), place=twin_a, user=person, role="partner", partner_id=other.pk)


def test_a_charity_of_another_bank_is_none_here(chief, twin_a, twin_b):
    with in_tenant(twin_a, Purpose.TEST):
        one = make_partner()
    with in_tenant(twin_b, Purpose.TEST):
        elsewhere = make_partner()
    person = make_person("elise@example.org", twin_a, Role.PARTNER, partner_id=one.pk)
    hat = hat_of(person, twin_a, Role.PARTNER)
    with pytest.raises(DomainError, match="charity"), in_platform(Purpose.TEST):
        hat_narrow(
            acting(chief, Role.MANAGER),
            place=twin_a,
            hat_id=hat.pk,
            partner_id=elsewhere.pk,
            may_invite=False,
        )


@pytest.mark.parametrize("role", [Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER])
def test_the_people_are_the_managers_business(sign_in: SignIn, twin_a, denis, role):
    browser = sign_in(twin_a, role)
    assert browser.get("/accounts/people/").status_code == 403
    assert browser.get(f"/accounts/people/{denis.pk}/").status_code == 403


def test_whoever_gives_no_roles_takes_none(denis, twin_a):
    hat = hat_of(denis, twin_a, Role.STOCK)
    for role in (Role.STOCK, Role.PARTNER, Role.VOLUNTEER):
        with pytest.raises(Forbidden), in_platform(Purpose.TEST):
            hat_end(acting(denis, role), place=twin_a, hat_id=hat.pk, reason="no")


def test_one_gives_one_s_own_role_back_and_nobody_else_s(denis, chief, twin_a):
    his = signed_in(denis, twin_a)
    mine, other = hat_of(denis, twin_a, Role.STOCK), hat_of(chief, twin_a, Role.MANAGER)
    assert his.get(f"/accounts/me/roles/{other.pk}/leave/").status_code == 404
    assert "Give this role back?" in his.get(f"/accounts/me/roles/{mine.pk}/leave/").content.decode()
    assert his.post(f"/accounts/me/roles/{mine.pk}/leave/").status_code == 302
    assert his.get("/stock/").status_code == 403
    with in_platform(Purpose.TEST):
        assert HatEvent.objects.filter(user=denis).latest("at").action == "left"


def test_the_last_manager_does_not_leave_either(browser, chief, twin_a):
    hat = hat_of(chief, twin_a, Role.MANAGER)
    assert browser.post(f"/accounts/me/roles/{hat.pk}/leave/").status_code == 422
    assert roles_of(chief, twin_a) == {"manager"}


def test_the_day_a_person_was_last_seen_here_is_this_bank_s_own(denis, browser, twin_a, twin_b):
    with in_platform(Purpose.TEST):
        Membership.objects.create(user=denis, bank=twin_b, role=Role.STOCK)
    signed_in(denis, twin_a).get("/stock/")
    assert hat_of(denis, twin_a, Role.STOCK).seen_on == clock.today()
    assert hat_of(denis, twin_b, Role.STOCK).seen_on is None


def operator_browser(email: str = "sacha@example.org") -> Client:
    client = visitor()
    with in_platform(Purpose.TEST):
        user = User.objects.create_user(email, "Sacha", is_staff=True, language="en")
        let_in(client, user)
    return client


def test_the_operators_see_each_other_and_the_last_one_stays(db):
    browser = operator_browser()
    with in_platform(Purpose.TEST):
        sacha = User.objects.get(email="sacha@example.org")
    page = browser.get("/accounts/people/").content.decode()
    assert "Platform operator" in page
    url = f"/accounts/people/{sacha.pk}/roles/{sacha.pk}/end/"
    assert browser.post(url, {"reason": "I go", "sure": "on"}).status_code == 422
    operator_browser("alex@example.org")
    assert browser.post(url, {"reason": "I go", "sure": "on"}).status_code == 302
    assert browser.get("/operator/").status_code == 403


def test_the_operator_invites_a_manager_to_a_bank_and_says_why(twin_a, deliver, mailoutbox):
    browser = operator_browser()
    data = {"email": "first@example.org", "full_name": "First", "language": "en", "reason": ""}
    url = f"/operator/banks/{twin_a.pk}/invite/"
    assert url in browser.get(f"/operator/banks/{twin_a.pk}/").content.decode()
    assert browser.post(url, data).status_code == 422
    assert browser.post(url, {**data, "reason": "the bank opens"}).status_code == 302
    deliver()
    assert "http://twin-a.localhost/accounts/join/" in mailoutbox[0].body
    assert "Manager" in mailoutbox[0].body


def test_nobody_of_a_bank_invites_for_the_platform(browser, twin_b):
    assert browser.post(f"/operator/banks/{twin_b.pk}/invite/").status_code == 404
    public = visitor()
    with in_platform(Purpose.TEST):
        let_in(public, User.objects.get(email="chief@example.org"))
    assert public.post(f"/operator/banks/{twin_b.pk}/invite/", {"email": "x@example.org"}).status_code == 403
    assert public.get("/accounts/people/").status_code == 403
