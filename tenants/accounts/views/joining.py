"""Accepting an invitation: a page that explains, a code sent to the invited address, and in.

Opening the link changes nothing and signs nobody in: the scanners of mail servers open links too.
"""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from apps.kernel.abilities import Role
from apps.kernel.doors import writes
from apps.kernel.errors import DomainError
from apps.kernel.forms import add_refusal
from tenants.accounts.codes import code_send, code_use, is_waited_for
from tenants.accounts.forms import CodeForm
from tenants.accounts.inviting import invitation_accept, invitation_behind, was_accepted_just_now
from tenants.accounts.models import ROLE_LABELS, Invitation, User
from tenants.accounts.people import invitation_state
from tenants.isolation.throttle import address_of, count

MAIL = "accounts/mail/join_code"


@login_not_required
@never_cache
@writes
def join(request: HttpRequest, word: str) -> HttpResponseBase:
    """Explain an invitation; send a code to its address when asked to; let in whoever types it.

    Somebody who is signed in with that very address has nothing to prove.
    """
    invitation = invitation_behind(word, getattr(request, "bank", None))
    if invitation is None or not (invitation.is_open or _is_just_accepted(request, invitation)):
        return _gone(request, invitation)
    if request.method == "POST" and _is_me(request, invitation):
        invitation_accept(invitation=invitation, email=invitation.email)
        return _welcomed(request, invitation)
    if request.method == "POST" and "code" in request.POST:
        return _typed(request, invitation)
    if request.method == "POST":
        return _sent(request, invitation)
    return _shown(request, invitation, CodeForm(label_suffix=""))


def _sent(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    count("code-address", address_of(request))
    code_send(
        request,
        about=_about(invitation),
        email=invitation.email,
        language=invitation.language,
        mail=MAIL,
        context={"invitation": invitation, "place": _place(invitation)},
    )
    return redirect(request.path)


def _typed(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Let somebody in with the right code; say what is wrong with another one."""
    count("code-address", address_of(request))
    form = CodeForm(request.POST, label_suffix="")
    if form.is_valid():
        try:
            email = code_use(request, about=_about(invitation), code=form.cleaned_data["code"])
            user = invitation_accept(invitation=invitation, email=email)
        except DomainError as error:
            add_refusal(form, error)
        else:
            return _signed_in(request, invitation, user)
    return _shown(request, invitation, form, status=422)


def _signed_in(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponseBase:
    """Open a session as after any code by e-mail: a second factor is still asked of whoever has one."""
    messages.success(request, _welcome(invitation))
    answer: HttpResponseBase = perform_login(request, user, redirect_url="/", email=user.email)
    return answer


def _welcomed(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    messages.success(request, _welcome(invitation))
    return redirect("home")


def _shown(
    request: HttpRequest, invitation: Invitation, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    """Show who invites, to what, and what to do next; somebody else's session is named."""
    me = request.user if isinstance(request.user, User) else None
    context: dict[str, Any] = {
        "invitation": invitation,
        "place": _place(invitation),
        "roles": [ROLE_LABELS[Role(role)] for role in invitation.roles],
        "is_me": _is_me(request, invitation),
        "other": me if me and not _is_me(request, invitation) else None,
        "waits": is_waited_for(request, about=_about(invitation)) == invitation.email,
        "form": form,
    }
    return render(request, "accounts/join.html", context, status=status)


def _gone(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """Say that the link no longer leads in, and what to do; nothing is said of a false one."""
    state = invitation_state(invitation) if invitation else ""
    return render(request, "accounts/join_gone.html", {"state": state}, status=410)


def _is_me(request: HttpRequest, invitation: Invitation) -> bool:
    return isinstance(request.user, User) and request.user.email == invitation.email


def _is_just_accepted(request: HttpRequest, invitation: Invitation) -> bool:
    """Tell whether this is the second click of whoever has accepted it with the first."""
    if request.method != "POST" or not was_accepted_just_now(invitation):
        return False
    waits = is_waited_for(request, about=_about(invitation)) == invitation.email
    return waits or _is_me(request, invitation)


def _about(invitation: Invitation) -> str:
    return f"join:{invitation.pk}"


def _place(invitation: Invitation) -> str:
    return invitation.bank.name if invitation.bank else "COLLECTO"


def _welcome(invitation: Invitation) -> str:
    return _("Welcome to %(place)s.") % {"place": _place(invitation)}
