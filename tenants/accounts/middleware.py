"""From the signed-in person to their language, and to the actor of this bank."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from apps.kernel.abilities import Actor, Role
from tenants.accounts.models import Membership, User
from tenants.accounts.selectors import actor_in, hats_of
from tenants.accounts.signing_in.requirement import asked_of, second_factor_of
from tenants.accounts.signing_in.sessions import session_see
from tenants.registry.models import FoodBank

ANONYMOUS = Actor(id=None, label="")
OPEN_TO_STRANGERS = ("/accounts/", "/static/", "/enter/", "/api/")
"""Addresses that answer people without a hat here by themselves; the API refuses in its own shape."""

OPEN_BEFORE_SECOND_FACTOR = (
    "/accounts/second-factor/",
    "/accounts/confirm/",
    "/accounts/language/",
    "/accounts/logout/",
    "/static/",
    "/enter/",
    "/api/",
)
"""Addresses that answer a person who must still show a second factor; the API sees nobody in them."""

SPACE = "space"
"""Key of a session that names the space it was opened in."""


def space_of(bank: FoodBank | None) -> str:
    """Return the word that a session of a host carries: the bank's id, or *public*."""
    return str(bank.pk) if bank else "public"


class LanguageMiddleware:
    """Answers a signed-in person in the language of their file, whatever the browser asks for.

    Anybody else keeps what ``LocaleMiddleware`` found: their choice in a cookie, else the browser's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language, when they have chosen one that the product speaks."""
        language = getattr(request.user, "language", "")
        if language not in dict(settings.LANGUAGES):
            return self.get_response(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class ActorMiddleware:
    """Sets ``request.actor`` and ``request.hats``; a person without a hat here gets a page that says so.

    A session opened on one bank's host is refused on another's: cookies are host-only, and a copied
    one names the bank it was made for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the actor, or say that this person has no hat here."""
        bank: FoodBank | None = getattr(request, "bank", None)
        request.actor, request.hats = ANONYMOUS, []  # type: ignore[attr-defined]
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if self._is_foreign(request, bank):
            request.session.flush()
            return render(request, "no_hat.html", {"hats": []}, status=403)
        session_see(session=request.session)
        hats = list(hats_of(user))
        request.hats = hats  # type: ignore[attr-defined]
        actor = self._actor(user, bank, hats)
        if actor is None and not request.path_info.startswith(OPEN_TO_STRANGERS):
            return render(request, "no_hat.html", {"hats": hats}, status=403)
        request.actor = actor or ANONYMOUS  # type: ignore[attr-defined]
        return self.get_response(request)

    def _actor(self, user: User, bank: FoodBank | None, hats: list[Membership]) -> Actor | None:
        if bank is None:
            roles = frozenset({Role.OPERATOR}) if user.is_staff else frozenset[Role]()
            return Actor(id=user.pk, label=str(user), roles=roles)
        return actor_in(user, bank, hats)

    def _is_foreign(self, request: HttpRequest, bank: FoodBank | None) -> bool:
        return bool(request.session.get(SPACE) != space_of(bank))


class SecondFactorMiddleware:
    """Leads whoever must show a second factor to show it, or to make one, before anything else.

    It reads the hats that ``ActorMiddleware`` has just found, so that a role given a minute ago counts at
    the next request. Until then the person is nobody here: ``request.actor`` has no name and no role. API
    tokens never pass here, for they carry no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a person of whom nothing is missing; lead the others to what is."""
        user = request.user
        if isinstance(user, User):
            request.second_factor = asked_of(request, user, request.actor, request.hats)  # type: ignore[attr-defined]
        if not second_factor_of(request).is_missing:
            return self.get_response(request)
        request.actor, request.hats = ANONYMOUS, []  # type: ignore[attr-defined]
        if request.path_info.startswith(OPEN_BEFORE_SECOND_FACTOR):
            return self.get_response(request)
        return self._led_on(request)

    def _led_on(self, request: HttpRequest) -> HttpResponse:
        back = request.get_full_path() if request.method == "GET" else "/"
        address = f"{reverse('account_second_factor')}?{urlencode({REDIRECT_FIELD_NAME: back})}"
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": reverse("account_second_factor")})
        return HttpResponseRedirect(address)
