"""Time: instants are UTC, days belong to the bank's own time zone.

A simulated instant can be set for a block, so that demonstrations and tests live through a week in a
minute and give the same books for the same seed.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from apps.kernel.scope import scope_or_none

_simulated: ContextVar[dt.datetime | None] = ContextVar("collecto_simulated_now", default=None)
_PARIS = ZoneInfo("Europe/Paris")


def now() -> dt.datetime:
    """Return the current instant in UTC (or the simulated one)."""
    return _simulated.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return the current day in the open bank's time zone (Paris outside a bank)."""
    return day_of(now())


def day_of(instant: dt.datetime) -> dt.date:
    """Return the day on which an instant falls in the open bank's time zone."""
    return local(instant).date()


def local(instant: dt.datetime) -> dt.datetime:
    """Return an instant in the open bank's time zone (Paris outside a bank)."""
    scope = scope_or_none()
    return instant.astimezone(scope.zone if scope else _PARIS)


@contextmanager
def time_set_to(instant: dt.datetime) -> Iterator[None]:
    """Run a block at a simulated instant.

    Raises:
        ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("a simulated instant needs a time zone")
    token = _simulated.set(instant.astimezone(dt.UTC))
    try:
        yield
    finally:
        _simulated.reset(token)
