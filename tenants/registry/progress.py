"""How far a step on a bank is, told while it runs."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_noop

Tell = Callable[[str, int, int], None]
"""Called with the stage, the parts done and the parts in all; may write it down or draw it."""

BUILDING: Final = gettext_noop("Building the space")
SETTLING: Final = gettext_noop("Waiting for work to end")
COPYING: Final = gettext_noop("Copying the tables")
SHARED: Final = gettext_noop("Copying the shared rows")
FILES: Final = gettext_noop("Copying the files")
LOADING: Final = gettext_noop("Loading the tables")
CHECKING: Final = gettext_noop("Checking what was loaded")
COUNTING: Final = gettext_noop("Counting what will go")
REMOVING: Final = gettext_noop("Removing")
LOOKING: Final = gettext_noop("Looking for what is left")
STAGES: Final = (
    BUILDING, SETTLING, COPYING, SHARED, FILES, LOADING, CHECKING, COUNTING, REMOVING, LOOKING,
)  # fmt: skip


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
