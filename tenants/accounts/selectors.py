"""Reads about people."""

from dataclasses import replace
from hashlib import sha256

from django.db.models import QuerySet

from apps.kernel.abilities import Actor, Role
from apps.kernel.folding import Fold
from tenants.accounts.models import ApiToken, Membership, User
from tenants.registry.models import FoodBank


def hats_of(user: User) -> QuerySet[Membership]:
    """Return the memberships a person holds now, bank loaded, by bank name."""
    return (
        Membership.objects.filter(user=user, ended_at__isnull=True)
        .select_related("bank")
        .prefetch_related("bank__domains")
        .order_by(Fold("bank__name"), "role")
    )


def actor_in(user: User, bank: FoodBank, hats: list[Membership] | None = None) -> Actor | None:
    """Return the actor that a person is in a bank, or ``None`` without a membership there."""
    held = hats_of(user) if hats is None else hats
    here = [hat for hat in held if hat.bank_id == bank.pk]
    if not here:
        return None
    speaks = next((hat for hat in here if hat.role == Role.PARTNER), None)
    return Actor(
        id=user.pk,
        label=str(user),
        roles=frozenset(Role(hat.role) for hat in here),
        partner_id=speaks.partner_id if speaks else None,
        is_responsible=bool(speaks and speaks.may_invite),
    )


def token_digest(secret: str) -> str:
    """Return what is stored of an API token."""
    return sha256(secret.encode()).hexdigest()


def live_token(secret: str, bank: FoodBank) -> ApiToken | None:
    """Return the token of this bank that matches a secret and is not revoked."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=token_digest(secret), bank=bank, revoked_at__isnull=True, user__is_active=True)
        .first()
    )


def has_role_in(user: User, place: FoodBank | None) -> bool:
    """Tell whether a person has a role in a bank, in the federation, or on the platform itself."""
    if place is None:
        return user.is_staff
    return Membership.objects.filter(user=user, bank=place, ended_at__isnull=True).exists()


def actor_of_token(token: ApiToken, bank: FoodBank) -> Actor | None:
    """Return whom a program acts as: its person, narrowed to its role, while the person may give that role.

    ``None`` when the person has left, or no longer holds the role nor manages the bank.
    """
    actor = actor_in(token.user, bank)
    if actor is None or not token.role:
        return actor
    role = Role(token.role)
    return replace(actor, roles=frozenset({role})) if actor.is_any(role, Role.MANAGER) else None
