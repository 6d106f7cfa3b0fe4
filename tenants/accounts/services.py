"""Writes about people."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import partial
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, router, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, require, software
from tenants.accounts.abilities import abilities
from tenants.accounts.errors import AddressTaken, TokenShown
from tenants.accounts.hats import hat_put
from tenants.accounts.models import ApiToken, Membership, User
from tenants.accounts.selectors import token_digest
from tenants.accounts.signing_in.events import event_keep
from tenants.accounts.signing_in.models import SignInAct
from tenants.accounts.signing_in.proconnect.identities import identities_remove
from tenants.registry.models import FoodBank

TOLD: Final = {
    "full_name": SignInAct.NAME_CHANGED,
    "language": SignInAct.LANGUAGE_CHANGED,
    "email": SignInAct.ADDRESS_CHANGED,
}
"""What people change of themselves, and what their history calls it."""
SHOWN_SECONDS: Final = 60
"""How long a form that lets a program in may be sent again and still show its secret."""


def person_ensure(*, email: str, full_name: str = "", language: str = "") -> User:
    """Return the person with this e-mail address, created if unknown, by whoever comes first."""
    known = User.objects.filter(email=email.lower())
    found = known.first()
    if found is not None:
        return found
    try:
        with transaction.atomic(using=router.db_for_write(User)):
            return User.objects.create_user(email, full_name, language=language)
    except IntegrityError:
        return known.get()


def language_choose(*, user: User, language: str, bank: FoodBank | None = None) -> None:
    """Keep the language that a person reads; one that the product does not speak changes nothing.

    ``bank`` is the place where they say it, as in the two functions below; their history tells it.
    """
    if language in dict(settings.LANGUAGES):
        _changed(user, bank, {"language": language})


def identity_change(*, user: User, full_name: str, language: str, bank: FoodBank | None = None) -> None:
    """Keep how a person is called and the language they read."""
    _changed(user, bank, {"full_name": full_name.strip(), "language": language})


def require_free_address(*, user: User, email: str) -> str:
    """Return an address as it is kept, unless somebody else signs in with it.

    Raises:
        AddressTaken: somebody else does.
    """
    wanted = User.objects.normalize_email(email.strip()).lower()
    if User.objects.filter(email=wanted).exclude(pk=user.pk).exists():
        raise AddressTaken
    return wanted


def address_change(*, user: User, email: str, bank: FoodBank | None = None) -> None:
    """Let a person sign in with an address they have proved is theirs; tell the former one.

    Identities of ProConnect that were found by the former address open the account no more.

    Raises:
        AddressTaken: somebody else has taken it meanwhile.
    """
    before, wanted = user.email, require_free_address(user=user, email=email)
    try:
        with transaction.atomic():
            _changed(user, bank, {"email": wanted})
            EmailAddress.objects.filter(user=user).delete()
            if identities_remove(user=user):
                event_keep(user=user, act=SignInAct.IDENTITY_REMOVED, bank=bank)
    except IntegrityError:
        raise AddressTaken from None
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = render_to_string("accounts/mail/address_changed.txt", {"user": user})
        subject = gettext("Your sign-in address has changed")
    transaction.on_commit(
        partial(send_mail, subject, text, settings.DEFAULT_FROM_EMAIL, [before]), robust=True
    )


def membership_grant(*, user: User, bank: FoodBank, role: Role, partner_id: UUID | None = None) -> Membership:
    """Give a person a hat in a bank where nobody gives any yet; giving it twice changes nothing.

    The history says that the software did it; what people give each other goes through ``hat_grant``.

    Raises:
        NoRole: people of this place have no such role.
        OtherCharity: the person speaks for another charity of this bank.
    """
    with transaction.atomic(using=router.db_for_write(User)):
        User.objects.select_for_update().get(pk=user.pk)
        hat_put(software("COLLECTO"), bank, user, role, partner_id=partner_id)
    return Membership.objects.get(user=user, bank=bank, role=role, partner_id=partner_id, ended_at=None)


def token_issue(
    *, user: User, bank: FoodBank, label: str, role: str = "", op_key: UUID | None = None
) -> tuple[ApiToken, str]:
    """Make an API token and return it with its secret, which is shown once and never stored.

    The same form sent again within a minute gets the same answer: its secret is made from the key of the
    form, which is not stored either.

    Raises:
        TokenShown: the secret of this form was shown longer ago.
    """
    secret = token_urlsafe(32) if op_key is None else _secret_of(op_key)
    given = {"label": label, "role": role}
    token, is_new = ApiToken.objects.get_or_create(
        digest=token_digest(secret), user=user, bank=bank, defaults=given
    )
    if not is_new and (clock.now() - token.created_at).total_seconds() > SHOWN_SECONDS:
        raise TokenShown
    return token, secret


@transaction.atomic
def token_revoke(actor: Actor, *, token: ApiToken) -> ApiToken:
    """Shut a program out, from its next request on; doing it twice changes nothing.

    Raises:
        Forbidden: the actor is no manager of the bank.
    """
    require(abilities(actor), "revoke_token")
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        event_keep(
            user=token.user,
            act=SignInAct.PROGRAM_ENDED,
            bank=token.bank,
            actor=actor,
            changes={"program": [token.label, None]},
        )
    return token


@transaction.atomic
def _changed(user: User, bank: FoodBank | None, values: Mapping[str, str]) -> None:
    """Write what differs of a person who changes it by themselves, and tell each difference."""
    known = User.objects.select_for_update().get(pk=user.pk)
    before = {name: getattr(known, name) for name in values}
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
    for name, value in values.items():
        if before[name] != value:
            event_keep(user=user, act=TOLD[name], bank=bank, changes={name: [before[name], value]})


def _secret_of(op_key: UUID) -> str:
    made = salted_hmac("accounts.token", op_key.hex, algorithm="sha256").digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def token_touch(*, token: ApiToken) -> None:
    """Remember when a token was last used, at most once a minute."""
    now = clock.now()
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
