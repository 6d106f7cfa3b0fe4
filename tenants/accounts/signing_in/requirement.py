"""Who needs a second factor: a setting of roles, read against the hats that a person wears here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from tenants.accounts.models import Membership, User
from tenants.accounts.signing_in import marks


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is asked of a person: ``required`` here by a role or by a factor of theirs, ``proven`` or not.

    ``guarded``: a role of theirs, here or on any other site, may not work without one.
    """

    required: bool = False
    proven: bool = False
    guarded: bool = False

    @property
    def is_missing(self) -> bool:
        """Tell whether the person must show, or make, a second factor before anything else."""
        return self.required and not self.proven

    @property
    def is_needed(self) -> bool:
        """Tell whether the person may not do without a second factor: the last one stays."""
        return self.required or self.guarded

    @property
    def is_in_force(self) -> bool:
        """Tell whether a factor that the person has is the only proof of grave acts, on every site."""
        return self.is_needed or self.proven


def asked_of(request: HttpRequest, user: User, actor: Actor, hats: Iterable[Membership]) -> SecondFactor:
    """Return what is asked of a signed-in person on this host; reads no row."""
    session = request.session
    required = marks.is_due(session) or (is_required(actor.roles) and not _in_grace(user, hats))
    guarded = is_guarded(user, hats)
    return SecondFactor(required=required, proven=marks.is_proven(session), guarded=guarded)


def is_required(roles: Iterable[Role]) -> bool:
    """Tell whether one of these roles may not work without a second factor."""
    return not set(settings.SECOND_FACTOR_ROLES).isdisjoint(role.value for role in roles)


def is_guarded(user: User, hats: Iterable[Membership]) -> bool:
    """Tell whether a person has, among all their hats, a role that may not work without a second factor."""
    staff = [Role.OPERATOR] if user.is_staff else []
    return is_required([*staff, *(Role(hat.role) for hat in hats)])


def second_factor_of(request: HttpRequest) -> SecondFactor:
    """Return what the middleware found to be asked of whoever sent this request."""
    return getattr(request, "second_factor", SecondFactor())


def grace_ends(user: User, hats: Iterable[Membership]) -> dt.datetime:
    """Return until when a person may work without the second factor that their roles ask for."""
    given = [hat.created_at for hat in hats if is_required([Role(hat.role)])]
    since = min([*given, *([user.date_joined] if user.is_staff else [])], default=user.date_joined)
    return since + dt.timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)


def _in_grace(user: User, hats: Iterable[Membership]) -> bool:
    return settings.SECOND_FACTOR_GRACE_DAYS > 0 and clock.now() < grace_ends(user, hats)
