"""What is kept of every change to who a person is here and how they sign in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from apps.kernel.abilities import Actor
from tenants.accounts.models import User
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.registry.models import FoodBank

OF_A_PLACE: Final = (SignInAct.FACTORS_RESET, SignInAct.PROGRAM_ENDED)
"""What somebody who gives roles in a place does there to one of its people."""
OF_THE_PERSON: Final = (SignInAct.NAME_CHANGED, SignInAct.ADDRESS_CHANGED)
"""What people change of themselves that others know them by."""


def event_keep(
    *,
    user: User,
    act: SignInAct,
    bank: FoodBank | None,
    actor: Actor | None = None,
    reason: str = "",
    changes: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """Keep a change to who a person is here or how they sign in; without an actor the person made it.

    ``changes`` is ``{field: [before, after]}``.
    """
    SignInEvent.objects.create(
        user=user,
        bank=bank,
        act=act,
        actor_id=actor.id if actor else user.pk,
        actor_label=actor.label if actor else str(user),
        reason=reason,
        changes=dict(changes or {}),
    )


def events_of(user: User) -> QuerySet[SignInEvent]:
    """Return what changed in who a person is here and how they sign in, the latest first."""
    return SignInEvent.objects.filter(user=user).select_related("bank")


def events_in(place: FoodBank | None, person: User) -> QuerySet[SignInEvent]:
    """Return what was done in a place to how a person, or a program of theirs, comes in, the latest first."""
    return SignInEvent.objects.filter(user=person, bank=place, act__in=OF_A_PLACE)


def renamings_of(person: User, *, since: dt.datetime) -> QuerySet[SignInEvent]:
    """Return when a person took another name or address, since an instant, the latest first."""
    return SignInEvent.objects.filter(user=person, act__in=OF_THE_PERSON, at__gte=since)
