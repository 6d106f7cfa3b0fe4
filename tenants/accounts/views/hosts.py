"""Going from one bank's site to another without signing in twice (how: ``tenants/accounts/switching``)."""

from http import HTTPStatus
from secrets import token_urlsafe
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.kernel.doors import writes
from tenants.accounts.addresses import entry_of
from tenants.accounts.errors import NoWay
from tenants.accounts.models import SwitchTicket, User
from tenants.accounts.places import Place
from tenants.accounts.switching import (
    CARRIED,
    GOOD_SECONDS,
    challenge_of,
    ticket_for,
    ticket_issue,
    ticket_seal,
    ticket_use,
)
from tenants.isolation.throttle import address_of, count
from tenants.registry.models import FoodBank

PLATFORM: Final = "platform"
"""Word of the form for the public site, where there is no bank."""
ANSWER: Final = "__Host-arriving" if settings.SESSION_COOKIE_SECURE else "arriving"


@never_cache
@writes
def switch(request: HttpRequest) -> HttpResponseBase:
    """Ask for a ticket (POST), and lead there; or sign the challenge that the other host leads back with.

    The page that leads on is no redirect: browsers hold redirects of a form to the site of the form.
    """
    if request.method != "POST":
        return _sealed(request)
    target = _target(request.POST.get("to", ""))
    if not isinstance(request.user, User):
        return redirect("account_login")
    secret = ticket_issue(request, user=request.user, source=_here(request), target=target)
    onward = _arrival(request, target, ticket=secret)
    answer = render(request, "accounts/switching.html", {"target": target, "onward": onward})
    answer["Refresh"] = f"0;url={onward}"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _sealed(request: HttpRequest) -> HttpResponseBase:
    """Lead back to the host of the ticket with the signed challenge; without a ticket, go home.

    Raises:
        NoWay: the ticket is not this session's.
    """
    secret, challenge = request.GET.get("ticket", ""), request.GET.get("challenge", "")
    if not secret:
        return redirect("home")
    ticket, seal = ticket_seal(request, secret=secret, source=_here(request), challenge=challenge)
    return _led(_arrival(request, ticket.target, ticket=secret, seal=seal))


@login_not_required
@never_cache
@require_GET
def arrive(request: HttpRequest) -> HttpResponseBase:
    """Set a challenge and lead back (first visit); open the session (second visit, challenge signed).

    Raises:
        NoWay: ticket, signature and browser do not fit.
        TooMany: so many tries from one address.
    """
    count("code-address", address_of(request))
    secret, seal = request.GET.get("ticket", ""), request.GET.get("seal", "")
    target = _here(request)
    if not seal:
        return _challenged(request, ticket_for(secret, target=target), secret)
    ticket = ticket_use(secret=secret, target=target, seal=seal, answer=request.COOKIES.get(ANSWER, ""))
    _open(request, ticket)
    answer = redirect("home")
    answer.delete_cookie(ANSWER)
    return answer


def _challenged(request: HttpRequest, ticket: SwitchTicket, secret: str) -> HttpResponse:
    """Keep an answer in a cookie of this host, and lead to the first host with its digest."""
    kept = token_urlsafe(32)
    query = urlencode({"ticket": secret, "challenge": challenge_of(kept)})
    back = _led(entry_of(request).address(ticket.source, f"{reverse('account_switch')}?{query}"))
    back.set_cookie(
        ANSWER,
        kept,
        max_age=GOOD_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return back


def _open(request: HttpRequest, ticket: SwitchTicket) -> None:
    """Open a session on this host, with what the person has proved in the first one, at its hour."""
    request.session.flush()
    get_adapter(request).login(request, ticket.user)
    for name in CARRIED:
        request.session.pop(name, None)
    request.session.update(ticket.marks)


def _led(url: str) -> HttpResponse:
    """Lead to another host of ours without telling where from."""
    answer = HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _arrival(request: HttpRequest, target: Place, **query: str) -> str:
    return entry_of(request).address(target, f"{reverse('account_arrive')}?{urlencode(query)}")


def _here(request: HttpRequest) -> Place:
    place: Place = getattr(request, "bank", None)
    return place


def _target(named: str) -> Place:
    """Return the place that the form names.

    Raises:
        NoWay: no such place.
    """
    if named == PLATFORM:
        return None
    try:
        return get_object_or_404(FoodBank.objects.prefetch_related("domains"), pk=UUID(named))
    except ValueError:
        raise NoWay from None
