"""The devices on which a person is signed in, in every bank."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from apps.kernel.doors import reads, writes
from tenants.accounts.signing_in.browsers import browser_in_words
from tenants.accounts.signing_in.events import event_keep
from tenants.accounts.signing_in.models import SignInAct
from tenants.accounts.signing_in.sessions import session_end, sessions_end_others, sessions_of
from tenants.accounts.signing_in.views.shown import person_of


@never_cache
@reads
def device_list(request: HttpRequest) -> HttpResponse:
    """List the sessions of a person on every host: device, place, last use; this one first."""
    here = request.session.session_key
    rows = [
        {"session": row, "device": browser_in_words(row.browser), "is_here": row.session_key == here}
        for row in sessions_of(person_of(request))
    ]
    rows.sort(key=lambda each: not each["is_here"])
    return render(request, "account/devices.html", {"rows": rows, "has_others": len(rows) > 1})


@never_cache
@writes
def device_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one session of one's own, now.

    Raises:
        Http404: no such session, or somebody else's.
    """
    user = person_of(request)
    row = sessions_of(user).filter(pk=pk).first()
    if request.method != "POST":
        if row is None:
            raise Http404
        shown = {"session": row, "device": browser_in_words(row.browser)}
        return render(request, "account/device_end.html", shown)
    is_here = row is not None and row.session_key == request.session.session_key
    if session_end(user=user, session_id=pk) and not is_here:
        messages.success(request, _("This device is signed out."))
    if is_here:
        logout(request)
        return redirect("account_login")
    return redirect("account_devices")


@never_cache
@writes
def device_end_others(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this one, now."""
    if request.method != "POST":
        return render(request, "account/device_end_others.html")
    user = person_of(request)
    number = sessions_end_others(request=request, user=user)
    event_keep(user=user, act=SignInAct.SESSIONS_ENDED, bank=getattr(request, "bank", None))
    said = ngettext("%(number)s device is signed out.", "%(number)s devices are signed out.", number)
    messages.success(request, said % {"number": number})
    return redirect("account_devices")
