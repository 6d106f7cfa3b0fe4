"""The cache: every key holds the space it was written in, and a lost server is an empty cache.

``key_of`` is the ``KEY_FUNCTION`` of the settings, so that views, fragments, libraries and throttles
cannot share an entry between two banks, nor touch one outside every scope.
"""

import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from apps.kernel.scope import ScopeKind, space_key

SCANNED_AT_ONCE: Final = 500

logger = logging.getLogger("collecto.cache")


def key_of(key: str, key_prefix: str, version: int) -> str:
    """Return the full key of an entry in the open space.

    Raises:
        NoScope: no scope is open.
    """
    return space_key(key_prefix, version, key)


def forget_entries_of(bank_id: UUID) -> int:
    """Remove everything the cache holds of a bank; returns how many entries went.

    With a cache in the memory of each process only this process forgets; the others let them expire.
    """
    beginning = ":".join([ScopeKind.BANK, str(bank_id), ""])
    shared: Any = caches["default"]
    return sum(1 for _ in shared.entries_removed(beginning))


def counted(name: str, *, seconds: int) -> int:
    """Count one more in the open space and return the total, atomically; forgotten after some seconds.

    Returns 0 when nobody can count now: the cache is away.
    """
    cache.add(name, 0, seconds)
    try:
        return int(cache.incr(name))
    except ValueError:
        return 0


def _harmless(method: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    """Make a method give another answer, and say so, while the server cannot be reached."""

    @wraps(method)
    def tried(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except RedisError as error:
            logger.warning("cache unreachable: %s", type(error).__name__)
            return answer(*args, **kwargs)

    return tried


def _default_of(_cache: Any, _key: Any, default: Any = None, version: int | None = None) -> Any:
    return default


def _always(value: Any) -> Callable[..., Any]:
    return lambda *_args, **_kwargs: value


class SharedCache(RedisCache):
    """Redis or Valkey, shared by every process: counts are atomic, and nothing fails when it is away."""

    get = _harmless(RedisCache.get, _default_of)
    set = _harmless(RedisCache.set, _always(None))
    add = _harmless(RedisCache.add, _always(True))
    touch = _harmless(RedisCache.touch, _always(False))
    delete = _harmless(RedisCache.delete, _always(False))
    clear = _harmless(RedisCache.clear, _always(False))
    has_key = _harmless(RedisCache.has_key, _always(False))
    get_many = _harmless(RedisCache.get_many, _always({}))
    set_many = _harmless(RedisCache.set_many, _always([]))
    delete_many = _harmless(RedisCache.delete_many, _always(None))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a number at once, whoever else counts.

        Raises:
            ValueError: there is no such entry, or the server cannot be reached.
        """
        try:
            return int(super().incr(key, delta, version))
        except RedisError as error:
            raise ValueError("cache unreachable") from error

    def entries_removed(self, beginning: str) -> Iterable[str]:
        """Remove the entries whose full key begins so, and yield their keys."""
        client: Any = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{beginning}*", count=SCANNED_AT_ONCE):
            client.delete(key)
            yield key.decode()


class ProcessCache(LocMemCache):
    """The memory of one process: for one process, or where a count per process is enough."""

    def entries_removed(self, beginning: str) -> Iterable[str]:
        """Remove the entries whose full key begins so, and yield their keys."""
        inside: Any = self
        with inside._lock:
            found = [key for key in inside._cache if key.startswith(beginning)]
            for key in found:
                inside._delete(key)
        return found
