"""When a periodic job is due: pure arithmetic on instants, given in seconds since 1970."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The last turn of a job: its number, and the instant at which it was taken."""

    slot: int
    taken_at: float


def slot_due(*, now: float, every: float, last: Turn | None) -> int | None:
    """Return the number of the turn that is due now, ``None`` when none is.

    The number is that of the period that holds ``now``. Once the clock has been set back, numbers go
    on from the last one: no turn is taken twice, and the job does not wait for the clock to catch up.
    """
    period = int(now // every)
    if last is None or period > last.slot:
        return period
    is_ahead = now - last.taken_at >= every
    was_set_back = last.taken_at - now >= every
    return last.slot + 1 if is_ahead or was_set_back else None
