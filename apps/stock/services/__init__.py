"""Acts of the warehouse. Each takes an ``op_key`` made by the client: a repeat answers the first result.

Every act locks the lots it touches, then looks for a repeat, then reads, then posts
(``locks.py``, ``ledger.py``).
"""

from apps.stock.services.blocking import lot_block, lot_unblock
from apps.stock.services.correction import is_reversible, movement_reverse
from apps.stock.services.keeping import stock_count, stock_lose, stock_move
from apps.stock.services.reception import lots_receive
from apps.stock.services.reservation import (
    Hold,
    Item,
    Want,
    stock_deliver,
    stock_hold,
    stock_release,
    stock_reserve,
)
from apps.stock.services.surplus import surplus_arrive, surplus_ship

__all__ = [
    "Hold",
    "Item",
    "Want",
    "is_reversible",
    "lot_block",
    "lot_unblock",
    "lots_receive",
    "movement_reverse",
    "stock_count",
    "stock_deliver",
    "stock_hold",
    "stock_lose",
    "stock_move",
    "stock_release",
    "stock_reserve",
    "surplus_arrive",
    "surplus_ship",
]
