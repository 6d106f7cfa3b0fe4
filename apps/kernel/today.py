"""What waits today: every stage that has work answers for its own people.

A stage's ``today`` module holds ``queues(actor)``, the piles of work with their numbers; where it helps,
``actions(actor)``, what this person comes to do most, and ``panels(actor)``, what they come to read.
"""

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
