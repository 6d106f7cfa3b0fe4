"""Which lots a recall means: pure rules of reading and of matching.

Sources: RappelConso V2 (a flat list in which ``|`` opens a group, free texts, missing lots), directive
2011/91/EU (a date with day and month stands for a lot number that is not on the label). The ladder goes
from what is sure to what a person must look at; nothing here ever says that goods are safe.
"""

from apps.recalls.rules.days import Span, spans_in
from apps.recalls.rules.groups import Group, groups_in
from apps.recalls.rules.ladder import (
    Candidate,
    Match,
    Reason,
    Recall,
    Rung,
    match_lot,
    names_something,
    packagings_of,
    period_of,
)
from apps.recalls.rules.lots import LotAnswer, compare_lots, lot_key, names_every_lot

__all__ = [
    "Candidate",
    "Group",
    "LotAnswer",
    "Match",
    "Reason",
    "Recall",
    "Rung",
    "Span",
    "compare_lots",
    "groups_in",
    "lot_key",
    "match_lot",
    "names_every_lot",
    "names_something",
    "packagings_of",
    "period_of",
    "spans_in",
]
