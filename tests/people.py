"""Fixtures: who acts, and browsers signed in as them."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.kernel.abilities import Actor, Role
from tenants.accounts.middleware import SPACE, space_of
from tenants.accounts.models import Membership, User
from tenants.accounts.services import person_ensure
from tenants.accounts.signing_in.marks import mark_proven
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank


def actor_as(*roles: Role, partner_id: UUID | None = None) -> Actor:
    """Return an actor with the given roles."""
    label = "+".join(roles) or "nobody"
    return Actor(id=uuid4(), label=label, roles=frozenset(roles), partner_id=partner_id)


@pytest.fixture
def manager() -> Actor:
    """A manager of the bank."""
    return actor_as(Role.MANAGER)


@pytest.fixture
def volunteer() -> Actor:
    """A volunteer of the bank."""
    return actor_as(Role.VOLUNTEER)


@pytest.fixture
def nobody() -> Actor:
    """Somebody without any role here."""
    return actor_as()


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Return a browser signed in with a role on a member's own host: ``sign_in(bank, Role.MANAGER)``.

    The role need not fit the place: what a wrong one may see is what some tests ask.
    """

    def browser(bank: FoodBank, role: Role, *, partner_id: UUID | None = None) -> Client:
        with in_platform(Purpose.TEST):
            user = person_ensure(email=f"{role}-{uuid4().hex[:8]}@example.org", full_name=f"{role} person")
            Membership.objects.create(user=user, bank=bank, role=role, partner_id=partner_id)
            return client_for(user, bank)

    return browser


def client_for(user: User, bank: FoodBank) -> Client:
    """Return a browser on a bank's host, signed in as a person."""
    client = Client(headers={"host": host_of(bank)})
    let_in(client, user, bank)
    return client


def let_in(client: Client, user: User, bank: FoodBank | None = None, *, proven: bool = True) -> None:
    """Sign a browser in on a bank's host, or on the public site, its second factor shown or not."""
    client.force_login(user)
    session = client.session
    session[SPACE] = space_of(bank)
    if proven:
        mark_proven(session)
    session.save()


def prove(client: Client) -> None:
    """Let a browser that is signed in count as one that has shown a second factor."""
    session = client.session
    mark_proven(session)
    session.save()


def visitor(bank: FoodBank | None = None) -> Client:
    """Return a browser that is not signed in, on a member's host or on the public site."""
    return Client(headers={"host": host_of(bank) if bank else "localhost"})


def host_of(bank: FoodBank) -> str:
    """Return the host of a member of the test network."""
    return f"{bank.slug}.localhost"
