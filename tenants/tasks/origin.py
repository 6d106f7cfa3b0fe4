"""The request at the origin of the running work: it travels with deferred work into logs and reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

REQUEST_HEADER: Final = "collecto-request-id"
"""Message header with the id of the request that caused a task; empty when the clock did."""

_request_id: ContextVar[str] = ContextVar("collecto_request_id", default="")


def request_id() -> str:
    """Return the id of the request at the origin of what runs now; empty when there is none."""
    return _request_id.get()


@contextmanager
def caused_by(request: str) -> Iterator[None]:
    """Run a block as the consequence of a request."""
    token = _request_id.set(request)
    try:
        yield
    finally:
        _request_id.reset(token)
