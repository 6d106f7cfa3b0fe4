"""How often anybody may guess: an office behind one address works on, a stranger shuts nobody out.

Addresses are counted generously, a person at an address strictly. A browser that a person has signed in
from before is counted by itself, so that what others try in that person's name costs them nothing; for
guesses at a second factor, one that they have shown it on before.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenants.accounts.models import User
from tenants.accounts.signing_in.devices import device_of
from tenants.isolation.cache import counted
from tenants.isolation.throttle import address_of, count

View = Callable[..., HttpResponseBase]

CODE_SECONDS = 120
"""A code of an authenticator app is remembered for so long: longer than it is good for."""


def counted_requests(view: View) -> View:
    """Count requests for a sign-in code: strictly per person and address, generously per address alone.

    The mails that one person gets from the whole network are counted too, generously: somebody else's
    requests must not fill their letter box. Their own browsers, which they signed in from before, are
    counted apart: somebody else's requests do not shut them out.

    Raises:
        TooMany: the page says when to try again.
    """

    @wraps(view)
    def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            _count_request(request, request.POST.get("email", "").strip().lower())
        return view(request, *args, **kwargs)

    return counting


def counted_address(name: str) -> Callable[[View], View]:
    """Count what an address sends to a view, under a limit of the settings.

    Raises:
        TooMany: the page says when to try again.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                count(name, here(request), address_of(request))
            return view(request, *args, **kwargs)

        return counting

    return decorate


def count_guess(request: HttpRequest, user: User) -> None:
    """Count a try at somebody's second factor, before it is looked at: by the quarter-hour and by the day.

    A browser on which the person has shown one before is counted by itself, all the others together.

    Raises:
        TooMany: says when to try again.
    """
    device = device_of(request)
    if device.was_proven_by(user):
        count("second-factor-device", device.id, user.pk)
        count("second-factor-device-day", device.id, user.pk)
        return
    count("second-factor-person", user.pk)
    count("second-factor-day", user.pk)


def is_first_use(user: User, code: str) -> bool:
    """Tell whether a code of an app comes for the first time: one that was overheard is worth nothing."""
    return counted(f"code-used:{user.pk}:{code}", seconds=CODE_SECONDS) <= 1


def here(request: HttpRequest) -> UUID | None:
    """Return the bank whose site is asked, ``None`` on the public site."""
    return getattr(getattr(request, "bank", None), "pk", None)


def _count_request(request: HttpRequest, email: str) -> None:
    count("sign-in-address", here(request), address_of(request))
    person = User.objects.filter(email=email).first() if email else None
    device = device_of(request)
    if person is not None and device.knows(person):
        count("sign-in-device", device.id, person.pk)
        return
    count("sign-in-person", here(request), address_of(request), email)
    count("sign-in-mail", email)
