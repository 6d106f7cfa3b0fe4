"""Writes about people."""

from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.models import ApiToken, Membership, User
from tenants.accounts.selectors import token_digest
from tenants.registry.models import FoodBank


def person_ensure(*, email: str, full_name: str = "", language: str = "") -> User:
    """Return the person with this e-mail address, created if unknown."""
    found = User.objects.filter(email=email.lower()).first()
    return found or User.objects.create_user(email, full_name, language=language)


def language_choose(*, user: User, language: str) -> None:
    """Keep the language that a person reads; one that the product does not speak changes nothing."""
    if language in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)


def membership_grant(*, user: User, bank: FoodBank, role: Role, partner_id: UUID | None = None) -> Membership:
    """Give a person a hat in a bank; giving it twice changes nothing."""
    membership, _created = Membership.objects.get_or_create(
        user=user, bank=bank, role=role.value, partner_id=partner_id, ended_at=None
    )
    return membership


@transaction.atomic
def membership_end(*, membership: Membership) -> None:
    """Take a hat back now; its history stays."""
    Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=clock.now())


def token_issue(*, user: User, bank: FoodBank, label: str) -> tuple[ApiToken, str]:
    """Make an API token and return it with its secret, which is shown once and never stored."""
    secret = token_urlsafe(32)
    token = ApiToken.objects.create(user=user, bank=bank, label=label, digest=token_digest(secret))
    return token, secret


def token_touch(*, token: ApiToken) -> None:
    """Remember when a token was last used, at most once a minute."""
    now = clock.now()
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
