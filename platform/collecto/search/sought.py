"""What somebody typed or scanned, read: words, a number or code, or the address of a record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.folding import code, words
from apps.kernel.gs1 import NotGs1, read_symbol

MOST_TYPED: Final = 400
"""Characters that are looked at; a scanned address is the longest that makes sense."""
MOST_WORDS: Final = 8
LONGEST_WORD: Final = 60
FEWEST_LETTERS: Final = 2
JOINING: Final = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "et", "l", "la", "le", "les", "of", "the"}
)
"""Words that say nothing where another one is typed too."""
_RECORD = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What to look for: a record by its id, codes as they are compared, words in order."""

    text: str
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    record_id: UUID | None = None

    @property
    def is_too_short(self) -> bool:
        """Tell whether something was typed, and too little to look for."""
        return bool(self.text) and self.record_id is None and not self.words


def read_sought(typed: str) -> Sought:
    """Return what to look for; anything may be typed, nothing is refused."""
    text = " ".join(typed.replace("\x00", " ")[:MOST_TYPED].split())
    if named := _RECORD.search(text) if _ADDRESS.match(text) else None:
        return Sought(text=text, record_id=UUID(named[0]))
    if scanned := _scanned(text):
        return Sought(text=text, words=scanned, codes=scanned)
    said = [word[:LONGEST_WORD] for word in words(text)[:MOST_WORDS]]
    telling = [word for word in said if word not in JOINING] or said
    whole = code(text)[:LONGEST_WORD]
    if sum(map(len, telling)) < FEWEST_LETTERS and not whole.isdigit():
        return Sought(text=text)
    bare = whole.lstrip("0") if whole.isdigit() else ""
    return Sought(text=text, words=tuple(telling), codes=tuple(dict.fromkeys(filter(None, (whole, bare)))))


def most_telling(scanned: Sequence[str]) -> str:
    """Return which of the codes on one photograph names one thing: a record, else a pallet, else any.

    What only says what a pallet holds comes last: many hold the same.
    """
    return min(scanned, key=_vagueness)


def _vagueness(text: str) -> int:
    if read_sought(text).record_id is not None:
        return 0
    try:
        symbol = read_symbol(text, today=clock.today())
    except NotGs1:
        return 2
    return 1 if symbol.sscc else 3


def _scanned(text: str) -> tuple[str, ...]:
    """Return the numbers that a GS1 symbol says: of the pallet, the article, the maker's lot."""
    try:
        symbol = read_symbol(text, today=clock.today())
    except NotGs1:
        return ()
    numbers = (symbol.sscc, *(gtin.lstrip("0") for gtin in (symbol.gtin, symbol.content_gtin)), symbol.lot)
    return tuple(code(number)[:LONGEST_WORD] for number in numbers if code(number))
