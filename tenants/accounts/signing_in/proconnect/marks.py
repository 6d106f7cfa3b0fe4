"""What a session remembers of ProConnect: how sure it was of the person, and what leaving it asks for."""

from collections.abc import MutableMapping
from typing import Any, Final

STRONG: Final = "proconnect_strong"
TOKEN: Final = "proconnect_id_token"  # noqa: S105

Marks = MutableMapping[str, Any]


def mark_recognised(session: Marks, *, id_token: str, strong: bool) -> None:
    """Keep what the issuer said when it recognised the person."""
    session[TOKEN], session[STRONG] = id_token, strong


def was_strong(session: Marks) -> bool:
    """Tell whether the issuer itself asked two factors of the person."""
    return bool(session.get(STRONG, False))


def token_of(session: Marks) -> str:
    """Return the word that leaving ProConnect asks for, empty for whoever did not come through it."""
    return str(session.get(TOKEN, ""))
