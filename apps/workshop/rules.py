"""Rules of the workshop.

Freezing meat for donation: regulation (EU) 2021/1374, recital 8; before the use-by date, to -18 °C or below,
never what was frozen before. “Frozen on” for meat and unprocessed fish: regulation (EU) 1169/2011, annex III
point 6; the label says it of everything frozen here.
"""

import datetime as dt


def yield_percent(taken_grams: int, made_grams: int) -> float | None:
    """Return how much of what was taken became goods, in percent; ``None`` when nothing was taken."""
    return 100 * made_grams / taken_grams if taken_grams else None


def is_date_ahead(expires_on: dt.date | None, *, on: dt.date) -> bool:
    """Tell whether a date that was set for new goods lies after a day."""
    return expires_on is not None and expires_on > on
