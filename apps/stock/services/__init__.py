"""Acts of the warehouse. Each takes an ``op_key`` made by the client: a repeat answers the first result.

Every act locks the lots it touches, then looks for a repeat, then reads, then posts
(``locks.py``, ``ledger.py``).
"""

from apps.stock.services.blocking import block_lift, lot_block, lot_unblock
from apps.stock.services.clearing import cleared_undo, expired_clear
from apps.stock.services.correction import is_reversible, movement_reverse
from apps.stock.services.counting import (
    count_approve,
    count_refuse,
    count_settle,
    limits_set,
    sheet_close,
    sheet_open,
    stock_count,
)
from apps.stock.services.inspecting import Checklist, lot_inspect
from apps.stock.services.keeping import pallet_move, stock_lose, stock_move
from apps.stock.services.labelling import LABELS_MOST, NewPallets, labels_print
from apps.stock.services.levels import level_archive, level_create, level_update
from apps.stock.services.making import Lost, Made, goods_make, goods_use, making_undo
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
from apps.stock.services.returning import stock_return
from apps.stock.services.surplus import surplus_arrive, surplus_ship

__all__ = [
    "LABELS_MOST",
    "Checklist",
    "Hold",
    "Item",
    "Lost",
    "Made",
    "NewPallets",
    "Want",
    "block_lift",
    "cleared_undo",
    "count_approve",
    "count_refuse",
    "count_settle",
    "expired_clear",
    "goods_make",
    "goods_use",
    "is_reversible",
    "labels_print",
    "level_archive",
    "level_create",
    "level_update",
    "limits_set",
    "lot_block",
    "lot_inspect",
    "lot_unblock",
    "lots_receive",
    "making_undo",
    "movement_reverse",
    "pallet_move",
    "sheet_close",
    "sheet_open",
    "stock_count",
    "stock_deliver",
    "stock_hold",
    "stock_lose",
    "stock_move",
    "stock_release",
    "stock_reserve",
    "stock_return",
    "surplus_arrive",
    "surplus_ship",
]
