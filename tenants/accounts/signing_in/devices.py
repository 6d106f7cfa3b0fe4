"""The browsers that a person has signed in from: a signed cookie of the host names who they are.

A known browser asks for codes by itself: what others ask elsewhere never shuts its person out. A browser that
is not known yet is told to its person by e-mail. Guesses at a second factor are counted by themselves only in
a browser that has shown one before: coming in with a code by e-mail alone buys no new count.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.accounts.models import User
from tenants.accounts.signing_in.factors import host_of
from tenants.accounts.signing_in.marks import mark_proven

PEOPLE_MOST: Final = 12
"""A tablet of the dock is shared; it remembers so many of its people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser: an id that says nothing, who signed in from it, who wants no passkey on it.

    ``proven``: who has shown a second factor on it.
    """

    id: str
    people: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()

    def knows(self, user: User) -> bool:
        """Tell whether a person has signed in from here before."""
        return str(user.pk) in self.people

    def was_proven_by(self, user: User) -> bool:
        """Tell whether a person has shown a second factor from here before."""
        return str(user.pk) in self.proven

    def was_declined_by(self, user: User) -> bool:
        """Tell whether a person said that they want no passkey on it."""
        return str(user.pk) in self.declined

    def with_person(self, user: User) -> "Device":
        """Return the device, a person known on it."""
        return replace(self, people=_last(self.people, user))

    def proven_by(self, user: User) -> "Device":
        """Return the device, a person known on it who has shown a second factor."""
        return replace(self.with_person(user), proven=_last(self.proven, user))

    def declined_by(self, user: User) -> "Device":
        """Return the device, a person's *not now* remembered."""
        return replace(self, declined=_last(self.declined, user))


def device_of(request: HttpRequest) -> Device:
    """Return the browser that asks, as its cookie of this host tells; a new one without it."""
    word = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        told: Any = unsigned(word, purpose=_purpose(request), max_age=settings.DEVICE_COOKIE_AGE)
        names = {name: tuple(told.get(name, ())) for name in ("people", "proven", "declined")}
        return Device(id=told["id"], **names)
    except (NotSigned, TypeError, KeyError, AttributeError):
        return Device(id=uuid4().hex)


def device_keep(request: HttpRequest, response: HttpResponseBase, device: Device) -> None:
    """Write the cookie of a browser into an answer."""
    told = asdict(device)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signed(told, purpose=_purpose(request)),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.DEVICE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def proof_keep(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Note that a person has just shown a second factor: in the session, and in the browser's cookie."""
    mark_proven(request.session)
    device_keep(request, response, device_of(request).proven_by(user))


def _purpose(request: HttpRequest) -> str:
    return f"device:{host_of(request)}"


def _last(people: tuple[str, ...], user: User) -> tuple[str, ...]:
    return (*(each for each in people if each != str(user.pk)), str(user.pk))[-PEOPLE_MOST:]
