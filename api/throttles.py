"""How often a program may call: counted per person in each bank, and per address for strangers."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.kernel.abilities import Actor
from tenants.isolation.throttle import Limit, address_of


class PerPerson(BaseThrottle):
    """So many calls of one person in one bank, whatever the tokens and the machines."""

    seconds: int = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the call; tells whether it is within the limit."""
        caller = request.auth.id if isinstance(request.auth, Actor) else None
        self.seconds = Limit.called("api").wait_after(caller)
        return not self.seconds

    def wait(self) -> float | None:
        """Return how many seconds to wait."""
        return float(self.seconds) or None


def wait_of_stranger(request: Request) -> int:
    """Count a call that was refused for its token; return the seconds to wait, 0 within the limit."""
    return Limit.called("api-stranger").wait_after(address_of(request._request))
