"""Reads of the stock: what is there, what may leave, where it came from, and whether the books hold."""

from apps.stock.selectors.availability import Available, expired, reservable, stock_by_product
from apps.stock.selectors.books import (
    Difference,
    Explained,
    Step,
    Trace,
    ledger_verify,
    lot_explained,
    movements_journal,
    movements_of,
    trace_of,
)
from apps.stock.selectors.holdings import (
    Held,
    Holding,
    Waiting,
    available_by_lot,
    balances_of,
    grams_at,
    holdings,
    lots_in_stock,
    lots_put_away,
    waiting,
)
from apps.stock.selectors.origin import LotOrigin, origin_of

__all__ = [
    "Available",
    "Difference",
    "Explained",
    "Held",
    "Holding",
    "LotOrigin",
    "Step",
    "Trace",
    "Waiting",
    "available_by_lot",
    "balances_of",
    "expired",
    "grams_at",
    "holdings",
    "ledger_verify",
    "lot_explained",
    "lots_in_stock",
    "lots_put_away",
    "movements_journal",
    "movements_of",
    "origin_of",
    "reservable",
    "stock_by_product",
    "trace_of",
    "waiting",
]
