"""Reads of recalls: what a case means, what it found, where the grams are, who was served."""

from apps.recalls.selectors.barcodes import named_barcode
from apps.recalls.selectors.candidates import lots_found, recall_of
from apps.recalls.selectors.cases import (
    FoundLot,
    Standing,
    Taken,
    cases_visible_to,
    closed_cases_naming,
    found_lots,
    frozen_of,
    left_to_do,
    lots_recalled,
    open_cases,
    period_in_words,
    reaches_of,
    reaches_of_charity,
    reaches_visible_to,
    recall_holding,
    standing_of,
    taken_by,
)
from apps.recalls.selectors.genealogy import descendants_of
from apps.recalls.selectors.links import link_reach, link_word
from apps.recalls.selectors.weights import Grams, grams_by_lot, grams_together, served_by_partner

__all__ = [
    "FoundLot",
    "Grams",
    "Standing",
    "Taken",
    "cases_visible_to",
    "closed_cases_naming",
    "descendants_of",
    "found_lots",
    "frozen_of",
    "grams_by_lot",
    "grams_together",
    "left_to_do",
    "link_reach",
    "link_word",
    "lots_found",
    "lots_recalled",
    "named_barcode",
    "open_cases",
    "period_in_words",
    "reaches_of",
    "reaches_of_charity",
    "reaches_visible_to",
    "recall_holding",
    "recall_of",
    "served_by_partner",
    "standing_of",
    "taken_by",
]
