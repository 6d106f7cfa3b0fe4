"""Invitations: somebody is asked by e-mail, and joins once they have shown that the address is theirs.

The link of the letter is signed, kept as a digest, good once and for ``INVITATION_DAYS``; the last letter
counts. Opening it changes nothing.
"""

import datetime as dt
from collections.abc import Iterable
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.kernel import clock, facts
from apps.kernel.abilities import Actor, Role, require
from apps.kernel.models import new_id
from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.accounts.abilities import abilities
from tenants.accounts.addresses import Entry
from tenants.accounts.errors import AccountClosed, AlreadyInvited, InvitationClosed, ReasonMissing
from tenants.accounts.facts import PersonInvited
from tenants.accounts.hats import hat_put, require_newcomer
from tenants.accounts.models import Invitation, InvitationEvent, User
from tenants.accounts.places import Place, charity_named, roles_named, roles_open_to
from tenants.accounts.services import person_ensure
from tenants.accounts.states import HatAct, InvitationAct
from tenants.isolation.throttle import count
from tenants.registry.models import FoodBank

JOIN: Final = "accounts.join"
DOUBLE_CLICK: Final = dt.timedelta(seconds=30)


def person_invite(
    actor: Actor,
    *,
    place: Place,
    entry: Entry,
    email: str,
    full_name: str,
    language: str,
    roles: Iterable[str],
    partner_id: UUID | None = None,
    may_invite: bool = False,
    reason: str = "",
    op_key: UUID | None = None,
) -> Invitation:
    """Invite somebody to a place; the letter leaves through the outbox. Sent twice, it is one invitation.

    Raises:
        Forbidden: the actor does not invite here.
        DomainError: works here already, invited already, no role, no charity.
        TooMany: too many letters leave from here, or reach this address.
    """
    require(abilities(actor), "invite")
    known = Invitation.objects.filter(pk=op_key, bank=place).first() if op_key else None
    if known is not None:
        return known
    named = roles_named(roles, roles_open_to(actor, place))
    partner_id, label = charity_named(actor, place, partner_id) if Role.PARTNER in named else (None, "")
    return _invited(
        actor,
        entry,
        Invitation(
            id=op_key or new_id(),
            bank=place,
            email=email.strip().lower(),
            full_name=full_name.strip(),
            language=language,
            roles=[role.value for role in named],
            partner_id=partner_id,
            partner_label=label,
            may_invite=may_invite and Role.PARTNER in named and not actor.is_responsible,
            reason=reason.strip(),
        ),
    )


def manager_invite(
    actor: Actor,
    *,
    bank: FoodBank,
    entry: Entry,
    email: str,
    full_name: str,
    language: str,
    reason: str,
    op_key: UUID,
) -> Invitation:
    """Invite a manager to a bank, by the operator of the platform, who says why: the bank's people read it.

    Raises:
        Forbidden: only the operator.
        DomainError: no reason, works there already, invited already.
        TooMany: too many letters.
    """
    require(abilities(actor) if actor.is_any(Role.OPERATOR) else (), "invite")
    if not reason.strip():
        raise ReasonMissing
    known = Invitation.objects.filter(pk=op_key, bank=bank).first()
    return known or _invited(
        actor,
        entry,
        Invitation(
            id=op_key,
            bank=bank,
            email=email.strip().lower(),
            full_name=full_name.strip(),
            language=language,
            roles=[Role.MANAGER.value],
            reason=reason.strip(),
        ),
    )


@transaction.atomic
def invitation_resend(actor: Actor, *, invitation: Invitation, entry: Entry) -> Invitation:
    """Send a fresh letter, good for as long as a new one; the link of the letter before it is dead.

    Raises:
        Forbidden: the actor does not invite here.
        InvitationClosed: it was accepted or revoked.
        TooMany: too many letters leave from here, or reach this address.
    """
    require(abilities(actor, invitation), "invite")
    found = _locked(invitation.pk)
    _changed(actor, found, InvitationAct.RESENT, "expires_at", _end())
    _count(found)
    _tell(found, entry)
    return found


@transaction.atomic
def invitation_revoke(actor: Actor, *, invitation: Invitation) -> Invitation:
    """Take an invitation back: its link is dead.

    Raises:
        Forbidden: the actor does not invite here.
        InvitationClosed: it was accepted, or revoked by somebody else.
    """
    require(abilities(actor, invitation), "invite")
    found = _locked(invitation.pk)
    _changed(actor, found, InvitationAct.REVOKED, "revoked_at", clock.now())
    return found


