"""Reactions of receiving to what happened upstream."""

from apps.kernel.abilities import software
from apps.receiving.services import receipt_expect
from apps.rounds.facts import GoodsCollected
from apps.rounds.models import Stop


def on_goods_collected(fact: GoodsCollected) -> None:
    """Open the receipt of what a stop brought."""
    stop = Stop.objects.select_related("round__site", "offer__donor").get(pk=fact.stop_id)
    receipt_expect(software("receiving"), stop=stop)
