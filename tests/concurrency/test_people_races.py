"""Two people, or two clicks of one, meet on the same role, invitation, ticket, program or link."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from django.http import HttpRequest

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError
from apps.kernel.models import new_id
from tenants.accounts.errors import AlreadyInvited, LastOne, NoWay
from tenants.accounts.hats import hat_end, hat_grant, hat_leave
from tenants.accounts.inviting import invitation_accept, person_invite
from tenants.accounts.models import ApiToken, HatEvent, Invitation, Membership, SwitchTicket, User
from tenants.accounts.services import token_issue
from tenants.accounts.switching import challenge_of, ticket_issue, ticket_seal, ticket_use
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import DonorAccount
from tenants.network.services import link_make, link_renew
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.making.people import HERE, acting, hat_of, make_invitation, make_person
from tests.making.threads import together
from tests.people import actor_as
from tests.spaces import tampering

WIPE = """
SET LOCAL session_replication_role = replica;
DELETE FROM accounts_switchticket; DELETE FROM accounts_apitoken; DELETE FROM accounts_hatevent;
DELETE FROM accounts_invitation; DELETE FROM accounts_membership; DELETE FROM network_donoraccount;
DELETE FROM accounts_user;
"""


@pytest.fixture
def open_bank(fresh_bank: Callable[..., FoodBank]) -> Iterator[Callable[..., FoodBank]]:
    """Open banks that commit; the shared rows about them go before they do."""
    yield fresh_bank
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(WIPE)


def at_once(bank: FoodBank, *acts: Callable[[], Any]) -> list[Any]:
    """Run acts at the same instant, each in the platform's scope; return what each gave back or raised."""

    def on_the_platform(act: Callable[[], Any]) -> Any:
        with in_platform(Purpose.TEST):
            return act()

    return together(bank, [partial(on_the_platform, act) for act in acts])


def heads_of(bank: FoodBank) -> int:
    with in_platform(Purpose.TEST):
        return Membership.objects.filter(bank=bank, role=Role.MANAGER, ended_at=None).count()


def refusals(results: list[Any]) -> list[type]:
    return [type(result) for result in results if isinstance(result, Exception)]


def test_two_managers_who_end_each_other_s_role_leave_one(open_bank):
    bank = open_bank()
    ada, bob = (make_person(f"{name}@example.org", bank, Role.MANAGER) for name in ("ada", "bob"))
    end = partial(hat_end, place=bank, reason="No more")
    results = at_once(
        bank,
        partial(end, acting(ada, Role.MANAGER), hat_id=hat_of(bob, bank, Role.MANAGER).pk),
        partial(end, acting(bob, Role.MANAGER), hat_id=hat_of(ada, bank, Role.MANAGER).pk),
    )
    assert refusals(results) == [LastOne]
    assert heads_of(bank) == 1


def test_of_three_managers_who_all_leave_one_stays(open_bank):
    bank = open_bank()
    people = [make_person(f"{name}@example.org", bank, Role.MANAGER) for name in ("ada", "bob", "cleo")]
    results = at_once(
        bank,
        *(
            partial(
                hat_leave,
                acting(person, Role.MANAGER),
                place=bank,
                hat_id=hat_of(person, bank, Role.MANAGER).pk,
            )
            for person in people
        ),
    )
    assert refusals(results) == [LastOne]
    assert heads_of(bank) == 1


def test_a_role_given_by_two_people_at_once_is_given_once(open_bank):
    bank = open_bank()
    chief = make_person("chief@example.org", bank, Role.MANAGER)
    denis = make_person("denis@example.org", bank, Role.STOCK)
    grant = partial(hat_grant, acting(chief, Role.MANAGER), place=bank, user=denis, role="accounts")
    results = at_once(bank, grant, grant, grant)
    assert len(refusals(results)) == 2
    assert all(isinstance(result, DomainError | User) for result in results)
    with in_platform(Purpose.TEST):
        assert HatEvent.objects.filter(user=denis, role="accounts").count() == 1


@pytest.fixture
def chief(open_bank) -> tuple[FoodBank, User]:
    bank = open_bank()
    return bank, make_person("chief@example.org", bank, Role.MANAGER)


def test_an_invitation_accepted_by_a_double_click_lets_in_once(chief):
    bank, host = chief
    invitation = make_invitation(acting(host, Role.MANAGER), bank)
    accept = partial(invitation_accept, invitation=invitation, email=invitation.email)
    results = at_once(bank, accept, accept, accept)
    assert refusals(results) == []
    with in_platform(Purpose.TEST):
        assert User.objects.filter(email=invitation.email).count() == 1
        assert Membership.objects.filter(user__email=invitation.email).count() == 1
        assert HatEvent.objects.filter(user__email=invitation.email).count() == 1


