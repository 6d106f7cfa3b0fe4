"""Facts: what a stage says has happened, and who reacts.

A stage never calls the stages after it. It emits a fact (past tense, frozen dataclass) inside its own
transaction. ``platform/collecto/wiring.py`` says who reacts: *inside* the transaction (the reaction
commits or fails with its cause) or *later* (a row of the outbox, written in the same transaction and
delivered at least once).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection, transaction

Handler = Callable[[Any], None]
"""A reaction: takes the fact, returns nothing, is idempotent when it runs later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of every fact; fields are plain values, ids and tuples of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand(Fact):
    """Base of what a stage owes to itself once its transaction is over: a letter that somebody asked for.

    Its own stage runs it, *later*, and nobody else hears of it; every other fact goes downstream.
    """


@dataclass(frozen=True, slots=True)
class Reactions:
    """Who reacts to one kind of fact."""

    inside: tuple[Handler, ...] = ()
    later: tuple[Handler, ...] = ()


Wiring = Mapping[type[Fact], Reactions]


class UnwiredFact(LookupError):
    """A fact was emitted that the wiring table does not know."""


_wiring: dict[type[Fact], Reactions] = {}
_facts: dict[str, type[Fact]] = {}
_later: dict[str, Handler] = {}
_hint: list[Callable[[], None]] = []


def name_of(thing: Any) -> str:
    """Return the stable name of a fact class or a handler: ``offers.facts.OfferAccepted``."""
    return f"{thing.__module__}.{thing.__qualname__}".removeprefix("apps.")


def connect(wiring: Wiring, *, hint: Callable[[], None]) -> None:
    """Install the wiring table, once, at start-up.

    ``hint`` is called after the commit of a transaction that wrote to the outbox: it wakes whoever
    delivers, and may do nothing, since a periodic sweep finds what no hint announced.
    """
    _wiring.clear()
    _wiring.update(wiring)
    _facts.clear()
    _facts.update({name_of(kind): kind for kind in wiring})
    _later.clear()
    _later.update({name_of(h): h for reactions in wiring.values() for h in reactions.later})
    _hint[:] = [hint]


def wiring() -> Wiring:
    """Return the installed wiring table."""
    return _wiring


def emit(fact: Fact) -> None:
    """Tell the stages downstream, in the transaction of the change itself.

    Raises:
        UnwiredFact: nobody declared this kind of fact.
        TransactionManagementError: called outside a transaction.
    """
    reactions = _wiring.get(type(fact))
    if reactions is None:
        raise UnwiredFact(name_of(type(fact)))
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{name_of(type(fact))} emitted outside a transaction")
    for handler in reactions.inside:
        handler(fact)
    for handler in reactions.later:
        _put_in_outbox(fact, handler)


def _put_in_outbox(fact: Fact, handler: Handler) -> None:
    """Write one delivery; the database takes the bank from the connection's role, not from us."""
    payload = msgspec.json.encode(fact).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.outbox_append(%s, %s, %s::jsonb)",
            [name_of(type(fact)), name_of(handler), payload],
        )
    transaction.on_commit(_hint[0], robust=True)


def deliver(*, fact_name: str, handler_name: str, payload: bytes | str) -> None:
    """Run one later reaction from its outbox row.

    Raises:
        LookupError: the fact or the handler is no longer wired.
        msgspec.ValidationError: the payload does not fit the fact.
    """
    if fact_name not in _facts or handler_name not in _later:
        raise LookupError(f"{fact_name} -> {handler_name} is not wired")
    _later[handler_name](msgspec.json.decode(payload, type=_facts[fact_name]))
