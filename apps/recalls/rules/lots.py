"""Lot numbers as notices and labels write them: free text, prefixes, lists, spans of numbers."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from apps.kernel.folding import fold
from apps.recalls.rules.days import without_dates

_NOT_CODE: Final = re.compile(r"[^0-9a-z]+")
_PREFIX: Final = re.compile(
    r"^(?:no?)?(?:lots?|batch|numeros?)(?=[0-9a-z])|^(?:l|no?)(?=\d)|^(?:no?)?(?:lots?|batch)$"
)
_PIECES: Final = re.compile(r"[;,|/\n]|\s-\s|\s(?:et|ou)\s")
_SPAN: Final = re.compile(
    r"(?<![0-9a-z])([a-z]{0,4})(\d{1,12})\s*(?:a|au|jusqu'? ?a)\s*([a-z]{0,4})(\d{1,12})"
)
_NO_CODE_WORDS: Final = re.compile(
    r"\b(?:dlc|ddm|dluo|date|limite|consommation|durabilite|minimale|de|du|des|la|le|les|n|no|lots?|numeros?)\b"
)
_EVERY: Final = re.compile(r"\b(?:tous|toutes|ensemble|all)\b.{0,12}\b(?:lots?|dates?|batches)\b")
_WIDEST: Final = 100_000
"""A span of numbers wider than that is no list of lots."""


class LotAnswer(StrEnum):
    """What comparing two lot numbers tells."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


def lot_key(text: str) -> str:
    """Return a lot number as it is compared: no accents, case, blanks, signs nor the word *lot*."""
    key = _NOT_CODE.sub("", fold(text))
    while (shorter := _PREFIX.sub("", key)) != key:
        key = shorter
    return key.upper()


def names_every_lot(text: str) -> bool:
    """Tell whether a text says that all lots are meant."""
    return _EVERY.search(fold(text)) is not None


def compare_lots(named: str, label: str) -> LotAnswer:
    """Compare what a notice names with the lot number on a label; ``UNKNOWN`` when one says nothing."""
    key = lot_key(label)
    codes = set(_codes(named))
    if not key or not (codes or _spans(named)):
        return LotAnswer.UNKNOWN
    if key in codes or any(_within(key, span) for span in _spans(named)):
        return LotAnswer.SAME
    return LotAnswer.OTHER


def _codes(named: str) -> Iterator[str]:
    """Yield every lot number that a free text may mean: the whole, its pieces, their words."""
    plain = without_dates(named)
    for text in (fold(named), plain):
        if key := lot_key(text):
            yield key
    for piece in _PIECES.split(plain):
        bare = _NO_CODE_WORDS.sub(" ", piece)
        for text in (piece, bare):
            if (key := lot_key(text)) and any(each.isdigit() for each in key):
                yield key
        for word in re.split(r"[\s:()]+", bare):
            if (key := lot_key(word)) and any(each.isdigit() for each in key):
                yield key


def _spans(named: str) -> list[tuple[str, int, int, int]]:
    """Return the spans ``L120 à L135``: letters before, first and last number, number of digits."""
    found = []
    for before, first, again, last in _SPAN.findall(without_dates(named)):
        letters = _letters(before)
        low, high = int(first), int(last)
        if _letters(again) in ("", letters) and len(first) == len(last) and low <= high <= low + _WIDEST:
            found.append((letters, low, high, len(first)))
    return found


def _letters(text: str) -> str:
    return "" if text in ("l", "lot", "lots") else text.upper()


def _within(key: str, span: tuple[str, int, int, int]) -> bool:
    letters, low, high, digits = span
    number = key.removeprefix(letters)
    return (
        key.startswith(letters)
        and len(number) == digits
        and number.isdecimal()
        and low <= int(number) <= high
    )
