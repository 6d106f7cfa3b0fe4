"""Reads about the people of one place: who works there, since when, what changed, who is invited.

Every read names the place: what a person does elsewhere is nobody's business here.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from tenants.accounts.models import ApiToken, HatEvent, Invitation, Membership, User
from tenants.accounts.places import OF_A_BANK, Place
from tenants.accounts.states import InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Hat:
    """One role of a person in a place, as its pages show it; ``pk`` is what its pages name it by."""

    pk: UUID
    role: Role
    since: dt.datetime
    partner_id: UUID | None = None
    may_invite: bool = False
    ended_at: dt.datetime | None = None
    seen_on: dt.date | None = None


def people_of(place: Place, actor: Actor) -> QuerySet[User]:
    """Return the people who have or had a role in a place; a charity's person sees that charity's."""
    if place is None:
        once = HatEvent.objects.filter(bank=None, user=OuterRef("pk"))
        return User.objects.annotate(is_here=Q(is_staff=True)).filter(Q(is_staff=True) | Exists(once))
    hats = hats_seen_by(actor, place).filter(user=OuterRef("pk"))
    now = hats.filter(ended_at=None)
    return User.objects.annotate(is_here=Exists(now)).filter(Exists(hats))


def hats_seen_by(actor: Actor, place: Place) -> QuerySet[Membership]:
    """Return the roles of a place, past ones too, that a person may read about."""
    hats = Membership.objects.filter(bank=place)
    if actor.is_any(*OF_A_BANK[:-1], Role.FEDERATION):
        return hats
    return hats.filter(role=Role.PARTNER, partner_id=actor.partner_id)


def hats_by_person(place: Place, people: Iterable[User], actor: Actor) -> dict[UUID, list[Hat]]:
    """Return the roles of people in a place, those they have first, then the latest."""
    people = list(people)
    if place is None:
        return {person.pk: _as_operator(person) for person in people}
    rows = hats_seen_by(actor, place).filter(user__in=people)
    found: dict[UUID, list[Hat]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.ended_at is not None, -row.created_at.timestamp())):
        found[row.user_id].append(
            Hat(
                pk=row.pk,
                role=Role(row.role),
                since=row.created_at,
                partner_id=row.partner_id,
                may_invite=row.may_invite,
                ended_at=row.ended_at,
                seen_on=row.seen_on,
            )
        )
    return found


def hat_events_of(place: Place, person: User) -> QuerySet[HatEvent]:
    """Return what changed in what a person may do in a place, newest first."""
    return HatEvent.objects.filter(bank=place, user=person)


def invitations_of(place: Place, actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations to a place, newest first; a charity's person sees those to that charity."""
    found = Invitation.objects.filter(bank=place)
    if actor.is_responsible and not actor.is_any(*OF_A_BANK[:-1]):
        return found.filter(partner_id=actor.partner_id, roles=[Role.PARTNER.value])
    return found


def invitation_state(invitation: Invitation) -> InvitationState:
    """Return where an invitation stands now."""
    if invitation.accepted_at:
        return InvitationState.ACCEPTED
    if invitation.revoked_at:
        return InvitationState.REVOKED
    return InvitationState.PENDING if invitation.expires_at > clock.now() else InvitationState.EXPIRED


def invitations_in(state: str, invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Keep the invitations in a state."""
    unanswered = Q(accepted_at=None, revoked_at=None)
    conditions = {
        InvitationState.PENDING: unanswered & Q(expires_at__gt=clock.now()),
        InvitationState.EXPIRED: unanswered & Q(expires_at__lte=clock.now()),
        InvitationState.ACCEPTED: ~Q(accepted_at=None),
        InvitationState.REVOKED: ~Q(revoked_at=None),
    }
    return invitations.filter(conditions[InvitationState(state)])


def tokens_of(place: Place) -> QuerySet[ApiToken]:
    """Return the programs that were let into a bank, newest first."""
    return ApiToken.objects.filter(bank=place).select_related("user").order_by("-created_at", "-id")


def _as_operator(person: User) -> list[Hat]:
    """Return the one role of the platform, from the person's own file."""
    if not person.is_staff:
        return []
    return [Hat(pk=person.pk, role=Role.OPERATOR, since=person.date_joined)]
