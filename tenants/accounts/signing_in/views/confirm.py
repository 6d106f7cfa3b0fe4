"""Proving by e-mail that it is you, where no second factor is in force."""

from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache

from apps.kernel import clock
from apps.kernel.doors import writes
from tenants.accounts.models import User
from tenants.accounts.signing_in.confirmation import back_from, may_confirm_by_mail, way_to_confirm
from tenants.accounts.signing_in.forms import MailedCodeForm
from tenants.accounts.signing_in.marks import mark_confirmed
from tenants.accounts.signing_in.views.shown import person_of
from tenants.isolation.throttle import count

SENT: Final = "confirmation_code"
SALT: Final = "collecto.confirmation"
GOOD_FOR: Final = 600
"""Seconds."""


@never_cache
@writes
def confirm(request: HttpRequest) -> HttpResponse:
    """Send a code to the person's address, then take it; they go on to what they were about to do."""
    back = back_from(request)
    if way_to_confirm(request) is None:
        return HttpResponseRedirect(back)
    here = reverse("account_confirm", query={REDIRECT_FIELD_NAME: back})
    if not may_confirm_by_mail(request):
        return redirect(reverse("account_second_factor", query={REDIRECT_FIELD_NAME: back}))
    if request.method != "POST":
        return _page(request, back, MailedCodeForm() if _is_waiting(request) else None, 200)
    if "send" in request.POST:
        _send(request, person_of(request))
        return redirect(here)
    return _taken(request, back)


def _page(request: HttpRequest, back: str, form: MailedCodeForm | None, status: int) -> HttpResponse:
    shown = {"form": form, "back": back, "email": person_of(request).email}
    return render(request, "account/confirm.html", shown, status=status)


def _taken(request: HttpRequest, back: str) -> HttpResponse:
    """Look at the code that was typed.

    Raises:
        TooMany: says when to try again.
    """
    count("confirmation-code", person_of(request).pk, request.session.session_key)
    form = MailedCodeForm(request.POST, is_right=lambda code: _is_right(request, code))
    if not form.is_valid():
        return _page(request, back, form, 422)
    request.session.pop(SENT, None)
    mark_confirmed(request.session)
    return HttpResponseRedirect(back)


def _send(request: HttpRequest, user: User) -> None:
    """Send a new code; the one before is worth nothing any more.

    Raises:
        TooMany: says when to ask again.
    """
    count("confirmation-mail", user.pk)
    adapter = get_adapter(request)
    code = adapter.generate_login_code()
    request.session[SENT] = [_digest(request, code), clock.now().timestamp()]
    with translation.override(user.language or translation.get_language()):
        adapter.send_mail("account/email/confirmation_code", user.email, {"code": code})


def _is_waiting(request: HttpRequest) -> bool:
    """Tell whether a code is on its way."""
    sent: Any = request.session.get(SENT)
    return bool(sent) and clock.now().timestamp() - float(sent[1]) < GOOD_FOR


def _is_right(request: HttpRequest, code: str) -> bool:
    return _is_waiting(request) and constant_time_compare(request.session[SENT][0], _digest(request, code))


def _digest(request: HttpRequest, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac(SALT, f"{request.session.session_key}:{plain}").hexdigest()
