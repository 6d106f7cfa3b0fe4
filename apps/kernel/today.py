"""What waits today: every stage that has work answers with queues for its own people."""

from dataclasses import dataclass
from typing import Literal

from apps.kernel.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One pile of work: how many, of what, how urgent, and where to do it."""

    label: Text
    count: int
    hint: Text
    url: str
    tone: Literal["neutral", "ok", "warn", "danger"] = "neutral"
