"""A grave act is done only by somebody who has just proved that it is them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from tenants.accounts.models import User
from tenants.accounts.signing_in import marks
from tenants.accounts.signing_in.factors import Factors, factors_of, host_of
from tenants.accounts.signing_in.requirement import second_factor_of

View = Callable[..., HttpResponseBase]


def confirmed(view: View) -> View:
    """Declare that a view is only for somebody who has just proved that it is them.

    Whoever has not is led to do so, and comes back to the page; what was sent is sent again there.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return led_to_confirm(request) or view(request, *args, **kwargs)

    return asking


def led_to_confirm(request: HttpRequest) -> HttpResponseBase | None:
    """Return the way to prove that it is you and back, ``None`` for somebody who just did.

    For a view that asks for it only when what it is about is grave.
    """
    way = way_to_confirm(request)
    return None if way is None else _led_to(way, request)


def way_to_confirm(request: HttpRequest) -> str | None:
    """Return the name of the page where the person proves that it is them, ``None`` when they just did.

    Whoever works with a second factor, here or on another site, proves it with that one; without any yet,
    by e-mail. So a mail box alone makes, shows and removes no factor of somebody whom one protects.
    """
    user = request.user
    if not isinstance(user, User):
        return "account_login"
    asked = second_factor_of(request)
    found = factors_of(user, host_of(request))
    by_factor = asked.is_in_force and found.any
    if marks.is_fresh(request.session, proven=by_factor):
        return None
    return "account_second_factor" if by_factor or _is_quick(found) else "account_confirm"


def may_confirm_by_mail(request: HttpRequest) -> bool:
    """Tell whether a code by e-mail is enough: not for whoever works with a second factor and has one."""
    asked = second_factor_of(request)
    if not asked.is_in_force:
        return True
    return isinstance(request.user, User) and not factors_of(request.user, host_of(request)).any


def back_from(request: HttpRequest, default: str = "account_hub") -> str:
    """Return where to go once it is proved: the page that asked, on this host only."""
    asked = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    return asked if asked and get_adapter(request).is_safe_url(asked) else reverse(default)


def _is_quick(found: Factors) -> bool:
    """Tell whether one touch of a passkey will do: nobody need wait for an e-mail."""
    return found.passkeys_here > 0


def _led_to(way: str, request: HttpRequest) -> HttpResponseRedirect:
    back = request.get_full_path()
    if request.method != "GET":
        back = urlsplit(request.headers.get("Referer", "")).path or reverse("account_hub")
    return HttpResponseRedirect(f"{reverse(way)}?{urlencode({REDIRECT_FIELD_NAME: back})}")
