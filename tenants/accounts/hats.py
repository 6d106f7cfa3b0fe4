"""Roles are given and taken: who did it, when and why stays; the last one who gives roles cannot go."""

import datetime as dt
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, require
from tenants.accounts.abilities import abilities
from tenants.accounts.errors import (
    AlreadyHere,
    LastOne,
    NoRole,
    OtherCharity,
    ReasonMissing,
    RoleChanged,
    RoleHeld,
)
from tenants.accounts.models import HatEvent, Membership, User
from tenants.accounts.places import Place, charity_named, head_of, roles_named, roles_of, roles_open_to
from tenants.accounts.states import HatAct

UNDO: Final = dt.timedelta(minutes=5)
"""How long the end of a role may be undone by whoever ended it."""


@transaction.atomic
def hat_grant(
    actor: Actor,
    *,
    place: Place,
    user: User,
    role: str,
    partner_id: UUID | None = None,
    may_invite: bool = False,
    reason: str = "",
) -> User:
    """Give one more role to somebody who works here.

    Raises:
        Forbidden: the actor does not give roles here.
        DomainError: not a role of the place, held already, no charity, another charity.
        RoleChanged: the person works here no more; invite them.
    """
    require(abilities(actor), "grant")
    (wanted,) = roles_named([role], roles_open_to(actor, place))
    partner = charity_named(actor, place, partner_id)[0] if wanted is Role.PARTNER else None
    User.objects.select_for_update().get(pk=user.pk)
    if place is not None and not held(place).filter(user=user).exists():
        raise RoleChanged
    if not hat_put(actor, place, user, wanted, partner_id=partner, may_invite=may_invite, reason=reason):
        raise RoleHeld
    return user


@transaction.atomic
def hat_narrow(
    actor: Actor, *, place: Place, hat_id: UUID, partner_id: UUID, may_invite: bool, reason: str = ""
) -> Membership:
    """Change the charity that a person speaks for, and whether they may invite its other people.

    Raises:
        Forbidden: the actor does not give roles here.
        CharityMissing: no charity of this bank.
        RoleChanged: the role ended meanwhile.
    """
    require(abilities(actor), "grant")
    hat = _locked(held(place).filter(role=Role.PARTNER), hat_id)
    partner = charity_named(actor, place, partner_id)[0]
    acts = [HatAct.MOVED] if partner != hat.partner_id else []
    if may_invite != hat.may_invite:
        acts.append(HatAct.ALLOWED if may_invite else HatAct.DISALLOWED)
    hat.partner_id, hat.may_invite = partner, may_invite
    hat.save(update_fields=["partner_id", "may_invite"])
    for act in acts:
        note(actor, place, hat.user, act, role=Role.PARTNER, partner_id=partner, reason=reason)
    return hat


@transaction.atomic
def hat_end(actor: Actor, *, place: Place, hat_id: UUID, reason: str) -> User:
    """Take a role back, from the next request on.

    Raises:
        Forbidden: the actor does not give roles here.
        DomainError: no reason; nobody else could give roles.
        RoleChanged: it has ended already.
    """
    require(abilities(actor), "end")
    if not reason.strip():
        raise ReasonMissing
    return _end(actor, place, hat_id, act=HatAct.ENDED, reason=reason.strip())


@transaction.atomic
def hat_leave(actor: Actor, *, place: Place, hat_id: UUID) -> User:
    """Give one's own role back.

    Raises:
        Forbidden: the role is somebody else's, or the actor has none here.
        LastOne: nobody else could give roles.
    """
    mine = _own_hat(place, hat_id) == actor.id
    require(abilities(actor) if mine else (), "leave")
    return _end(actor, place, hat_id, act=HatAct.LEFT)


@transaction.atomic
def hat_restore(actor: Actor, *, place: Place, hat_id: UUID) -> User:
    """Undo the end of a role, within minutes, for whoever ended it.

    Raises:
        Forbidden: the actor does not give roles here.
        RoleChanged: it was ended by somebody else, too long ago, or given again.
    """
    require(abilities(actor), "grant")
    since = clock.now() - UNDO
    if place is None:
        user = User.objects.select_for_update().filter(pk=hat_id, is_staff=False).first()
        role, partner_id = Role.OPERATOR, None
    else:
        hat = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(bank=place)
        ended = hat.filter(pk=hat_id, ended_at__gte=since).first()
        user = ended.user if ended else None
        role, partner_id = (Role(ended.role), ended.partner_id) if ended else (Role.OPERATOR, None)
    if user is None or not _ended_by(actor, place, user, role, since):
        raise RoleChanged
    _put_back(place, hat_id)
    note(actor, place, user, HatAct.RESTORED, role=role, partner_id=partner_id)
    return user


