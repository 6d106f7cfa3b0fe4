"""What may be said of a log call, a statement or an error when nobody's data may leave.

The rule is the same everywhere: what stands in the code may leave, what was computed may not. A text is
let through when it is a constant of the code that runs; numbers and ids are, words are not.
"""

import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from logging import LogRecord
from types import TracebackType
from typing import Any, Final
from uuid import UUID

WITHHELD: Final = "(text withheld)"
FRAMES_LOOKED_AT: Final = 40
FRAMES_KEPT: Final = 40
ERRORS_KEPT: Final = 8

_LITERALS: Final = re.compile(
    r"--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$|[eEbBxXnN]?'(?:[^'\\]|''|\\.)*'|(?<![\w\"$])\d+(?:\.\d+)?",
    re.DOTALL,
)
_UNCLOSED: Final = re.compile(r"'.*|\$\w*\$.*|/\*.*", re.DOTALL)


class Withheld:
    """Stands for a word that is not said, whatever the format asks for."""

    def __str__(self) -> str:
        return "…"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "…"


def constant_text(record: LogRecord) -> str:
    """Return the text of a log call with its words withheld: ``Not found: …``.

    To be called while the log call runs: the text is looked for among the constants of its callers.
    """
    if not isinstance(record.msg, str) or not _stands_in_code(record.msg):
        return WITHHELD
    if not record.args:
        return record.msg
    try:
        return str(record.msg % _masked(record.args))
    except (TypeError, ValueError, KeyError):
        return record.msg


def sql_shape(statement: str) -> str:
    """Return a statement without its literals and comments; its placeholders stay."""
    return _UNCLOSED.sub("?", _LITERALS.sub("?", statement))


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, members of groups included, the outermost first."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < ERRORS_KEPT:
        here = waiting.pop(0)
        if id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        following = here.__cause__ or (None if here.__suppress_context__ else here.__context__)
        waiting += [*getattr(here, "exceptions", ()), *([following] if following else [])]


def described(error: BaseException) -> dict[str, Any]:
    """Return the type of an error and the places it went through; never its text."""
    place = frames_of(error.__traceback__)
    said: dict[str, Any] = {"type": type_of(error), "frames": place}
    if state := sqlstate_of(error):
        said["sqlstate"] = state
    return said


def type_of(error: BaseException) -> str:
    """Return the full name of an error's class."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def sqlstate_of(error: BaseException | None) -> str:
    """Return the code by which PostgreSQL names an error, if it comes from there."""
    for one in chain_of(error) if error else ():
        if state := getattr(one, "sqlstate", None):
            return str(state)
    return ""


def frames_of(trace: TracebackType | None) -> list[str]:
    """Return ``module:function:line`` for each step of a trace, the innermost last."""
    steps = [
        f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_name}:{line}"
        for frame, line in traceback.walk_tb(trace)
    ]
    return steps[-FRAMES_KEPT:]


def _stands_in_code(text: str) -> bool:
    frame = sys._getframe(2)
    for _step in range(FRAMES_LOOKED_AT):
        if text in frame.f_code.co_consts:
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False


def _masked(arguments: Any) -> Any:
    if isinstance(arguments, Mapping):
        return {name: _mask(value) for name, value in arguments.items()}
    return tuple(_mask(value) for value in arguments)


def _mask(value: object) -> object:
    return value if value is None or isinstance(value, int | float | UUID) else Withheld()
