"""A part of an offer, shared out over its lines. Pure."""

from collections.abc import Mapping
from uuid import UUID


def shares(grams: int, free: Mapping[UUID, int]) -> dict[UUID, int]:
    """Share grams out over lines in proportion to what is free of each, to the gram; no empty line.

    The grams that rounding leaves go to the lines it cut most, the first of them first. No line gives more
    than it has.
    """
    whole = sum(free.values())
    grams = min(grams, whole)
    if grams <= 0:
        return {}
    exact = {line: divmod(grams * held, whole) for line, held in free.items()}
    part = {line: floor for line, (floor, _cut) in exact.items()}
    left = grams - sum(part.values())
    for line in sorted(exact, key=lambda each: -exact[each][1])[:left]:
        part[line] += 1
    return {line: given for line, given in part.items() if given}
