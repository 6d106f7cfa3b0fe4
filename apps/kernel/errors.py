"""Errors a person can act on."""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.kernel.sentences import Kept, kept

CLASHES: Final = frozenset({"40P01", "40001", "55P03"})
"""SQLSTATE of two writers who met: deadlock, serialisation failure, lock not available in time."""

Text = str | Promise


class DomainError(Exception):
    """A rule of the trade said no.

    ``message`` is a translated sentence that says what to do; ``code`` is stable and is what the API
    returns; ``field`` names the input at fault, ``params`` fill the message's placeholders.
    """

    code = "refused"

    def __init__(
        self,
        message: Text,
        *,
        code: str | None = None,
        field: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self._message = message
        self.code = code or self.code
        self.field = field
        self.params = dict(params or {})

    @property
    def message(self) -> str:
        """The sentence in the current language, placeholders filled."""
        text = str(self._message)
        return text % self.params if self.params else text

    @property
    def sentence(self) -> Kept:
        """The sentence in no language, to be stored (``apps.kernel.sentences``)."""
        return kept(self._message, self.params)

    def __str__(self) -> str:
        return self.message

    def as_validation_error(self) -> ValidationError:
        """Return the same error for a form or a serializer."""
        return ValidationError(self.message, code=self.code)


class Conflict(DomainError):
    """The record changed, or somebody else came first; nothing was written."""

    code = "conflict"


class Forbidden(DomainError):
    """This person may not do this; nothing was written."""

    code = "forbidden"


class TooMany(DomainError):
    """The same was asked too often; nothing was written. ``seconds``: how long to wait."""

    code = "too_many"

    def __init__(self, *, seconds: int) -> None:
        message = _("This was asked too often. Try again in %(minutes)s min.")
        super().__init__(message, params={"minutes": -(-seconds // 60)})
        self.seconds = seconds


class Busy(Conflict):
    """Two people wrote the same thing at the same instant; the other one came first."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("Somebody else was writing the same thing. Nothing was changed: try again."))


def refusal_in(error: Exception) -> DomainError | None:
    """Return the refusal that an exception stands for, ``None`` for an error of ours."""
    if isinstance(error, DomainError):
        return error
    state = getattr(error.__cause__, "sqlstate", None) if isinstance(error, OperationalError) else None
    return Busy() if state in CLASHES else None
