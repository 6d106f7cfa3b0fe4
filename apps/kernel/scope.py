"""Whose data the running code may touch.

The scope lives in a context variable that has *no default*: code that runs outside every scope gets an
error, never somebody else's rows. Only ``tenants/crossing.py`` opens scopes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from apps.kernel.tracing import current_trace

PUBLIC_SCHEMA = "public"
DEFAULT_DATABASE = "default"
"""The login of web and workers: no right of its own, every bank's role within reach."""
OWNER_DATABASE = "owner"
"""The login that owns the tables: present only where migrations and provisioning run."""
REPLICA_DATABASE = "replica"
"""A copy that only answers reads of the federation, where one is configured."""


class ScopeKind(StrEnum):
    """What sort of rights a scope carries."""

    BANK = "bank"
    PLATFORM = "platform"
    FEDERATION = "federation"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The rows in reach: a schema, and the database role that may see it (``None``: the owner)."""

    kind: ScopeKind
    schema: str = PUBLIC_SCHEMA
    role: str | None = None
    database: str = DEFAULT_DATABASE
    """Alias of the connection that holds the rows."""
    reads_from: str = DEFAULT_DATABASE
    """Alias of the connection that answers what only reads the network's figures and documents."""
    bank_id: UUID | None = None
    bank_slug: str = ""
    bank_name: str = ""
    timezone: str = "Europe/Paris"

    @property
    def zone(self) -> ZoneInfo:
        """Time zone in which the bank's days begin and end."""
        return ZoneInfo(self.timezone)


class NoScope(RuntimeError):
    """Code asked for data outside every scope."""


_scope: ContextVar[Scope] = ContextVar("collecto_scope")


def scope_or_none() -> Scope | None:
    """Return the open scope, or ``None`` outside every scope."""
    return _scope.get(None)


def current_scope() -> Scope:
    """Return the open scope.

    Raises:
        NoScope: no scope is open.
    """
    scope = _scope.get(None)
    if scope is None:
        raise NoScope("no scope is open: enter one through tenants.crossing")
    return scope


def current_bank_id() -> UUID:
    """Return the id of the bank whose scope is open.

    Raises:
        NoScope: no scope is open, or it is not a bank's.
    """
    bank_id = current_scope().bank_id
    if bank_id is None:
        raise NoScope("the open scope is not a bank's")
    return bank_id


def bank_key(*parts: object) -> str:
    """Build a cache, lock or file key that belongs to the open bank alone.

    Raises:
        NoScope: no bank's scope is open.
    """
    return ":".join(["bank", str(current_bank_id()), *map(str, parts)])


def space_key(*parts: object) -> str:
    """Build a key that belongs to the open space alone: a bank, the federation, the platform, the owner.

    Raises:
        NoScope: no scope is open.
    """
    scope = current_scope()
    whose = scope.schema if scope.kind is ScopeKind.OWNER else scope.bank_id
    return ":".join([scope.kind, *map(str, filter(None, [whose])), *map(str, parts)])


@contextmanager
def scope_opened(scope: Scope) -> Iterator[Scope]:
    """Open a scope for a block; the caller's scope comes back whatever happens inside."""
    token = _scope.set(scope)
    trace = current_trace()
    if trace is not None and trace.bank_id is not None and trace.bank_id == scope.bank_id:
        trace.bank_slug = scope.bank_slug
    try:
        yield scope
    except Exception as error:
        _remember(error, scope)
        raise
    finally:
        _scope.reset(token)


def scope_of_error(error: BaseException | None) -> Scope | None:
    """Return the scope in which an error was raised (a bank's rather than one opened inside it)."""
    found: Scope | None = getattr(error, "collecto_scope", None)
    return found


def _remember(error: Exception, scope: Scope) -> None:
    known = scope_of_error(error)
    if known is None or known.bank_id is None:
        error.collecto_scope = scope  # type: ignore[attr-defined]


def scope_replaced(scope: Scope) -> None:
    """Replace the open scope in place; reserved to the migration executor of ``tenants/isolation``."""
    _scope.set(scope)
