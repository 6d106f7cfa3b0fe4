"""Inviting somebody: a letter, a page that explains, a code sent to the invited address, and in."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import DomainError, Forbidden, TooMany
from apps.kernel.models import new_id
from tenants.accounts.inviting import invitation_accept, invitation_resend, invitation_revoke
from tenants.accounts.models import HatEvent, Invitation, InvitationEvent, Membership, User
from tenants.crossing import Purpose, in_platform, in_tenant
from tests.making.partners import make_partner
from tests.making.people import (
    HERE,
    acting,
    code_in_letter,
    hat_of,
    link_in_letter,
    make_invitation,
    make_person,
    signed_in,
)
from tests.people import SignIn, visitor

NEW = {
    "email": "Zoe@Example.org",
    "full_name": "Zoé Blanc",
    "language": "en",
    "roles": ["stock", "volunteer"],
}


@pytest.fixture
def chief(twin_a) -> User:
    return make_person("chief@example.org", twin_a, Role.MANAGER)


@pytest.fixture
def invited(chief, twin_a, deliver) -> Invitation:
    invitation = make_invitation(acting(chief, Role.MANAGER), twin_a)
    deliver()
    return invitation


def roles_of(email, bank) -> set[str]:
    with in_platform(Purpose.TEST):
        return set(
            Membership.objects.filter(user__email=email, bank=bank, ended_at=None).values_list(
                "role", flat=True
            )
        )


def test_a_manager_invites_from_a_page_and_the_letter_leaves_later(chief, twin_a, deliver):
    answer = signed_in(chief, twin_a).post("/accounts/invitations/new/", {**NEW, "op_key": str(new_id())})
    assert answer.status_code == 302
    assert mail.outbox == []
    deliver()
    assert mail.outbox[0].to == ["zoe@example.org"]
    assert "Chief invites you" in mail.outbox[0].body
    assert "http://twin-a.localhost/accounts/join/" in mail.outbox[0].body


def test_the_letter_is_in_the_language_of_whoever_gets_it(chief, twin_a, deliver):
    make_invitation(acting(chief, Role.MANAGER), twin_a, language="fr")
    deliver()
    assert mail.outbox[0].subject == "Votre invitation à rejoindre Banque Twin A"


def test_opening_the_link_changes_nothing_and_signs_nobody_in(invited, twin_a):
    scanner = visitor(twin_a)
    page = scanner.get(link_in_letter())
    assert page.status_code == 200
    assert "Chief invites you" in page.content.decode()
    assert len(mail.outbox) == 1
    assert scanner.get("/").status_code == 302
    assert roles_of("zoe@example.org", twin_a) == set()


def test_the_code_sent_to_the_invited_address_lets_in(invited, twin_a):
    browser, link = visitor(twin_a), link_in_letter()
    browser.post(link)
    assert mail.outbox[-1].to == ["zoe@example.org"]
    answer = browser.post(link, {"code": code_in_letter()}, follow=True)
    assert answer.status_code == 200
    assert "Zoé Blanc" in answer.content.decode()
    assert roles_of("zoe@example.org", twin_a) == {"volunteer"}


def test_the_history_says_who_invited(invited, chief, twin_a):
    browser, link = visitor(twin_a), link_in_letter()
    browser.post(link)
    browser.post(link, {"code": code_in_letter()})
    with in_platform(Purpose.TEST):
        event = HatEvent.objects.get(user__email="zoe@example.org")
    assert (event.action, event.role, event.actor_id) == ("accepted", "volunteer", chief.pk)


def test_a_wrong_code_lets_nobody_in_and_three_end_it(invited, twin_a):
    browser, link = visitor(twin_a), link_in_letter()
    browser.post(link)
    for _turn in range(3):
        assert browser.post(link, {"code": "WRONG"}).status_code == 422
    assert browser.post(link, {"code": code_in_letter()}).status_code == 422
    assert roles_of("zoe@example.org", twin_a) == set()


def test_a_code_is_good_only_in_the_browser_that_asked_for_it(invited, twin_a):
    link = link_in_letter()
    visitor(twin_a).post(link)
    assert visitor(twin_a).post(link, {"code": code_in_letter()}).status_code == 422


def test_a_link_is_good_once(invited, twin_a):
    browser, link = visitor(twin_a), link_in_letter()
    browser.post(link)
    browser.post(link, {"code": code_in_letter()})
    again = visitor(twin_a).get(link)
    assert again.status_code == 410
    assert "accepted already" in again.content.decode()


def test_a_link_of_one_bank_means_nothing_on_the_host_of_another(invited, twin_b):
    assert visitor(twin_b).get(link_in_letter()).status_code == 410


def test_a_link_that_was_changed_means_nothing(invited, twin_a):
    assert visitor(twin_a).get(link_in_letter()[:-3] + "xx/").status_code == 410


def test_a_link_too_old_says_whom_to_ask(invited, twin_a):
    with clock.time_set_to(clock.now() + dt.timedelta(days=15)):
        page = visitor(twin_a).get(link_in_letter())
    assert page.status_code == 410
    assert "too old" in page.content.decode()


def test_only_the_last_letter_counts(invited, chief, twin_a, deliver):
    first = link_in_letter()
    with in_platform(Purpose.TEST):
        invitation_resend(acting(chief, Role.MANAGER), invitation=invited, entry=HERE)
    deliver()
    assert visitor(twin_a).get(first).status_code == 410
    assert visitor(twin_a).get(link_in_letter()).status_code == 200


def test_an_expired_invitation_sent_again_is_good_again(invited, chief, twin_a, deliver):
    later = clock.now() + dt.timedelta(days=20)
    browser = signed_in(chief, twin_a)
    with clock.time_set_to(later):
        browser.post(f"/accounts/invitations/{invited.pk}/resend/")
        deliver()
        with in_platform(Purpose.TEST):
            invited.refresh_from_db()
    assert invited.expires_at > later
    assert len(mail.outbox) == 2


def test_a_revoked_invitation_leads_nowhere(invited, chief, twin_a):
    browser = signed_in(chief, twin_a)
    assert browser.post(f"/accounts/invitations/{invited.pk}/revoke/").status_code == 302
    page = visitor(twin_a).get(link_in_letter())
    assert page.status_code == 410
    assert "taken back" in page.content.decode()


def test_who_sent_it_again_and_who_took_it_back_is_told(invited, chief, twin_a):
    ana = make_person("ana@example.org", twin_a, Role.MANAGER)
    signed_in(ana, twin_a).post(f"/accounts/invitations/{invited.pk}/resend/")
    browser = signed_in(chief, twin_a)
    browser.post(f"/accounts/invitations/{invited.pk}/revoke/")
    with in_platform(Purpose.TEST):
        back, again = InvitationEvent.objects.filter(invitation=invited)
    assert (back.act, back.actor_id, back.changes["revoked_at"][0]) == ("revoked", chief.pk, None)
    assert (again.act, again.actor_id) == ("resent", ana.pk)
    assert again.changes["expires_at"][0] == invited.expires_at.isoformat()
    page = browser.get("/accounts/invitations/").text
    assert "Sent again by Ana" in page
    assert "Taken back by Chief" in page


def test_one_that_is_too_old_says_who_replaced_it(invited, chief, twin_a):
    with clock.time_set_to(clock.now() + dt.timedelta(days=20)):
        make_invitation(acting(chief, Role.MANAGER), twin_a)
    with in_platform(Purpose.TEST):
        event = InvitationEvent.objects.get(invitation=invited)
    assert (event.act, event.actor_id) == ("replaced", chief.pk)


def test_a_letter_of_an_invitation_revoked_meanwhile_never_leaves(chief, twin_a, deliver):
    actor = acting(chief, Role.MANAGER)
    invitation = make_invitation(actor, twin_a)
    with in_platform(Purpose.TEST):
        invitation_revoke(actor, invitation=invitation)
    deliver()
    assert mail.outbox == []


def test_somebody_who_works_here_is_not_invited_again(chief, twin_a):
    make_person("denis@example.org", twin_a, Role.STOCK)
    page = signed_in(chief, twin_a).post("/accounts/invitations/new/", {**NEW, "email": "denis@example.org"})
    assert page.status_code == 422
    assert "Denis already has a role here" in page.content.decode()


def test_somebody_who_works_elsewhere_is_invited_like_anybody(chief, twin_a, twin_b):
    make_person("denis@example.org", twin_b, Role.STOCK)
    page = signed_in(chief, twin_a).post(
        "/accounts/invitations/new/", {**NEW, "email": "denis@example.org"}, follow=True
    )
    assert "is invited" in page.content.decode()
    assert "Twin B" not in page.content.decode()


def test_somebody_is_invited_once_at_a_time(chief, twin_a):
    make_invitation(acting(chief, Role.MANAGER), twin_a)
    page = signed_in(chief, twin_a).post("/accounts/invitations/new/", NEW)
    assert page.status_code == 422
    assert "has been invited" in page.content.decode()


def test_an_expired_invitation_does_not_stand_in_the_way_of_a_new_one(chief, twin_a):
    make_invitation(acting(chief, Role.MANAGER), twin_a)
    with clock.time_set_to(clock.now() + dt.timedelta(days=15)):
        again = make_invitation(acting(chief, Role.MANAGER), twin_a)
    assert again.is_open


def test_the_same_form_sent_twice_invites_once(chief, twin_a, deliver):
    key = new_id()
    first = make_invitation(acting(chief, Role.MANAGER), twin_a, op_key=key)
    assert make_invitation(acting(chief, Role.MANAGER), twin_a, op_key=key) == first
    deliver()
    assert len(mail.outbox) == 1


def test_a_person_invited_who_is_signed_in_with_that_address_has_nothing_to_prove(invited, twin_a, twin_b):
    person = make_person("zoe@example.org", twin_b, Role.DRIVER)
    browser = signed_in(person, twin_a)
    page = browser.get(link_in_letter())
    assert "nothing more is asked" in page.content.decode()
    browser.post(link_in_letter())
    assert roles_of("zoe@example.org", twin_a) == {"volunteer"}
    assert len(mail.outbox) == 1


def test_a_second_click_of_whoever_has_just_accepted_leads_in_too(invited, twin_a, twin_b):
    zoe, link = make_person("zoe@example.org", twin_b, Role.STOCK), link_in_letter()
    browser = signed_in(zoe, twin_a)
    answers = [browser.post(link).status_code for _click in range(2)]
    assert answers == [302, 302]
    with in_platform(Purpose.TEST):
        assert HatEvent.objects.filter(user=zoe, bank=twin_a).count() == 1
    with clock.time_set_to(clock.now() + dt.timedelta(minutes=5)):
        assert browser.post(link).status_code == 410


def test_somebody_else_who_is_signed_in_is_not_let_in_by_the_link(invited, twin_a):
    browser = signed_in(make_person("other@example.org", twin_a, Role.STOCK), twin_a)
    assert "You are signed in as other@example.org" in browser.get(link_in_letter()).content.decode()
    browser.post(link_in_letter())
    assert roles_of("other@example.org", twin_a) == {"stock"}
    assert mail.outbox[-1].to == ["zoe@example.org"]


def test_nobody_accepts_with_another_address(invited):
    with pytest.raises(DomainError, match="no longer"), in_platform(Purpose.TEST):
        invitation_accept(invitation=invited, email="other@example.org")


def test_a_person_of_a_charity_is_tied_to_it(chief, twin_a, deliver):
    with in_tenant(twin_a, Purpose.TEST):
        partner = make_partner(name="Épicerie du Centre")
    data = {**NEW, "roles": ["partner"], "partner_id": str(partner.pk), "may_invite": "on"}
    signed_in(chief, twin_a).post("/accounts/invitations/new/", data)
    deliver()
    assert "Épicerie du Centre" in mail.outbox[0].body
    browser, link = visitor(twin_a), link_in_letter()
    browser.post(link)
    browser.post(link, {"code": code_in_letter()})
    with in_platform(Purpose.TEST):
        hat = Membership.objects.get(user__email="zoe@example.org")
    assert (hat.role, hat.partner_id, hat.may_invite) == ("partner", partner.pk, True)


def test_a_partner_s_person_needs_a_charity_of_this_bank(chief, twin_a, twin_b):
    with in_tenant(twin_b, Purpose.TEST):
        elsewhere = make_partner()
    browser = signed_in(chief, twin_a)
    assert browser.post("/accounts/invitations/new/", {**NEW, "roles": ["partner"]}).status_code == 422
    data = {**NEW, "roles": ["partner"], "partner_id": str(elsewhere.pk)}
    assert browser.post("/accounts/invitations/new/", data).status_code == 422


@pytest.fixture
def responsible(twin_a) -> Client:
    """Somebody in charge of a charity, whom a manager lets invite colleagues."""
    with in_tenant(twin_a, Purpose.TEST):
        partner = make_partner(name="Épicerie du Centre")
    person = make_person("elise@example.org", twin_a, Role.PARTNER, partner_id=partner.pk)
    with in_platform(Purpose.TEST):
        Membership.objects.filter(user=person).update(may_invite=True)
    return signed_in(person, twin_a)


def test_the_responsible_of_a_charity_invites_colleagues_of_that_charity_alone(responsible, twin_a):
    page = responsible.get("/accounts/invitations/new/").content.decode()
    assert 'name="roles"' not in page
    responsible.post("/accounts/invitations/new/", {**NEW, "roles": ["manager"], "may_invite": "on"})
    with in_platform(Purpose.TEST):
        invitation = Invitation.objects.get(email="zoe@example.org")
        own = Membership.objects.get(user__email="elise@example.org").partner_id
    assert (invitation.roles, invitation.partner_id, invitation.may_invite) == (["partner"], own, False)


def test_the_responsible_of_a_charity_sees_its_people_and_nobody_else(responsible, chief):
    people = responsible.get("/accounts/people/").content.decode()
    assert "Elise" in people
    assert "Chief" not in people
    assert responsible.get(f"/accounts/people/{chief.pk}/").status_code == 404


def test_a_charity_s_person_who_may_not_invite_gets_no_page(sign_in: SignIn, twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        partner = make_partner()
    browser = sign_in(twin_a, Role.PARTNER, partner_id=partner.pk)
    assert browser.get("/accounts/people/").status_code == 403
    assert browser.get("/accounts/invitations/new/").status_code == 403


@pytest.mark.parametrize("role", [Role.STOCK, Role.ACCOUNTS, Role.VOLUNTEER, Role.DRIVER])
def test_only_managers_invite(sign_in: SignIn, twin_a, role):
    browser = sign_in(twin_a, role)
    assert browser.post("/accounts/invitations/new/", NEW).status_code == 403


def test_the_federation_invites_its_own_people(sign_in: SignIn, federation):
    browser = sign_in(federation, Role.FEDERATION)
    browser.post("/accounts/invitations/new/", {**NEW, "roles": ["manager"]})
    with in_platform(Purpose.TEST):
        invitation = Invitation.objects.get(email="zoe@example.org")
    assert (invitation.roles, invitation.bank_id) == (["federation"], federation.pk)


def test_letters_from_one_place_are_counted(chief, twin_a, settings):
    settings.LIMITS = {**settings.LIMITS, "invite-place": (2, 3600)}
    for number in range(2):
        make_invitation(acting(chief, Role.MANAGER), twin_a, email=f"p{number}@example.org")
    with pytest.raises(TooMany):
        make_invitation(acting(chief, Role.MANAGER), twin_a, email="p3@example.org")


def test_the_list_shows_what_became_of_each(invited, chief, twin_a):
    browser = signed_in(chief, twin_a)
    assert "zoe@example.org" in browser.get("/accounts/invitations/?state=pending").content.decode()
    assert "zoe@example.org" not in browser.get("/accounts/invitations/?state=expired").content.decode()
    with clock.time_set_to(clock.now() + dt.timedelta(days=15)):
        assert "zoe@example.org" in browser.get("/accounts/invitations/?state=expired").content.decode()


def test_another_bank_s_invitation_does_not_exist_here(invited, twin_b):
    browser = signed_in(make_person("bee@example.org", twin_b, Role.MANAGER), twin_b)
    assert "zoe@example.org" not in browser.get("/accounts/invitations/").content.decode()
    assert browser.post(f"/accounts/invitations/{invited.pk}/revoke/").status_code == 404
    assert browser.post(f"/accounts/invitations/{invited.pk}/resend/").status_code == 404


def test_an_account_that_was_closed_is_not_opened_by_an_invitation(invited, twin_b):
    person = make_person("zoe@example.org", twin_b, Role.DRIVER)
    with in_platform(Purpose.TEST):
        User.objects.filter(pk=person.pk).update(is_active=False)
        with pytest.raises(DomainError, match="closed"):
            invitation_accept(invitation=invited, email="zoe@example.org")


def test_accepting_keeps_the_name_that_a_person_has_chosen(invited, twin_a, twin_b):
    person = make_person("zoe@example.org", twin_b, Role.DRIVER)
    with in_platform(Purpose.TEST):
        user = invitation_accept(invitation=invited, email="zoe@example.org")
    assert (user, user.full_name) == (person, "Zoe")
    assert hat_of(user, twin_a, Role.VOLUNTEER).ended_at is None


def test_nobody_without_the_verb_invites_by_the_service(chief, twin_a):
    with pytest.raises(Forbidden):
        make_invitation(acting(chief, Role.STOCK), twin_a)
