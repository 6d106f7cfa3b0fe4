"""Rows of the stock: lots with their ledger, counts, minimum levels."""

from apps.stock.models.counting import (
    CountEntry,
    CountLimits,
    CountLine,
    CountSheet,
    MinimumLevel,
)
from apps.stock.models.ledger import (
    Account,
    Balance,
    Inspection,
    Lot,
    LotLink,
    Movement,
    Pallet,
)

__all__ = [
    "Account",
    "Balance",
    "CountEntry",
    "CountLimits",
    "CountLine",
    "CountSheet",
    "Inspection",
    "Lot",
    "LotLink",
    "MinimumLevel",
    "Movement",
    "Pallet",
]
