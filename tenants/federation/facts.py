"""What happens to the figures, told to whoever must act later."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthEnded(Errand):
    """A month is over and somebody asked for its report; ``month`` is its first day."""

    subscription_id: UUID
    month: dt.date
