"""What the pages about signing in have in common."""

import json
from typing import Any, Final, cast

from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn.internal import auth
from django.http import HttpRequest
from django.urls import reverse

from tenants.accounts.models import User

NEXT: Final = "after_second_factor"
"""Key of a session that names the page where somebody was going when a second factor was asked."""


def person_of(request: HttpRequest) -> User:
    """Return who is signed in; the views that call this are closed to strangers."""
    return cast("User", request.user)


def onward(request: HttpRequest) -> str:
    """Return where the person was going before all this; home when nowhere in particular."""
    asked = str(request.session.get(NEXT, ""))
    return asked if asked and get_adapter(request).is_safe_url(asked) else reverse("home")


def passkey_options(user: User) -> str:
    """Return what a browser must know to use one of the person's passkeys, as JSON."""
    return _as_json(auth.begin_authentication(user))


def new_passkey_options(user: User) -> str:
    """Return what a browser must know to make a passkey that finds its person by itself, as JSON."""
    return _as_json(auth.begin_registration(user, True))


def _as_json(options: dict[str, Any]) -> str:
    return json.dumps(options["publicKey"], default=dict)
