"""Addresses of other sites of the network, on the scheme and port of the page that asks."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from tenants.accounts.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How the network is reached: ``https`` and no port, or those of a demonstration."""

    scheme: str
    port: str = ""

    def address(self, place: Place, path: str) -> str:
        """Return the whole address of a page of a place."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{host_of(place)}{port}{path}"


def entry_of(request: HttpRequest) -> Entry:
    """Return how the page that was asked is reached."""
    port = request.get_host().rpartition(":")[2]
    return Entry(scheme=request.scheme or "https", port=port if port.isdigit() else "")


def host_of(place: Place) -> str:
    """Return the host of a bank, of the federation, or of the public site."""
    return place.host if place else str(settings.BASE_DOMAIN)


def is_ours(host: str) -> bool:
    """Tell whether a host is the base domain or under it: never a bank's own domain."""
    base = str(settings.BASE_DOMAIN)
    return host == base or host.endswith(f".{base}")
