"""Fixtures of the stage: what it tells is caught, nobody downstream reacts."""

from collections.abc import Iterator

import pytest

from apps.kernel.facts import Fact
from apps.offers.facts import OfferAccepted, OfferDeclined
from tests.making.facts import facts_told


@pytest.fixture(autouse=True)
def told() -> Iterator[list[Fact]]:
    """The facts that the test made happen."""
    with facts_told(OfferAccepted, OfferDeclined) as caught:
        yield caught
