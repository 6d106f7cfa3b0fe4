"""One way to compare words, without accents, case or ligatures: the same in Python and in PostgreSQL.

Servers differ in collations, and some have neither ICU nor ``unaccent``. ``public.fold`` and the functions
here follow one rule (a test feeds both the same texts): Unicode compatibility decomposition, no combining
marks, Latin, Greek and Cyrillic letters small, ``œ`` is ``oe``, an apostrophe is ``'``. Folded texts are
compared byte by byte, so that « Épicerie » stands between « Eau » and « Fruits » on every server.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.constants import LOOKUP_SEP

MARKS: Final = r"\u0300-\u036f"
"""Combining marks, as a range of a regular expression."""
LONE: Final = {
    **{chr(code): chr(code + 32) for code in range(0x391, 0x3AA) if code != 0x3A2},
    **{chr(code): chr(code + 32) for code in range(0x410, 0x430)},
    **{chr(code): chr(code + 80) for code in range(0x400, 0x410)},
    **dict(zip("ØøŁłĐđÐðĦħŦŧŊŋıς’‘ʼ′", "oollddddhhttnniσ''''", strict=True)),
}
"""Letters without a decomposition, one for one."""
DROPPED: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What takes no room: soft hyphens, joiners, marks of direction."""
PAIRS: Final = {"Œ": "oe", "œ": "oe", "Æ": "ae", "æ": "ae", "ß": "ss", "ẞ": "ss", "Þ": "th", "þ": "th"}
BETWEEN: Final = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00ac\u00ae-\u00b1\u00b6-\u00b7"
    r"\u00bb\u00bf\u00d7\u00f7\u2010-\u205e\u20ac\u2212"
)
"""What stands between words, as ranges of a regular expression; written for folded texts."""

_MARKS = re.compile(f"[{MARKS}]")
_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_LETTERS = str.maketrans({**LONE, **PAIRS, **dict.fromkeys(DROPPED, "")})
_BETWEEN = re.compile(f"[\\x00{BETWEEN}]+")
_NO_CODE = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return a text without accents, case and ligatures."""
    if text.isascii():
        return text.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_SMALL)
    return plain if plain.isascii() else plain.translate(_LETTERS)


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return [word for word in _BETWEEN.split(fold(text)) if word]


def code(text: str) -> str:
    """Return a number or code as it is compared: ``CMD-2026-00012`` is ``cmd202600012``."""
    return _NO_CODE.sub("", fold(text))


def by_words(text: object) -> str:
    """Return the key that sorts names in Python as :class:`Fold` does in a query."""
    return fold(str(text))


class Fold(models.Func):
    """A text as ``public.fold`` writes it, compared byte by byte: what a query sorts and searches by."""

    function = "public.fold"
    template = '%(function)s(%(expressions)s) COLLATE "C"'
    arity = 1
    output_field = models.TextField()


class Holds(models.Lookup):
    """``name__holds="epi"``: the text holds these letters, whatever their accents and case."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the condition; nothing typed is a pattern."""
        text, values = self.process_lhs(compiler, connection)
        sought = fold(str(self.rhs)).replace("\x00", "")
        return f"strpos(public.fold({text}), %s) > 0", [*values, sought]


models.CharField.register_lookup(Holds)
models.TextField.register_lookup(Holds)


def in_words(model: type[models.Model], ordering: Iterable[Any]) -> list[Any]:
    """Return an order of rows in which texts are compared as people do.

    Codes with choices and expressions stay as they are.
    """
    return [_in_words(model, each) for each in ordering]


def _in_words(model: type[models.Model], each: Any) -> Any:
    if not isinstance(each, str):
        return each
    path, falls = each.removeprefix("-"), each.startswith("-")
    if not _is_text(model, path):
        return each
    return Fold(path).desc() if falls else Fold(path).asc()


def _is_text(model: type[models.Model], path: str) -> bool:
    """Tell whether a path leads to a text that people write."""
    here: Any = model
    field: Any = None
    for name in path.split(LOOKUP_SEP):
        try:
            field = here._meta.get_field(name)
        except (FieldDoesNotExist, AttributeError):
            return False
        here = field.related_model
    return isinstance(field, models.CharField | models.TextField) and not field.choices
