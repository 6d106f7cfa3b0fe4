"""What people choose for themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from tenants.accounts.models import User
from tenants.accounts.services import language_choose
from tenants.isolation.throttle import address_of, count


@login_not_required
@require_POST
def account_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language a person chose, in their file when signed in and in this browser; go back."""
    if isinstance(request.user, User):
        language_choose(user=request.user, language=request.POST.get("language", ""))
    return set_language(request)


def counted_requests(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Count requests for a sign-in code: strictly per person and address, generously per address alone.

    The mails that one person gets from the whole network are counted too, generously: somebody else's
    requests must not shut a person out, nor fill their letter box.

    Raises:
        TooMany: the page says when to try again.
    """

    @wraps(view)
    def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            here = getattr(getattr(request, "bank", None), "pk", None)
            count("sign-in-address", here, address_of(request))
            person = request.POST.get("email", "").strip().lower()
            count("sign-in-person", here, address_of(request), person)
            count("sign-in-mail", person)
        return view(request, *args, **kwargs)

    return counting
