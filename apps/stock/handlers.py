"""Reactions of the stock to what happened upstream."""

from apps.kernel.abilities import software
from apps.receiving.facts import GoodsReceived
from apps.receiving.models import GoodsReceipt
from apps.stock.services import lots_receive


def on_goods_received(fact: GoodsReceived) -> None:
    """Turn the accepted lines of a posted receipt into lots, in the receipt's own transaction."""
    receipt = GoodsReceipt.objects.select_related("donor", "site").get(pk=fact.receipt_id)
    lots_receive(software(receipt.received_by or "receiving"), receipt=receipt)
