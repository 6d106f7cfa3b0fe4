"""Words that an issuer signed: believed only with its signature, for us, in time."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import jwt

ALGORITHMS: Final = ("RS256", "ES256", "PS256")
"""Signatures with a key of which only the public half is known to us."""
LEEWAY: Final = 30
"""Seconds by which two clocks may differ."""


class NotBelieved(ValueError):
    """A word of the issuer is not signed by it, not for us, too old, or about something else."""


def claims_of(word: str, *, keys: Mapping[str, Any], issuer: str, audience: str) -> dict[str, Any]:
    """Return what an issuer signed for us.

    Raises:
        NotBelieved: wrong signature, issuer or audience, or too old.
    """
    try:
        header = jwt.get_unverified_header(word)
        key = _key_of(keys, header)
        told: dict[str, Any] = jwt.decode(
            word,
            key=key,
            algorithms=list(ALGORITHMS),
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise NotBelieved(type(error).__name__) from error
    return told


def nonce_of(verifier: str) -> str:
    """Return the word that ties an identity to the browser that asked for it.

    It is made from the secret that the browser's session keeps for exchanging the code (PKCE).
    """
    return urlsafe_b64encode(sha256(f"nonce:{verifier}".encode()).digest()).decode().rstrip("=")


def _key_of(keys: Mapping[str, Any], header: Mapping[str, Any]) -> Any:
    """Return the issuer's key that a header names.

    Raises:
        NotBelieved: the issuer has no such key.
    """
    for each in jwt.PyJWKSet.from_dict(dict(keys)).keys:
        if each.key_id == header.get("kid"):
            return each.key
    raise NotBelieved("unknown key")