def test_two_banks_that_let_in_the_same_newcomer_make_one_person(open_bank, chief):
    bank, host = chief
    other = open_bank()
    other_host = make_person("other@example.org", other, Role.MANAGER)
    here = make_invitation(acting(host, Role.MANAGER), bank)
    there = make_invitation(acting(other_host, Role.MANAGER), other)
    results = at_once(
        bank, *(partial(invitation_accept, invitation=each, email=each.email) for each in (here, there))
    )
    assert refusals(results) == []
    with in_platform(Purpose.TEST):
        (person,) = User.objects.filter(email=here.email)
        assert set(person.memberships.values_list("bank_id", flat=True)) == {bank.pk, other.pk}


def test_the_same_address_invited_by_two_people_at_once_gets_one_letter(chief):
    bank, host = chief
    invite = partial(
        person_invite,
        acting(host, Role.MANAGER),
        place=bank,
        entry=HERE,
        email="zoe@example.org",
        full_name="Zoé",
        language="en",
        roles=["volunteer"],
    )
    results = at_once(bank, *(partial(invite, op_key=new_id()) for _person in range(3)))
    assert refusals(results) == [AlreadyInvited, AlreadyInvited]
    with in_platform(Purpose.TEST):
        assert Invitation.objects.count() == 1


def test_a_form_sent_twice_at_once_invites_once(chief):
    bank, host = chief
    invite = partial(
        person_invite,
        acting(host, Role.MANAGER),
        place=bank,
        entry=HERE,
        email="zoe@example.org",
        full_name="Zoé",
        language="en",
        roles=["volunteer"],
        op_key=uuid4(),
    )
    assert refusals(at_once(bank, invite, invite)) == []
    with in_platform(Purpose.TEST):
        assert Invitation.objects.count() == 1


def a_request(user: User, bank: FoodBank) -> HttpRequest:
    """Return a request of a signed-in person, as far as tickets look at it."""
    session = type("Session", (dict,), {"session_key": f"session-of-{user.pk}"})()
    request = SimpleNamespace(session=session, user=user, get_host=lambda: bank.host)
    return cast("HttpRequest", request)


def test_a_ticket_opens_one_session_however_often_it_is_used_at_once(open_bank, chief):
    bank, host = chief
    other = open_bank()
    make_person("chief@example.org", other, Role.STOCK)
    request = a_request(host, bank)
    with in_platform(Purpose.TEST):
        secret = ticket_issue(request, user=host, source=bank, target=other)
        _ticket, seal = ticket_seal(
            request, secret=secret, source=bank, challenge=challenge_of("kept in a cookie")
        )
    use = partial(ticket_use, secret=secret, target=other, seal=seal, answer="kept in a cookie")
    results = at_once(bank, use, use, use)
    assert refusals(results) == [NoWay, NoWay]
    with in_platform(Purpose.TEST):
        assert not SwitchTicket.objects.exists()


def test_many_who_leave_at_once_clear_away_old_tickets_without_meeting(open_bank, chief):
    bank, host = chief
    other = open_bank()
    make_person("chief@example.org", other, Role.STOCK)
    issue = partial(ticket_issue, a_request(host, bank), user=host, source=bank, target=other)
    with in_platform(Purpose.TEST), clock.time_set_to(clock.now() - dt.timedelta(minutes=5)):
        for _old in range(20):
            issue()
    results = at_once(bank, *([issue] * 4))
    assert refusals(results) == []
    with in_platform(Purpose.TEST):
        assert SwitchTicket.objects.count() == 4


def test_a_program_let_in_by_a_double_click_is_let_in_once(chief):
    bank, host = chief
    issue = partial(token_issue, user=host, bank=bank, label="Scales", role="stock", op_key=uuid4())
    results = at_once(bank, issue, issue, issue)
    assert refusals(results) == []
    assert len({secret for _token, secret in results}) == 1
    with in_platform(Purpose.TEST):
        assert ApiToken.objects.count() == 1


def test_a_donor_s_link_made_and_renewed_by_several_people_at_once_is_one_link(open_bank):
    bank = open_bank()
    with in_tenant(bank, Purpose.TEST):
        donor = make_donor(email="rayon@shop.example")
    made = together(bank, [partial(link_make, actor_as(Role.ROUNDS), donor=donor)] * 3)
    assert [
        result for result in made if isinstance(result, Exception) and not isinstance(result, Conflict)
    ] == []
    with in_tenant(bank, Purpose.TEST):
        donor.refresh_from_db()
    with in_platform(Purpose.TEST):
        version = DonorAccount.objects.get(pk=donor.account_id).link_version
    renew = partial(link_renew, actor_as(Role.ROUNDS), donor=donor, version=version)
    assert refusals(together(bank, [renew] * 3)) == []
    with in_platform(Purpose.TEST):
        assert DonorAccount.objects.get(pk=donor.account_id).link_version == version + 1
