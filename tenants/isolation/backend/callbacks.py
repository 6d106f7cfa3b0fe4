"""Callbacks after the commit see the bank under which they were registered.

An outer transaction may belong to another bank: its commit must not lend that bank to a callback of ours.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from apps.kernel.scope import scope_opened, scope_or_none

Callback = Callable[[], Any]


def bound(callback: Callback) -> Callback:
    """Return a callback that runs in the scope open now, whatever scope is open when it is called."""
    scope = scope_or_none()
    if scope is None:
        return callback

    @wraps(callback, updated=())
    def in_its_scope() -> Any:
        with scope_opened(scope):
            return callback()

    return in_its_scope


class ScopedCallbacks:
    """Mix-in of the database connection, before Django's own wrapper: ``on_commit`` binds the open scope."""

    def on_commit(self, func: Callback, robust: bool = False) -> None:
        """Call a function in the present scope once the transaction has committed.

        Raises:
            TypeError: it is no function.
        """
        if not callable(func):
            raise TypeError("on_commit()'s callback must be a callable.")
        super().on_commit(bound(func), robust)  # type: ignore[misc]
