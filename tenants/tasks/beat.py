"""The beat: sends each entry of the schedule at its interval, whatever happens to the clock on the wall.

Celery's own compares wall-clock times kept in a file: set back one hour, it stays silent for one hour.
This one counts elapsed time and keeps nothing: the turns in the database say what has run. So several
may run side by side, and one that has just started asks for everything at once.
"""

import datetime as dt
import time
from typing import Any, Final

from celery.beat import ScheduleEntry, Scheduler

SHORTEST_SLEEP_S: Final = 0.01


class SteadyScheduler(Scheduler):
    """Scheduler of intervals by the monotonic clock; entries are sent when it starts, then regularly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._due: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def install_default_entries(self, data: Any) -> None:
        """Add nothing: results, where they are kept, expire by themselves."""

    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        """Send every entry that is due; returns the seconds until the next."""
        now = time.monotonic()
        for name, entry in self.schedule.items():
            if self._due.get(name, now) <= now:
                self._due[name] = now + _interval_of(entry)
                self.apply_entry(entry, producer=self.producer)
        wait = min(self._due.values(), default=now) - time.monotonic()
        return max(wait, SHORTEST_SLEEP_S)


def _interval_of(entry: ScheduleEntry) -> float:
    interval: dt.timedelta = entry.schedule.run_every  # type: ignore[union-attr]
    return interval.total_seconds()
