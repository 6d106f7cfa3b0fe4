"""How sign-in behaves: people are invited, nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from tenants.isolation.throttle import address_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes public sign-up; everything else is the library's own behaviour."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no: accounts come from invitations."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the library counts by: ours, which believes our own proxies alone."""
        return address_of(request)
