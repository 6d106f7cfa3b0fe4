"""What a donor gave so far: its last offer to repeat, its offers one by one and in sum."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Sum

from tenants.crossing import Purpose, in_platform
from tenants.library.models import LibraryFamily
from tenants.network.models import DonorAccount, NetworkOffer, NetworkOfferLine

SHOWN: Final = 200
"""Offers that the page of a donor lists; the file has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the network took of the offers of a donor: grams of all goods, and grams of food."""

    offers: int
    grams: int
    food_grams: int


def last_offer_of(account: DonorAccount) -> NetworkOffer | None:
    """Return the last offer of a donor with its lines, ``None`` before the first."""
    with in_platform(Purpose.REQUEST):
        mine = NetworkOffer.objects.filter(donor_account=account).prefetch_related("lines")
        return mine.order_by("-created_at", "-pk").first()


def goods_again(offer: NetworkOffer | None) -> list[dict[str, Any]]:
    """Return what the form repeats of the goods of an offer: never their dates, which nobody has read yet."""
    lines = list(offer.lines.all()) if offer else []
    return [
        {"family": line.family_code, "label": line.label, "grams": line.grams}
        | ({"cents_per_kg": line.cents_per_kg} if line.cents_per_kg else {})
        for line in lines
    ]


def offers_given(account_id: UUID, *, most: int | None = None) -> list[NetworkOffer]:
    """Return the offers of a donor with their lines, the newest first."""
    with in_platform(Purpose.REQUEST):
        mine = NetworkOffer.objects.filter(donor_account_id=account_id).prefetch_related("lines")
        return list(mine.order_by("-created_at", "-pk")[:most])


def sum_given(account_id: UUID) -> Given:
    """Return what the network took of the offers of a donor since it is known."""
    with in_platform(Purpose.REQUEST):
        food = LibraryFamily.objects.filter(is_food=True).values("code")
        lines = NetworkOfferLine.objects.filter(offer__donor_account_id=account_id)
        taken = Sum(F("grams") - F("remaining_grams"))
        return Given(
            offers=NetworkOffer.objects.filter(donor_account_id=account_id).count(),
            grams=lines.aggregate(taken=taken)["taken"] or 0,
            food_grams=lines.filter(family_code__in=food).aggregate(taken=taken)["taken"] or 0,
        )
