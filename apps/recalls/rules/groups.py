"""The products a RappelConso notice names: a flat list, a text or nothing, in which ``|`` opens a group."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from apps.kernel.folding import fold
from apps.kernel.gs1 import is_gtin, is_in_store
from apps.recalls.rules.days import spans_in

USE_BY: Final = "USE_BY"
BEST_BEFORE: Final = "BEST_BEFORE"

_USE_BY: Final = re.compile(r"date limite de consommation|\bdlc\b")
_BEST_BEFORE: Final = re.compile(r"date de durabilite minimale|\bddm\b|\bdluo\b")
_DIGITS: Final = re.compile(r"[\s. -]")
_LENGTHS: Final = (8, 12, 13, 14)
_LONGEST: Final = 500
"""Characters of one value that are read; the raw record keeps the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One product of a notice: barcode (fourteen digits), lot, kind and text of its date; each may be empty.

    ``unread`` holds what stands there and identifies nothing: a wrong barcode, an in-store code.
    """

    gtin: str = ""
    lot_text: str = ""
    date_kind: str = ""
    date_text: str = ""
    unread: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing stands there."""
        return self == Group()


def groups_in(value: object) -> list[Group]:
    """Return the groups of ``identification_produits``, whatever its shape; empty ones are left out."""
    groups: list[list[str]] = [[]]
    for text in _texts(value):
        first, *others = text.split("|")
        groups[-1].append(first)
        groups.extend([other] for other in others)
    read = (_group(_tokens(texts, split=isinstance(value, str))) for texts in groups)
    return [group for group in read if not group.is_empty]


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a value, depth first; numbers are read as they are written."""
    if isinstance(value, str):
        yield value[: _LONGEST * 40]
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)


def _tokens(texts: Iterable[str], *, split: bool) -> list[str]:
    """Return the values of a group; one long text is cut where its parts end."""
    parts = (part for text in texts for part in (re.split(r"[,;\n$]", text) if split else [text]))
    return [part.strip()[:_LONGEST] for part in parts if part.strip()]


def _group(tokens: Iterable[str]) -> Group:
    group = Group()
    awaits_date = False
    for token in tokens:
        kind = _date_kind(token)
        if awaits_date and not kind:
            group, awaits_date = replace(group, date_text=token), False
        elif kind and not spans_in(token) and not _is_lot(token):
            group, awaits_date = replace(group, date_kind=kind), True
        else:
            group = _with(group, token, kind)
    return group


def _with(group: Group, token: str, kind: str) -> Group:
    """Add a value that says by itself what it is."""
    digits = _DIGITS.sub("", token)
    if (
        digits.isdecimal()
        and digits.isascii()
        and len(digits) in _LENGTHS
        and not group.gtin + group.lot_text
    ):
        gtin = digits.zfill(14)
        if is_gtin(gtin) and not is_in_store(gtin):
            return replace(group, gtin=gtin)
        return replace(group, unread=(*group.unread, token))
    if spans_in(token) and not group.date_text and not _is_lot(token):
        return replace(group, date_kind=kind or group.date_kind, date_text=token)
    return replace(group, lot_text=" ; ".join(filter(None, [group.lot_text, token])))


def _date_kind(token: str) -> str:
    plain = fold(token)
    if _USE_BY.search(plain):
        return USE_BY
    return BEST_BEFORE if _BEST_BEFORE.search(plain) else ""


def _is_lot(token: str) -> bool:
    return re.search(r"\blots?\b", fold(token)) is not None
