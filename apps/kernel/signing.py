"""Values that leave with a signature and come back: a link, a download, a form's hidden state.

The signature holds the space and the purpose, so that what one bank signed means nothing in another,
nor for anything else.
"""

from typing import Any

from django.core import signing

from apps.kernel.scope import space_key


class NotSigned(ValueError):
    """A value was not signed here for this purpose, was changed, or is too old."""


def signed(value: Any, *, purpose: str) -> str:
    """Return a plain value (numbers, texts, lists, maps) as a signed word that fits in an address.

    Raises:
        NoScope: no scope is open.
    """
    return signing.dumps(value, salt=space_key("signed", purpose))


def unsigned(word: str, *, purpose: str, max_age: int | None = None) -> Any:
    """Return the value that was signed in the open space for a purpose, at most ``max_age`` seconds ago.

    Raises:
        NoScope: no scope is open.
        NotSigned: another space or purpose signed it, it was changed, or it is too old.
    """
    try:
        return signing.loads(word, salt=space_key("signed", purpose), max_age=max_age)
    except signing.BadSignature as error:
        raise NotSigned(str(error)) from error
