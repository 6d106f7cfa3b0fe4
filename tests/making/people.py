"""Builders of people of a place, and what is read in the letters they get."""

import re
from uuid import UUID

from django.core import mail
from django.test import Client

from apps.kernel.abilities import Actor, Role
from apps.kernel.models import new_id
from tenants.accounts.addresses import Entry
from tenants.accounts.inviting import person_invite
from tenants.accounts.models import Invitation, Membership, User
from tenants.accounts.places import Place
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import client_for

HERE = Entry(scheme="http")


def make_person(email: str, bank: FoodBank, *roles: Role, partner_id: UUID | None = None) -> User:
    """Return a person with roles in a bank."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email=email, full_name=email.partition("@")[0].capitalize(), language="en")
        for role in roles:
            membership_grant(
                user=user, bank=bank, role=role, partner_id=partner_id if role is Role.PARTNER else None
            )
    return user


def hat_of(user: User, bank: FoodBank, role: Role) -> Membership:
    """Return the role of a person in a bank, held or ended."""
    with in_platform(Purpose.TEST):
        return Membership.objects.filter(user=user, bank=bank, role=role).latest("created_at")


def signed_in(user: User, bank: FoodBank) -> Client:
    """Return a browser of a person on a bank's host."""
    with in_platform(Purpose.TEST):
        return client_for(user, bank)


def acting(user: User, *roles: Role, partner_id: UUID | None = None, is_responsible: bool = False) -> Actor:
    """Return the actor that a person is."""
    return Actor(
        id=user.pk,
        label=str(user),
        roles=frozenset(roles),
        partner_id=partner_id,
        is_responsible=is_responsible,
    )


def make_invitation(actor: Actor, place: Place, **overrides: object) -> Invitation:
    """Return a new invitation of a volunteer; its letter waits in the outbox."""
    values: dict[str, object] = {
        "email": "zoe@example.org",
        "full_name": "Zoé Blanc",
        "language": "en",
        "roles": [Role.VOLUNTEER.value],
        "op_key": new_id(),
    }
    with in_platform(Purpose.TEST):
        return person_invite(actor, place=place, entry=HERE, **values | overrides)  # type: ignore[arg-type]


def link_in_letter() -> str:
    """Return the path of the link in the last letter."""
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def code_in_letter() -> str:
    """Return the code in the last letter."""
    found = re.search(r"^\s*([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[1]
