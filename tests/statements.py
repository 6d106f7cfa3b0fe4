"""How many SQL statements an act takes."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements_of(act: Callable[[], object]) -> int:
    """Return the number of SQL statements of an act, once its caches are warm."""
    act()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
