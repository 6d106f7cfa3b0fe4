"""Secrets of second factors are stored sealed: whoever reads the table alone cannot use them.

The key is derived from ``SECRET_KEY``; former secrets (``SECRET_KEY_FALLBACKS``) still open what they sealed.
"""

from base64 import urlsafe_b64encode
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE: Final = b"collecto second factor"


class NotSealed(ValueError):
    """A stored secret was sealed with none of the keys of this installation, or was changed."""


def sealed(text: str) -> str:
    """Return a text that only this installation can open."""
    return _box().encrypt(text.encode()).decode()


def opened(word: str) -> str:
    """Return the text that was sealed.

    Raises:
        NotSealed: no key of ours opens it.
    """
    try:
        return _box().decrypt(word.encode()).decode()
    except InvalidToken as error:
        raise NotSealed("a second factor was sealed with another SECRET_KEY") from error


def sealed_anew(word: str) -> str:
    """Return a sealed text under the present key.

    Raises:
        NotSealed: no key of ours opens it.
    """
    return sealed(opened(word))


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_of(secret)) for secret in secrets])


def _key_of(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return urlsafe_b64encode(derived.derive(secret.encode()))
