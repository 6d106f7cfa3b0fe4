"""The sessions that a person has open, on every host: what is seen of them, and how they end.

Sessions live in the database alone, so that one that was ended is over at its next request, everywhere.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from apps.kernel import clock
from tenants.accounts.models import SwitchTicket, User
from tenants.accounts.signing_in.models import OpenSession
from tenants.registry.models import FoodBank

SEEN: Final = "seen_at"
"""Key of a session that is listed: when it was last noted."""
SEEN_EVERY: Final = 600
"""Seconds between two notes of a session being used: no request writes without need."""


def sessions_of(user: User) -> QuerySet[OpenSession]:
    """Return the sessions that a person has open, the one used last first."""
    living = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    return OpenSession.objects.filter(Exists(living), user=user).select_related("bank")


@transaction.atomic
def session_open(*, request: HttpRequest, user: User, bank: FoodBank | None) -> OpenSession:
    """List the session that a person has just opened; those that ended by themselves leave the list."""
    session = request.session
    if not session.session_key:
        session.save()
    OpenSession.objects.filter(user=user).exclude(pk__in=sessions_of(user).values("pk")).delete()
    browser = request.headers.get("User-Agent", "")[:300]
    session[SEEN] = clock.now().timestamp()
    opened, _created = OpenSession.objects.update_or_create(
        session_key=session.session_key, defaults={"user": user, "bank": bank, "browser": browser}
    )
    return opened


def session_see(*, session: SessionBase) -> None:
    """Note that a listed session is in use, at most every ten minutes."""
    now = clock.now()
    if SEEN in session and now.timestamp() - float(session[SEEN]) > SEEN_EVERY:
        OpenSession.objects.filter(session_key=session.session_key).update(seen_at=now)
        session[SEEN] = now.timestamp()


@transaction.atomic
def session_end(*, user: User, session_id: UUID) -> bool:
    """End one session of a person now; tells whether there was such a session."""
    found = OpenSession.objects.filter(user=user, pk=session_id).first()
    if found is None:
        return False
    _end([found.session_key])
    return True


@transaction.atomic
def sessions_end_others(*, request: HttpRequest, user: User) -> int:
    """End every session of a person but the one that asks; returns how many were listed.

    The stamp that every session of a person carries changes, so that one that no list knows is over too.
    """
    here = request.session.session_key
    others = list(sessions_of(user).exclude(session_key=here).values_list("session_key", flat=True))
    _end(others)
    SwitchTicket.objects.filter(user=user).delete()
    _stamp_anew(user)
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    return len(others)


@transaction.atomic
def sessions_end_all(*, user: User) -> None:
    """End every session of a person, everywhere, and the ways to other banks that they had begun."""
    SwitchTicket.objects.filter(user=user).delete()
    _end(list(OpenSession.objects.filter(user=user).values_list("session_key", flat=True)))
    _stamp_anew(user)


def session_leave(*, session: SessionBase) -> None:
    """Take a session that is being left off the list."""
    if session.session_key:
        OpenSession.objects.filter(session_key=session.session_key).delete()
        _ways_end([session.session_key])


def _end(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(session_key__in=keys).delete()
    _ways_end(keys)


def _ways_end(keys: list[str]) -> None:
    """End the ways to other banks that were begun in some sessions: a ticket does not outlive its session."""
    digests = [sha256(key.encode()).hexdigest() for key in keys]
    SwitchTicket.objects.filter(session_digest__in=digests).delete()


def _stamp_anew(user: User) -> None:
    """Change what the stamp of a person's sessions is made from: nobody has a password here."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
