"""What a session says about how its person was recognised, and when.

Three marks: *confirmed* (they proved it is them, by any way), *proven* (with a second factor too) and
*due* (this person has a second factor and has not shown it yet in this session).
"""

from collections.abc import MutableMapping
from typing import Any, Final

from django.conf import settings

from apps.kernel import clock

CONFIRMED: Final = "confirmed_at"
PROVEN: Final = "second_factor_at"
DUE: Final = "second_factor_due"

Marks = MutableMapping[str, Any]
"""A session, as far as marks go."""


def mark_confirmed(session: Marks, *, second_factor_due: bool = False) -> None:
    """Note that the person has just proved it is them; a second factor may still be asked."""
    session[CONFIRMED] = clock.now().timestamp()
    if second_factor_due:
        session[DUE] = True


def mark_proven(session: Marks) -> None:
    """Note that the person has just shown a second factor: nothing more is asked in this session."""
    session[CONFIRMED] = session[PROVEN] = clock.now().timestamp()
    session.pop(DUE, None)


def is_proven(session: Marks) -> bool:
    """Tell whether a second factor was shown in this session."""
    return PROVEN in session


def is_due(session: Marks) -> bool:
    """Tell whether this person has a second factor and has not shown it in this session."""
    return DUE in session


def is_fresh(session: Marks, *, proven: bool) -> bool:
    """Tell whether the person proved so lately that it is them that a grave act may follow.

    ``proven``: with a second factor; otherwise any way counts.
    """
    at = float(session.get(PROVEN if proven else CONFIRMED, 0))
    return clock.now().timestamp() - at < settings.CONFIRMED_SECONDS
