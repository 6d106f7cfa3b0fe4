"""Words that were mistyped: the words of the bank that are one or two slips away."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

MOST_LOOKED_AT: Final = 80
MOST_TAKEN: Final = 6
LONGEST: Final = 60
"""Letters of the longest word that is kept, so the most slips there can be."""
ALIKE: Final = """
SELECT DISTINCT known.word, known.shared FROM (
    SELECT word, (SELECT count(*) FROM unnest(grams) AS gram WHERE gram = ANY (%(grams)s)) AS shared
    FROM kernel_searchword WHERE grams && %(grams)s AND char_length(word) >= %(shortest)s
) AS known ORDER BY known.shared DESC, known.word LIMIT %(most)s
"""


def alike(typed: str) -> list[str]:
    """Return the words of the open bank that a person may have meant, the nearest first."""
    slips = slips_allowed(typed)
    if not slips:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"grams": grams(typed), "shortest": len(typed) - slips, "most": MOST_LOOKED_AT})
        looked_at = [word for word, _shared in cursor.fetchall()]
    return nearest(typed, looked_at, slips)


def nearest(typed: str, known: Iterable[str], slips: int) -> list[str]:
    """Return the words within so many slips of what was typed, or whose beginning is."""
    measured = ((*distance(typed, word, most=slips), word) for word in known)
    near = sorted((begun, whole, word) for whole, begun, word in measured if begun <= slips)
    best = near[0][0] if near else 0
    return [word for begun, _whole, word in near if begun == best][:MOST_TAKEN]


def slips_allowed(word: str) -> int:
    """Return how many slips a word may hold: none in a short one or in a number, two in a long one."""
    if len(word) < 4 or any(sign.isdigit() for sign in word):
        return 0
    return 1 if len(word) < 8 else 2


def grams(word: str) -> list[str]:
    """Return the three-letter pieces of a word, as ``public.search_grams`` does."""
    padded = f"  {word} "
    return sorted({padded[place : place + 3] for place in range(len(padded) - 2)})


def distance(typed: str, word: str, *, most: int = LONGEST) -> tuple[int, int]:
    """Return the slips between two words, and between the first and the nearest beginning of the second.

    A letter too many, missing, wrong, or two letters swapped is one slip each. Once both are surely more than
    ``most``, counting ends with a number above it.
    """
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, letter in enumerate(typed, start=1):
        here = [row]
        for column, other in enumerate(word, start=1):
            steps = [last[column] + 1, here[-1] + 1, last[column - 1] + (letter != other)]
            if row > 1 and column > 1 and letter == word[column - 2] and typed[row - 2] == other:
                steps.append(before[column - 2] + 1)
            here.append(min(steps))
        before, last = last, here
        if min(last) > most < min(before):
            return most + 1, most + 1
    return last[-1], min(last)
