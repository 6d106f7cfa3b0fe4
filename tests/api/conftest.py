"""Programs that call the API: one token each, of one person in one bank."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import host_of

Program = Callable[..., Client]


@pytest.fixture
def program(db: None) -> Program:
    """Return a client with a token: ``program(bank, Role.MANAGER)``, ``at=`` to call another bank's host."""

    def made(
        bank: FoodBank, role: Role, *, partner_id: UUID | None = None, at: FoodBank | None = None
    ) -> Client:
        secret = token_of(person_with(bank, role, partner_id), bank)
        return Client(headers={"host": host_of(at or bank), "authorization": f"Token {secret}"})

    return made


def person_with(bank: FoodBank, role: Role, partner_id: UUID | None = None) -> User:
    """Return a new person with a role in a bank."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email=f"{role}-{uuid4().hex[:8]}@example.org", full_name=f"{role} person")
        membership_grant(user=user, bank=bank, role=role, partner_id=partner_id)
    return user


def token_of(user: User, bank: FoodBank) -> str:
    """Return the secret of a new token of a person in a bank."""
    with in_platform(Purpose.TEST):
        _token, secret = token_issue(user=user, bank=bank, label="test")
    return secret
