"""My account: one page from which everything about oneself is reached."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from apps.kernel.doors import reads
from tenants.accounts.signing_in.events import events_of
from tenants.accounts.signing_in.factors import factors_of, host_of
from tenants.accounts.signing_in.proconnect.identities import identities_of
from tenants.accounts.signing_in.requirement import grace_ends, is_required, second_factor_of
from tenants.accounts.signing_in.sessions import sessions_of
from tenants.accounts.signing_in.views.shown import NEXT, person_of

EVENTS_MOST: Final = 8


@never_cache
@reads
def hub(request: HttpRequest) -> HttpResponse:
    """Show who one is, how one signs in, where one is signed in, and what changed lately."""
    user = person_of(request)
    request.session.pop(NEXT, None)
    context = {
        "person": user,
        "found": factors_of(user, host_of(request)),
        "needs_factor": second_factor_of(request).is_needed,
        "grace": _grace(request),
        "identity": identities_of(user).first(),
        "session_count": sessions_of(user).count(),
        "events": events_of(user)[:EVENTS_MOST],
    }
    return render(request, "account/hub.html", context)


def _grace(request: HttpRequest) -> Any:
    """Return until when this person may go on without the second factor that their role asks for."""
    roles = request.actor.roles  # type: ignore[attr-defined]
    hats = request.hats  # type: ignore[attr-defined]
    waits = is_required(roles) and not second_factor_of(request).required
    return grace_ends(person_of(request), hats) if waits else None
