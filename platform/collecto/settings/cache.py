"""Cache and limits: one shared cache, keys that hold the space, how often anything may be asked."""

from typing import Any

from collecto.settings import environment

CACHE_URL = environment.value("CACHE_URL", "")
"""Redis or Valkey, a database of its own. Empty: each process remembers and counts by itself."""


def cache_at(url: str) -> dict[str, Any]:
    """Return the cache on a server, or in the memory of each process without one."""
    keyed = {"KEY_FUNCTION": "tenants.isolation.cache.key_of", "KEY_PREFIX": "collecto", "TIMEOUT": 300}
    if not url:
        return {
            "BACKEND": "tenants.isolation.cache.ProcessCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
            **keyed,
        }
    patience = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return {"BACKEND": "tenants.isolation.cache.SharedCache", "LOCATION": url, "OPTIONS": patience, **keyed}


CACHES = {"default": cache_at(CACHE_URL)}

LIMITS = {
    "api": (600, 60),
    "api-stranger": (60, 60),
    "photo": (40, 60),
    "sign-in-address": (200, 900),
    "sign-in-person": (5, 900),
    "sign-in-mail": (30, 3600),
    "sign-in-device": (10, 900),
    "code-address": (300, 900),
    "passkey-address": (300, 900),
    "second-factor-person": (10, 900),
    "second-factor-day": (40, 86_400),
    "second-factor-device": (10, 900),
    "second-factor-device-day": (40, 86_400),
    "confirmation-mail": (5, 900),
    "confirmation-code": (10, 900),
    "invite-place": (100, 3600),
    "invite-mail": (5, 3600),
    "code-mail": (5, 900),
    "give-address": (120, 3600),
    "give-person": (10, 3600),
    "link-mail": (5, 3600),
}
"""How many times in how many seconds. Addresses are generous: a whole office stands behind one."""

TRUSTED_PROXY_COUNT = int(environment.value("TRUSTED_PROXY_COUNT", "0"))
"""Proxies in front of us: so many of the last hops of X-Forwarded-For are believed, none by default."""
