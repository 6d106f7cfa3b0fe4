"""Kinds of long work: what each is called, who may ask for it, what it consists of, how a part is done."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

import msgspec

from apps.kernel.abilities import Actor
from apps.kernel.errors import Text

P = TypeVar("P", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The items of one part, and where they stand: after ``start`` others, of ``total``."""

    items: Sequence[str]
    start: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that a part has made, for whoever asked to take."""

    name: str
    content: bytes


class JobKind(ABC, Generic[P]):
    """One kind of long work. What it does is split into items, fixed when it is asked for."""

    code: ClassVar[str]
    """Kept in the row: ``delivery.notes_of_day``."""
    title: ClassVar[Text]
    """What this kind is called."""
    params: type[P]
    """What somebody asks for, as plain values; kept in the row as JSON and checked when it is read."""
    chunk: ClassVar[int]
    """Items of one part. A part is one transaction, and must take well under ten seconds."""
    words: ClassVar[Mapping[str, Text]] = {}
    """Sentences of its own refusals, by the code of the ``DomainError`` that its parts raise."""

    @abstractmethod
    def is_open_to(self, actor: Actor) -> bool:
        """Tell whether this person may ask for it, see it and take its files."""

    @abstractmethod
    def heading(self, asked: P) -> str:
        """Return what this very work is called, in the reader's language."""

    @abstractmethod
    def items(self, asked: P) -> Sequence[str]:
        """Return what is to be done, in order, as ids."""

    @abstractmethod
    def counted(self, done: int, total: int) -> str:
        """Say how many items are done: ``50 of 120 delivery notes``."""

    @abstractmethod
    def run(self, asked: P, part: Part) -> Iterable[Made]:
        """Do one part, in a transaction and in the language of who asked; return the files it makes.

        It is done again from its beginning after a failure: what it writes goes with the transaction, and
        it sends nothing out of the house itself.

        Raises:
            DomainError: the work cannot go on; the job fails with its code, told from ``words``.
        """

    def asked(self, params: Any) -> P:
        """Return what was asked for, as it was.

        Raises:
            msgspec.ValidationError: these are not parameters of this kind.
        """
        return msgspec.convert(params, self.params)


_kinds: dict[str, JobKind[Any]] = {}


class UnknownKind(LookupError):
    """A row names a kind of work that this version does not have."""


def connect(kinds: Iterable[JobKind[Any]]) -> None:
    """Install the kinds of work, once, at start-up."""
    _kinds.clear()
    _kinds.update({kind.code: kind for kind in kinds})


def kind_called(code: str) -> JobKind[Any]:
    """Return a kind of work.

    Raises:
        UnknownKind: there is none of that name.
    """
    if code not in _kinds:
        raise UnknownKind(code)
    return _kinds[code]


def kind_choices() -> list[tuple[str, Text]]:
    """Return every kind of work with what it is called."""
    return [(code, kind.title) for code, kind in _kinds.items()]


def is_kind_open_to(actor: Actor, code: str) -> bool:
    """Tell whether this person may ask for a kind of work; nobody may for one that is no longer there."""
    return code in _kinds and _kinds[code].is_open_to(actor)


def kept(asked: msgspec.Struct) -> dict[str, Any]:
    """Return what was asked for as a row keeps it."""
    return cast("dict[str, Any]", msgspec.to_builtins(asked))