def hat_put(
    actor: Actor,
    place: Place,
    user: User,
    role: Role,
    *,
    act: HatAct = HatAct.GRANTED,
    partner_id: UUID | None = None,
    may_invite: bool = False,
    reason: str = "",
) -> bool:
    """Put a hat on a person whose row the caller holds, and tell it; false when it is on already.

    Every role of a person begins here, in a transaction of the caller, who has asked whether the actor may.

    Raises:
        NoRole: people of this place have no such role.
        OtherCharity: the person speaks for another charity of this bank.
    """
    if role not in roles_of(place):
        raise NoRole
    if not _put_on(place, user, role, partner_id=partner_id, may_invite=may_invite):
        return False
    note(actor, place, user, act, role=role, partner_id=partner_id, reason=reason)
    return True


def _put_on(place: Place, user: User, role: Role, *, partner_id: UUID | None, may_invite: bool) -> bool:
    if place is None:
        return bool(User.objects.filter(pk=user.pk, is_staff=False).update(is_staff=True))
    mine = Membership.objects.filter(user=user, bank=place, role=role, ended_at=None)
    if role is Role.PARTNER and mine.exclude(partner_id=partner_id).exists():
        raise OtherCharity
    _hat, is_new = mine.get_or_create(
        partner_id=partner_id,
        defaults={"user": user, "bank": place, "role": role.value, "may_invite": may_invite},
    )
    return is_new


def require_newcomer(place: Place, email: str) -> None:
    """Refuse somebody who works in the place already.

    Raises:
        AlreadyHere: says who it is.
    """
    if place is None:
        person = User.objects.filter(email=email, is_staff=True).first()
    else:
        hat = held(place).filter(user__email=email).first()
        person = hat.user if hat else None
    if person is not None:
        raise AlreadyHere(name=str(person))


def held(place: Place) -> QuerySet[Membership]:
    """Return the roles held in a place now, with their people."""
    return Membership.objects.filter(bank=place, ended_at=None).select_related("user")


def note(
    actor: Actor,
    place: Place,
    user: User,
    act: HatAct,
    *,
    role: Role,
    partner_id: UUID | None = None,
    reason: str = "",
) -> HatEvent:
    """Append a line to the history of a person in a place."""
    return HatEvent.objects.create(
        bank=place,
        user=user,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        action=act,
        role=role.value,
        partner_id=partner_id,
        reason=reason[:300],
    )


def _end(actor: Actor, place: Place, hat_id: UUID, *, act: HatAct, reason: str = "") -> User:
    """End a role unless it is the last one of those who give roles, whom it locks."""
    if place is None:
        heads = list(User.objects.select_for_update().filter(is_staff=True, is_active=True).order_by("pk"))
        user = next((head for head in heads if head.pk == hat_id), None)
        if user is None:
            raise RoleChanged
        _require_another(len(heads))
        User.objects.filter(pk=user.pk).update(is_staff=False)
        note(actor, place, user, act, role=Role.OPERATOR, reason=reason)
        return user
    if held(place).filter(pk=hat_id, role=head_of(place)).exists():
        active = held(place).filter(role=head_of(place), user__is_active=True).order_by("pk")
        _require_another(
            len([head for head in active.select_for_update(of=("self",)) if head.pk != hat_id]) + 1
        )
    hat = _locked(held(place), hat_id)
    hat.ended_at = clock.now()
    hat.save(update_fields=["ended_at"])
    note(actor, place, hat.user, act, role=Role(hat.role), partner_id=hat.partner_id, reason=reason)
    return hat.user


def _require_another(heads: int) -> None:
    if heads < 2:
        raise LastOne


def _locked(hats: QuerySet[Membership], hat_id: UUID) -> Membership:
    """Return a hat among some, locked.

    Raises:
        RoleChanged: it is not, or no longer, among them.
    """
    hat = hats.select_for_update(of=("self",)).filter(pk=hat_id).first()
    if hat is None:
        raise RoleChanged
    return hat


def _own_hat(place: Place, hat_id: UUID) -> UUID | None:
    """Return whose hat it is."""
    if place is None:
        return hat_id
    return held(place).filter(pk=hat_id).values_list("user_id", flat=True).first()


def _ended_by(actor: Actor, place: Place, user: User, role: Role, since: dt.datetime) -> bool:
    """Tell whether the last thing that happened to this role of a person is that the actor ended it."""
    events = HatEvent.objects.filter(bank=place, user=user, role=role, at__gte=since)
    last = events.order_by("-at", "-id").first()
    return last is not None and last.action == HatAct.ENDED and last.actor_id == actor.id


def _put_back(place: Place, hat_id: UUID) -> None:
    if place is None:
        User.objects.filter(pk=hat_id).update(is_staff=True)
        return
    try:
        with transaction.atomic():
            Membership.objects.filter(pk=hat_id).update(ended_at=None)
    except IntegrityError:
        raise RoleChanged from None
