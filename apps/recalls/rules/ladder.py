"""The matching ladder: what is sure is kept back at once, what is not is put before a person.

1. same barcode and lot number; 2. same barcode and date; 3. same barcode when the notice names neither;
4. a likeness, or a distributor of the notice in its period: to check. Whatever has the barcode and does
not match is to check as well, and so is the same article in another packaging (indicator digit of the
GTIN): free texts are misread, and no match clears nothing.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from apps.kernel.folding import words
from apps.kernel.gs1 import check_digit
from apps.recalls.rules.days import spans_in
from apps.recalls.rules.groups import Group
from apps.recalls.rules.lots import LotAnswer, compare_lots, names_every_lot

BEFORE: Final = dt.timedelta(days=90)
"""Without a first day of sale, goods may have been sold this long before the notice."""
AFTER: Final = dt.timedelta(days=45)
"""Shops give what is left this long after the last day of sale."""
SHORTEST: Final = 3
_PLAIN_WORDS: Final = frozenset(
    [
        "avec", "sans", "pour", "dans", "des", "les", "aux", "sur", "par", "une", "lot", "lots", "marque",
        "produit", "produits", "vendu", "vendue", "rayon", "magasin", "magasins", "supermarche",
        "hypermarche", "france", "entiere", "departement", "departements", "national", "nationale", "ville",
        "societe", "enseigne", "enseignes", "tous", "toutes", "gramme", "grammes", "sachet", "boite",
        "paquet", "barquette", "conserve", "frais", "fraiche", "bio", "mixed", "dons", "the", "and", "with",
    ]
)  # fmt: skip


class Rung(IntEnum):
    """How sure a match is, the surest first; from ``CHECK`` on a person decides."""

    LOT = 1
    DATE = 2
    PRODUCT = 3
    CHECK = 4


class Reason(StrEnum):
    """Why a lot is matched."""

    SAME_LOT = "same_lot"
    SAME_DATE = "same_date"
    WHOLE_PRODUCT = "whole_product"
    SAME_GOODS = "same_goods"
    MADE_FROM = "made_from"
    LOT_UNKNOWN = "lot_unknown"
    LOT_DIFFERS = "lot_differs"
    LIKENESS = "likeness"
    DISTRIBUTOR = "distributor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A lot as it is compared: barcode, lot number and date of its label, names, who gave it and when."""

    gtin: str = ""
    lot_text: str = ""
    expires_on: dt.date | None = None
    names: tuple[str, ...] = ()
    donor: str = ""
    received_on: dt.date
    is_mix: bool = False
    ids: frozenset[UUID] = frozenset()
    """The lot and the lot of another bank that it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What is recalled; ``origins`` are lots that another bank names, ``since`` and ``until`` its period."""

    groups: tuple[Group, ...] = ()
    brand: str = ""
    label: str = ""
    distributors: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    origins: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def gtins(self) -> frozenset[str]:
        """The barcodes it names."""
        return frozenset(group.gtin for group in self.groups if group.gtin)


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """How a lot was found."""

    rung: Rung
    reason: Reason

    @property
    def is_sure(self) -> bool:
        """Tell whether the lot is kept back without asking."""
        return self.rung < Rung.CHECK


def names_something(
    *, gtin: str, brand: str, distributors: str, sold_from: dt.date | None, sold_until: dt.date | None
) -> bool:
    """Tell whether a recall written by hand names enough to find goods by.

    A lot number or a date alone is none: nothing is matched by them without the barcode.
    """
    return bool(gtin or brand.strip() or (distributors.strip() and (sold_from or sold_until)))


def packagings_of(gtin: str) -> list[str]:
    """Return a barcode of fourteen digits at every packaging level: each indicator digit, its check digit."""
    if len(gtin) != 14 or not (gtin.isascii() and gtin.isdecimal()):
        return [gtin]
    bodies = (f"{level}{gtin[1:13]}" for level in range(10))
    return [f"{body}{check_digit(body)}" for body in bodies]


def period_of(
    *, sold_from: dt.date | None, sold_until: dt.date | None, published_on: dt.date | None
) -> tuple[dt.date | None, dt.date | None]:
    """Return the days on which recalled goods may have been received; ``None`` for an end not known."""
    since = sold_from or (published_on - BEFORE if published_on else None)
    until = sold_until or (published_on if published_on and sold_from is None else None)
    return since, until + AFTER if until and until < dt.date.max - AFTER else until


def match_lot(lot: Candidate, recall: Recall) -> Match | None:
    """Return the surest way in which a recall means a lot; ``None`` says only that nothing was found."""
    return min(_matches(lot, recall), default=None)


def _matches(lot: Candidate, recall: Recall) -> Iterator[Match]:
    if lot.ids & recall.origins:
        yield Match(Rung.LOT, Reason.SAME_GOODS)
    if lot.gtin:
        yield from (_same_product(lot, group) for group in recall.groups if group.gtin == lot.gtin)
        others = packagings_of(lot.gtin)
        if any(group.gtin in others and group.gtin != lot.gtin for group in recall.groups):
            yield Match(Rung.CHECK, Reason.LOT_UNKNOWN)
    if lot.gtin and recall.gtins:
        return
    if _is_alike(recall, lot.names):
        yield Match(Rung.CHECK, Reason.LIKENESS)
    if lot.is_mix and _received_within(lot, recall) and _shared(recall.distributors, lot.donor):
        yield Match(Rung.CHECK, Reason.DISTRIBUTOR)


def _same_product(lot: Candidate, group: Group) -> Match:
    """Return the rung of a lot that has the barcode of a group."""
    every = names_every_lot(group.lot_text)
    names_lot = bool(group.lot_text) and not every
    if names_lot and compare_lots(group.lot_text, lot.lot_text) is LotAnswer.SAME:
        return Match(Rung.LOT, Reason.SAME_LOT)
    spans = (*spans_in(group.date_text), *(spans_in(group.lot_text) if names_lot else ()))
    if lot.expires_on is not None and any(span.holds(lot.expires_on) for span in spans):
        return Match(Rung.DATE, Reason.SAME_DATE)
    if not names_lot and (every or not group.date_text):
        return Match(Rung.PRODUCT, Reason.WHOLE_PRODUCT)
    is_known = bool(lot.lot_text) if names_lot else lot.expires_on is not None and bool(spans)
    return Match(Rung.CHECK, Reason.LOT_DIFFERS if is_known else Reason.LOT_UNKNOWN)


def _received_within(lot: Candidate, recall: Recall) -> bool:
    if recall.since is None:
        return False
    return recall.since <= lot.received_on and (recall.until is None or lot.received_on <= recall.until)


def _is_alike(recall: Recall, names: Sequence[str]) -> bool:
    """Tell whether the names of a lot hold the brand, or most of the words of what is recalled."""
    held = {word for name in names for word in _telling(name)}
    brand, label = _telling(recall.brand), _telling(recall.label)
    if brand and brand <= held:
        return True
    common = label & held
    return len(common) >= 2 or (bool(common) and len(label) <= 2)


def _shared(text: str, other: str) -> bool:
    return bool(_telling(text) & _telling(other))


def _telling(text: str) -> frozenset[str]:
    """Return the words of a name that tell it from others, in the singular."""
    kept = (word for word in words(text) if len(word) >= SHORTEST and not word.isdecimal())
    return frozenset(word.rstrip("sx") for word in kept if word not in _PLAIN_WORDS) - {""}
