"""How sign-in behaves: people are invited, nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.accounts.middleware import SPACE, space_of
from tenants.isolation.throttle import address_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes public sign-up; everything else is the library's own behaviour."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no: accounts come from invitations."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign a person in, on this host alone: the session names the space it was opened in."""
        super().login(request, user)
        request.session[SPACE] = space_of(getattr(request, "bank", None))

    def is_safe_url(self, url: str) -> bool:
        """Tell whether a page may lead there after it: to this host only, never to another bank's."""
        here = {context.request.get_host()}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=here)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the library counts by: ours, which believes our own proxies alone."""
        return address_of(request)
