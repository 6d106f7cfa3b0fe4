"""Fixtures of the stage: what stops bring becomes receipts, what the stage tells is caught."""

from collections.abc import Iterator

import pytest

from apps.kernel.facts import Fact
from apps.offers.facts import OfferAccepted
from apps.receiving.facts import GoodsReceived
from apps.receiving.handlers import on_goods_collected
from apps.rounds.facts import GoodsCollected, StopMissed
from tests.making.facts import facts_told


@pytest.fixture(autouse=True)
def told() -> Iterator[list[Fact]]:
    """The facts that the test made happen."""
    kinds = (OfferAccepted, StopMissed, GoodsReceived)
    with facts_told(*kinds, inside={GoodsCollected: on_goods_collected}) as caught:
        yield caught
