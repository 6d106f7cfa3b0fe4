"""What an answer to an offer must respect. Pure: no framework, no row."""

import datetime as dt
from typing import Final

USE_BY: Final = "USE_BY"
NO_DATE: Final = "NONE"


def use_by_passed(date_kind: str, expires_on: dt.date | None, *, on: dt.date) -> bool:
    """Tell whether a use-by date is over on a day; the day written on the food is still allowed.

    A passed use-by date forbids giving the food out or working it (order on dates of food, domain §2).
    """
    return date_kind == USE_BY and expires_on is not None and expires_on < on


def date_fits(date_kind: str, expires_on: dt.date | None) -> bool:
    """Tell whether a kind of date and a date go together: food without a date has none."""
    return date_kind != NO_DATE or expires_on is None


def is_late(answer_by: dt.datetime | None, *, now: dt.datetime) -> bool:
    """Tell whether the time to answer is over."""
    return answer_by is not None and answer_by < now


def first_day(*, today: dt.date, pickup: dt.date) -> dt.date:
    """Return the first day on which the bank can have the food in hand."""
    return max(today, pickup)