@transaction.atomic
def invitation_accept(*, invitation: Invitation, email: str) -> User:
    """Let somebody in who has shown that the invited address is theirs; returns the person.

    Accepted a moment ago, the same proof gives the same person: a double click lets in once.

    Raises:
        InvitationClosed: it was used, revoked, is too old, or was sent to another address.
        AccountClosed: the account of this address was closed.
    """
    found = Invitation.objects.select_for_update(of=("self",)).select_related("bank").get(pk=invitation.pk)
    if found.email != email:
        raise InvitationClosed
    if was_accepted_just_now(found):
        return _active(found)
    if not found.is_open:
        raise InvitationClosed
    user = _active(found)
    _hats_put(found, user)
    found.accepted_at = clock.now()
    found.digest = ""
    found.save(update_fields=["accepted_at", "digest"])
    return user


def was_accepted_just_now(invitation: Invitation) -> bool:
    """Tell whether an invitation was accepted so lately that the same click may come again."""
    return invitation.accepted_at is not None and invitation.accepted_at > clock.now() - DOUBLE_CLICK


def _active(found: Invitation) -> User:
    """Return the person of the invited address, locked.

    Raises:
        AccountClosed: their account was closed.
    """
    user = person_ensure(email=found.email, full_name=found.full_name, language=found.language)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise AccountClosed
    return user


def _hats_put(found: Invitation, user: User) -> None:
    """Put the roles of an invitation on a person; the history says who invited."""
    host = Actor(id=found.invited_by_id, label=found.invited_by_label)
    for role in map(Role, found.roles):
        partner_id = found.partner_id if role is Role.PARTNER else None
        may_invite = found.may_invite and role is Role.PARTNER
        hat_put(
            host, found.bank, user, role,
            act=HatAct.ACCEPTED, partner_id=partner_id, may_invite=may_invite, reason=found.reason,
        )  # fmt: skip


def word_of(invitation: Invitation) -> str:
    """Make the word of a fresh link, and keep its digest in the invitation, which the caller saves."""
    secret = token_urlsafe(24)
    invitation.digest = _digest(secret)
    return signed([str(invitation.pk), secret], purpose=JOIN)


def invitation_behind(word: str, place: Place) -> Invitation | None:
    """Return the invitation to a place that a link was made for, whatever became of it.

    ``None`` when the word is false, another place's, or of a letter that a later one replaced; the link of
    an invitation that was accepted or revoked is still known by its signature.
    """
    try:
        pk, secret = unsigned(word, purpose=JOIN)
    except NotSigned:
        return None
    found = Invitation.objects.select_related("bank").filter(pk=pk, bank=place).first()
    if found is None or (found.is_open and found.digest != _digest(secret)):
        return None
    return found


def _invited(actor: Actor, entry: Entry, invitation: Invitation) -> Invitation:
    """Write an invitation and have its letter sent, unless the person is here or invited already."""
    invitation.invited_by_id, invitation.invited_by_label = actor.id, actor.label[:200]
    invitation.expires_at = _end()
    require_newcomer(invitation.bank, invitation.email)
    _count(invitation)
    waiting = Invitation.objects.filter(
        bank=invitation.bank, email=invitation.email, accepted_at=None, revoked_at=None
    )
    try:
        with transaction.atomic():
            for former in waiting.filter(expires_at__lte=clock.now()).select_for_update(of=("self",)):
                _changed(actor, former, InvitationAct.REPLACED, "revoked_at", clock.now())
            invitation.save(force_insert=True)
            _tell(invitation, entry)
    except IntegrityError:
        same = Invitation.objects.filter(pk=invitation.pk).first()
        if same is None:
            raise AlreadyInvited from None
        return same
    return invitation


def _changed(actor: Actor, found: Invitation, act: InvitationAct, name: str, moment: dt.datetime) -> None:
    """Set an instant of an invitation that the caller holds, and tell who did it."""
    before = getattr(found, name)
    setattr(found, name, moment)
    found.save(update_fields=[name])
    InvitationEvent.objects.create(
        invitation=found,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        act=act,
        changes={name: [before.isoformat() if before else None, moment.isoformat()]},
    )


def _count(invitation: Invitation) -> None:
    """Count one more letter, of the place and of the address.

    Raises:
        TooMany: says when to try again.
    """
    count("invite-place", invitation.bank_id)
    count("invite-mail", invitation.email)


def _tell(invitation: Invitation, entry: Entry) -> None:
    facts.emit(PersonInvited(invitation_id=invitation.pk, scheme=entry.scheme, port=entry.port))


def _locked(pk: UUID) -> Invitation:
    """Return an invitation that nobody has answered or taken back, locked.

    Raises:
        InvitationClosed: somebody has.
    """
    waiting = Invitation.objects.select_for_update(of=("self",)).select_related("bank")
    found = waiting.filter(pk=pk, accepted_at=None, revoked_at=None).first()
    if found is None:
        raise InvitationClosed
    return found


def _end() -> dt.datetime:
    return clock.now() + dt.timedelta(days=settings.INVITATION_DAYS)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
