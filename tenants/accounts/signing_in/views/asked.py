"""The second factor: shown after the code, made where a role asks for it, shown again for grave acts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from django import forms
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from apps.kernel.doors import writes
from tenants.accounts.models import User
from tenants.accounts.signing_in.confirmation import back_from, way_to_confirm
from tenants.accounts.signing_in.devices import proof_keep
from tenants.accounts.signing_in.factors import Factors, factors_of, host_of, is_of, keep_under_present_key
from tenants.accounts.signing_in.forms import SecondFactorForm, TouchForm
from tenants.accounts.signing_in.limits import count_guess
from tenants.accounts.signing_in.requirement import second_factor_of
from tenants.accounts.signing_in.views.shown import NEXT, onward, passkey_options, person_of

View = Callable[..., HttpResponseBase]


@never_cache
@writes
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has one; lead the others to make one."""
    user = person_of(request)
    if REDIRECT_FIELD_NAME in request.GET:
        request.session[NEXT] = back_from(request, "home")
    found = factors_of(user, host_of(request))
    if not found.any:
        return _to_make(request)
    if request.method == "POST":
        return _answered(request, user, found)
    if not second_factor_of(request).is_missing and way_to_confirm(request) is None:
        return HttpResponseRedirect(onward(request))
    return _asked(request, user, found, SecondFactorForm(user=user), 200)


def making(view: View) -> View:
    """Let a view make a second factor, but never beside one that was not shown yet."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = person_of(request)
        if second_factor_of(request).is_missing and factors_of(user, host_of(request)).any:
            return redirect("account_second_factor")
        return view(request, *args, **kwargs)

    return guarded


def _to_make(request: HttpRequest) -> HttpResponse:
    if not second_factor_of(request).is_missing:
        return redirect("account_hub")
    return render(request, "account/second_factor_make.html")


def _answered(request: HttpRequest, user: User, found: Factors) -> HttpResponse:
    """Look at what was shown; a try counts before it is looked at.

    Raises:
        TooMany: says when to try again.
    """
    count_guess(request, user)
    touched = "credential" in request.POST
    shown: Any = TouchForm if touched else SecondFactorForm
    form = shown(data=request.POST, user=user)
    used = _used(form, touched=touched) if form.is_valid() else None
    if used is None or (touched and not is_of(used, host_of(request))):
        return _asked(request, user, found, form, 422)
    keep_under_present_key(used)
    post_authentication(request, used, reauthenticated=True)
    answer = HttpResponseRedirect(onward(request))
    proof_keep(request, answer, user)
    return answer


def _used(form: Any, *, touched: bool) -> Any:
    return form.cleaned_data["credential"] if touched else form.authenticator


def _asked(request: HttpRequest, user: User, found: Factors, form: forms.Form, status: int) -> HttpResponse:
    touched = not isinstance(form, SecondFactorForm)
    context = {
        "form": SecondFactorForm(user=user) if touched else form,
        "is_refused": touched,
        "found": found,
        "asked": second_factor_of(request),
        "options": passkey_options(user) if found.passkeys_here else "",
    }
    return render(request, "account/second_factor.html", context, status=status)
