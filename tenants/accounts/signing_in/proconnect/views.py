"""Signing in through ProConnect, leaving it, and having it open one's account no more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from apps.kernel.doors import reads, writes
from tenants.accounts.signing_in.proconnect.client import ProConnectClient, leaving_address
from tenants.accounts.signing_in.proconnect.identities import identities_of, identities_remove
from tenants.accounts.signing_in.proconnect.marks import token_of
from tenants.accounts.signing_in.views.shown import person_of

View = Callable[..., HttpResponseBase]


@never_cache
@login_not_required
def proconnect_login(request: HttpRequest) -> HttpResponse:
    """Send a person to the issuer.

    Raises:
        Http404: this installation has none.
    """
    return _told(OAuth2LoginView, request)


@never_cache
@login_not_required
def proconnect_callback(request: HttpRequest) -> HttpResponse:
    """Take a person back from the issuer.

    Raises:
        Http404: this installation has none.
    """
    return _told(OAuth2CallbackView, request)


@never_cache
@login_not_required
@reads
def cancelled(request: HttpRequest) -> HttpResponse:
    """Say that nothing happened, and offer the other way."""
    return render(request, "socialaccount/login_cancelled.html")


@never_cache
@writes
def unlink(request: HttpRequest) -> HttpResponse:
    """Take the identities that open one's account away, once asked again; the person is told by e-mail."""
    user = person_of(request)
    if request.method != "POST":
        identities = identities_of(user)
        if not identities:
            return redirect("account_hub")
        return render(request, "socialaccount/unlink.html", {"identities": identities})
    if identities_remove(user=user):
        get_adapter(request).send_notification_mail("socialaccount/email/account_disconnected", user)
        messages.success(request, _("ProConnect no longer opens your account."))
    return redirect("account_hub")


def leaving(view: View) -> View:
    """Let whoever came through the issuer leave it too when they sign out here."""

    @wraps(view)
    def leave(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        word = token_of(request.session) if request.method == "POST" and settings.PROCONNECT_ISSUER else ""
        address = leaving_address(request, id_token=word) if word else ""
        answer = view(request, *args, **kwargs)
        return render(request, "account/left.html", {"address": address}) if address else answer

    return leave


def _told(view: type, request: HttpRequest) -> HttpResponse:
    if not settings.PROCONNECT_ISSUER:
        raise Http404
    answer: HttpResponse = view.adapter_view(ProConnectClient(request, "proconnect"))(request)  # type: ignore[attr-defined]
    return answer
