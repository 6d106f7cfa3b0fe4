"""Fixtures of the stage: accepted offers become stops, what the stage tells is caught."""

from collections.abc import Iterator

import pytest

from apps.kernel.facts import Fact
from apps.offers.facts import OfferAccepted, OfferDeclined
from apps.rounds.facts import GoodsCollected, StopMissed
from apps.rounds.handlers import on_offer_accepted
from tests.making.facts import facts_told


@pytest.fixture(autouse=True)
def told() -> Iterator[list[Fact]]:
    """The facts that the test made happen."""
    kinds = (OfferDeclined, GoodsCollected, StopMissed)
    with facts_told(*kinds, inside={OfferAccepted: on_offer_accepted}) as caught:
        yield caught
