"""Rules of the partners: pure functions."""

from typing import Final

DAYS_TO_EAT: Final = {"TWICE_WEEKLY": 0, "WEEKLY": 1, "MONTHLY": 7}
"""Days of life that food must have left at hand-over, by how often a partner comes.

Who comes twice a week gives it out the same day; weekly, the day after at the latest; monthly, within a week.
"""


def life_wanted(rhythm: str, own_days: int | None) -> int:
    """Return the days of life a partner wants at hand-over: its own, else those its rhythm asks for."""
    return DAYS_TO_EAT.get(rhythm, 0) if own_days is None else own_days
