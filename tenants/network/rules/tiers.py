"""How near a bank is to an offer, by territory."""

from enum import StrEnum
from typing import Final


class Tier(StrEnum):
    """How near a bank is to the offer, by territory; the order of the members is the order of asking."""

    ANTENNA = "antenna"
    HOME = "home"
    NEIGHBOUR = "neighbour"
    REGION = "region"
    NATION = "nation"


TIERS: Final = tuple(Tier)
