"""What a stage tells the stages downstream, caught in a list instead of acted upon."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apps.kernel import facts
from apps.kernel.facts import Fact, Handler, Reactions
from collecto import wiring


@contextmanager
def facts_told(*kinds: type[Fact], inside: dict[type[Fact], Handler] | None = None) -> Iterator[list[Any]]:
    """Wire these facts to a list, and those of ``inside`` to their handler, for the time of a block."""
    told: list[Any] = []
    table = {kind: Reactions(inside=(told.append,)) for kind in kinds}
    for kind, handler in (inside or {}).items():
        table[kind] = Reactions(inside=(told.append, handler))
    facts.connect(table, hint=lambda: None)
    try:
        yield told
    finally:
        wiring.install()
