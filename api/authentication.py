"""Who calls: a token of this bank, or the session of a person signed in on this bank's host."""

from dataclasses import replace
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.kernel.abilities import Actor
from apps.kernel.doors import StaffRequest
from tenants.accounts.models import User
from tenants.accounts.selectors import actor_of_token, live_token
from tenants.accounts.services import token_touch
from tenants.crossing import Purpose, in_platform


class BankTokenAuthentication(BaseAuthentication):
    """``Authorization: Token <secret>``; the token belongs to one person in one bank."""

    keyword = b"token"

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """Return the person and the actor they are in this bank.

        Raises:
            AuthenticationFailed: unknown, revoked, or another bank's token.
        """
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword:
            return None
        bank = _asked(request).bank
        with in_platform(Purpose.SIGN_IN):
            token = live_token(parts[1].decode(errors="replace"), bank) if len(parts) == 2 else None
            actor = actor_of_token(token, bank) if token else None
            if token is None or actor is None:
                raise AuthenticationFailed(_("This token is unknown, revoked, or belongs to another bank."))
            token_touch(token=token)
        return token.user, replace(actor, via=token.label)

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a missing token is answered with 401."""
        return "Token"


class BankSessionAuthentication(SessionAuthentication):
    """The session of a person signed in on this bank's own host."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the person and the actor that the middleware found."""
        found = super().authenticate(request)
        return (found[0], _asked(request).actor) if found else None


class HasHatHere(BasePermission):
    """Lets in people with a membership in this bank; services check the rest."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller is an actor of this bank."""
        return isinstance(request.auth, Actor) and bool(request.auth.roles)


def _asked(request: Request) -> StaffRequest:
    """Return the request as the middleware left it, with its bank and actor."""
    return cast("StaffRequest", request._request)
