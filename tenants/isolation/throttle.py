"""How often anything may be asked: counted at once in the shared cache, in the space it was asked in."""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from apps.kernel import clock
from apps.kernel.errors import TooMany
from tenants.isolation.cache import counted

NOWHERE: Final = "unknown"
HOUSEHOLD: Final = 64
"""Bits of an IPv6 address that one subscriber holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many times in so many seconds, for one thing that is asked."""

    name: str
    most: int
    seconds: int

    @classmethod
    def called(cls, name: str) -> "Limit":
        """Return a limit of the settings (``LIMITS``).

        Raises:
            KeyError: the settings have no such limit.
        """
        most, seconds = settings.LIMITS[name]
        return cls(name=name, most=most, seconds=seconds)

    def wait_after(self, *who: object) -> int:
        """Count one more time for somebody; return the seconds to wait, 0 when it is within the limit.

        Windows follow one another: the count starts again at the end of each. Who asks is hashed, so
        that the cache holds nobody's address. Without a cache to count in, everything is let through.
        """
        now = clock.now().timestamp()
        window = int(now // self.seconds)
        asker = sha256("\n".join(map(str, who)).encode()).hexdigest()
        total = counted(f"limit:{self.name}:{window}:{asker}", seconds=self.seconds)
        return ceil((window + 1) * self.seconds - now) if total > self.most else 0


def count(name: str, *who: object) -> None:
    """Count one more time for somebody in the open space.

    Raises:
        TooMany: the limit is reached; says when to try again.
    """
    wait = Limit.called(name).wait_after(*who)
    if wait:
        raise TooMany(seconds=wait)


def address_of(request: HttpRequest) -> str:
    """Return the network address of who asks; one subscriber of IPv6 counts as one.

    ``X-Forwarded-For`` is written by anybody: only the hop that our own proxies added is believed.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = settings.TRUSTED_PROXY_COUNT
    seen = hops[-proxies] if 0 < proxies <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(seen)
    except ValueError:
        return NOWHERE
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, HOUSEHOLD), strict=False))
    return str(address)
