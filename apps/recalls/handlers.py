"""Reactions inside the transaction of their cause: what comes in is held against the recalls of the bank."""

from apps.kernel.abilities import software
from apps.orders.facts import OrderCancelled, OrderRevised
from apps.orders.models import Reservation
from apps.recalls.errors import LotUnderRecall
from apps.recalls.selectors import recall_holding
from apps.recalls.services import lots_screen, rest_keep_back
from apps.receiving.facts import GoodsReceived
from apps.stock.facts import LotReleased, LotsEntered
from apps.stock.models import Lot

RECALLS = software("recalls")


def on_goods_received(fact: GoodsReceived) -> None:
    """Keep back at once what a receipt brings of recalled goods."""
    lots = Lot.objects.filter(receipt_line__receipt=fact.receipt_id).values_list("pk", flat=True)
    lots_screen(RECALLS, lots=list(lots))


def on_lots_entered(fact: LotsEntered) -> None:
    """Keep back at once what another bank sends, or the workshop makes, of recalled goods."""
    lots_screen(RECALLS, lots=fact.lot_ids)


def on_lot_released(fact: LotReleased) -> None:
    """Refuse to free a lot that a recall keeps back, an open one or one that is over.

    Raises:
        LotUnderRecall: the recall frees it, with its reason.
    """
    case = recall_holding(fact.lot_id)
    if case is not None:
        raise LotUnderRecall(case=case.number)


def on_order_revised(fact: OrderRevised) -> None:
    """Put what an order gave back of recalled lots into quarantine."""
    rest_keep_back(RECALLS, lots=fact.freed_lot_ids)


def on_order_cancelled(fact: OrderCancelled) -> None:
    """Put what a cancelled order gave back of recalled lots into quarantine."""
    lots = Reservation.objects.filter(line__order=fact.order_id).values_list("lot_id", flat=True)
    rest_keep_back(RECALLS, lots=set(lots))
