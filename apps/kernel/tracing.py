"""What the running work is called, so that a line of log, a report and a task can be told to belong together.

A request, a task or a command opens one ``Trace``. It lives in a context variable, like the scope: it
follows async code, and threads that copy their context. Its request id travels in ``X-Request-ID`` and in
the header ``collecto-request-id`` of the tasks that the work sends.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

REQUEST_ID_HEADER: Final = "X-Request-ID"
TASK_REQUEST_ID: Final = "collecto-request-id"
TASK_BANK: Final = "collecto-bank"
"""Header of a task that holds the id of the bank it works for."""

_SANE = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f-]{14,62}[0-9A-Fa-f]")


class WorkKind(StrEnum):
    """What sort of work is running."""

    WEB = "web"
    TASK = "task"
    COMMAND = "command"


@dataclass(slots=True, kw_only=True)
class Trace:
    """One request, one run of a task, or one command; filled in as more becomes known of it."""

    request_id: str
    kind: WorkKind
    name: str = ""
    """Pattern of the route, name of the task or of the command: never the path, which holds values."""
    method: str = ""
    user_id: UUID | None = None
    bank_id: UUID | None = None
    bank_slug: str = ""


_trace: ContextVar[Trace | None] = ContextVar("collecto_trace", default=None)


def current_trace() -> Trace | None:
    """Return the trace of the running work, ``None`` outside any."""
    return _trace.get()


def request_id() -> str:
    """Return the request id of the running work, empty outside any."""
    trace = _trace.get()
    return trace.request_id if trace else ""


def new_request_id() -> str:
    """Make a request id: 32 hexadecimal digits."""
    return uuid4().hex


def sane_request_id(given: object) -> str:
    """Return an id that somebody else gave, or a new one unless it is 16 to 64 hex digits and dashes."""
    return given if isinstance(given, str) and _SANE.fullmatch(given) else new_request_id()


@contextmanager
def trace_opened(trace: Trace) -> Iterator[Trace]:
    """Name the work of a block; the caller's name comes back whatever happens inside."""
    token = _trace.set(trace)
    try:
        yield trace
    finally:
        _trace.reset(token)
