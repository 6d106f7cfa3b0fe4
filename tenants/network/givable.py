"""What may not be given, and what is given with care. Pure: no framework, no row.

Sources: Regulation (EC) 178/2002 art. 14 and French rules on use-by dates (never after the day itself, which
is still allowed); Regulation (EC) 852/2004 annex II chapter V bis (best-before passed: legal after a check,
never for infants); no alcohol above 1.2 %; animal products of shops and prepared dishes prepacked and
labelled; nothing whose cold chain was broken; a use-by date of at least 48 hours on the day it is taken over.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

USE_BY: Final = "USE_BY"
BEST_BEFORE: Final = "BEST_BEFORE"
NONE: Final = "NONE"
PREPARED_FAMILIES: Final = frozenset({"PLATS_PREPARES"})
"""Families of the library whose packs must be closed and labelled with a date."""
COLD: Final = "CHILLED"
FROZEN: Final = "FROZEN"
SHORT_DAYS: Final = 2
"""Days that a use-by date should have left when the food is taken over: 48 hours."""


class Refusal(StrEnum):
    """Why food may not be given."""

    USE_BY_OVER = "use_by_over"
    INFANT_OVER = "infant_over"
    UNDATED = "undated"
    UNLABELLED = "unlabelled"
    ALCOHOL = "alcohol"
    OPENED = "opened"
    COLD_BROKEN = "cold_broken"


class Care(StrEnum):
    """What food asks of whoever gives it and of whoever takes it."""

    SHORT = "short"
    BEST_BEFORE_OVER = "best_before_over"
    CHILLED = "chilled"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What is said of food: its family, in the words of the donor, its date."""

    family_code: str
    label: str
    temperature_class: str
    date_kind: str
    expires_on: dt.date | None
    is_infant_food: bool = False


_ALCOHOL: Final = re.compile(
    r"(?<!vinaigre de )(?<!au )(?<!aux )(?<!sans )(?<!levure de )(?<!sauce )"
    r"\b(?:alcools?|bieres?|vins?|cidres?|rhums?|whisky|vodka|pastis|liqueurs?|spiritueux|wines?|beers?)\b"
)
_WITHOUT: Final = re.compile(r"\b(?:sans alcool|alcohol[- ]free|non alcoolise\w*)|\b0(?:[.,]0)? ?(?:%|°)")
_OPENED: Final = re.compile(r"(?<!non )(?<!pas )(?<!jamais )\b(?:entamee?s?|deja ouverte?s?|opened)\b")
_UNLABELLED: Final = re.compile(r"\b(?:sans etiquet\w+|non etiquete\w*|unlabelled|without labels?)\b")
_COLD_BROKEN: Final = re.compile(
    r"(?<!non )(?<!jamais )\b(?:decongelee?s?|recongelee?s?|rupture (?:de|du) (?:la chaine du )?froid"
    r"|chaine du froid (?:rompue|cassee)|thawed|defrosted)\b"
)
_SAID: Final = (
    (_OPENED, Refusal.OPENED),
    (_UNLABELLED, Refusal.UNLABELLED),
    (_COLD_BROKEN, Refusal.COLD_BROKEN),
)


def refusal_of(goods: Goods, *, on: dt.date) -> Refusal | None:
    """Return why food may not be given when it is picked up on a day; ``None``: it may.

    What only the words of the donor tell is read from them: whoever writes otherwise is not stopped here, but
    at the dock.
    """
    if goods.expires_on is not None and goods.expires_on < on:
        if goods.date_kind == USE_BY:
            return Refusal.USE_BY_OVER
        if goods.is_infant_food:
            return Refusal.INFANT_OVER
    if goods.family_code in PREPARED_FAMILIES and goods.date_kind == NONE:
        return Refusal.UNDATED
    said = _folded(goods.label)
    if _ALCOHOL.search(said) and not _WITHOUT.search(said):
        return Refusal.ALCOHOL
    return next((why for words, why in _SAID if words.search(said)), None)


def cares_of(goods: Goods, *, on: dt.date) -> tuple[Care, ...]:
    """Return what is to be watched with food that may be given, when it is picked up on a day."""
    found = []
    if goods.expires_on is not None:
        if goods.date_kind == USE_BY and (goods.expires_on - on).days < SHORT_DAYS:
            found.append(Care.SHORT)
        if goods.date_kind == BEST_BEFORE and goods.expires_on < on:
            found.append(Care.BEST_BEFORE_OVER)
    if goods.temperature_class.startswith(COLD):
        found.append(Care.CHILLED)
    if goods.temperature_class.startswith(FROZEN):
        found.append(Care.FROZEN)
    return tuple(found)


def _folded(text: str) -> str:
    """Return words without case, accents or doubled spaces."""
    apart = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())
