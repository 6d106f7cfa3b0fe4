"""Minimum levels, and what is missing to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet, Sum

from apps.sites.states import LocationPurpose
from apps.stock.models import Balance, MinimumLevel
from apps.stock.states import FOR_BANKS, FOR_DONORS, LevelShare, LotStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNow:
    """A minimum level and what there is: grams that may leave, those reserved for orders included."""

    level: MinimumLevel
    held_grams: int

    @property
    def wanted_grams(self) -> int:
        """What is missing to reach the minimum, 0 when it is reached."""
        return max(self.level.minimum_grams - self.held_grams, 0)

    @property
    def is_for_donors(self) -> bool:
        """Tell whether donors are told."""
        return LevelShare(self.level.share) in FOR_DONORS

    @property
    def is_for_banks(self) -> bool:
        """Tell whether other banks are told."""
        return LevelShare(self.level.share) in FOR_BANKS


def levels_in_use() -> QuerySet[MinimumLevel]:
    """Return the minimum levels in use with what they are about."""
    return MinimumLevel.objects.active().select_related("product__family", "family", "site")


def levels_now(levels: Iterable[MinimumLevel]) -> list[LevelNow]:
    """Return what there is of each level's goods: blocked and quarantined goods do not count.

    One query, besides that for the levels; where there are none, the stock is not summed.
    """
    asked = list(levels)
    if not asked:
        return []
    held = Balance.objects.filter(is_inside=True, grams__gt=0, account__lot__status=LotStatus.AVAILABLE)
    held = held.exclude(account__location__purpose=LocationPurpose.QUARANTINE).order_by()
    rows = held.values_list(
        "account__location__site_id", "account__lot__family_id", "account__lot__product_id"
    ).annotate(total=Sum("grams"))
    here = list(rows)
    return [LevelNow(level=level, held_grams=_sum(level, here)) for level in asked]


def _sum(level: MinimumLevel, rows: Iterable[tuple[UUID, UUID, UUID | None, int]]) -> int:
    return sum(
        grams
        for site, family, product, grams in rows
        if level.site_id in (None, site)
        and (product == level.product_id if level.product_id else family == level.family_id)
    )


def levels_below() -> list[LevelNow]:
    """Return the levels that are not reached, the most missing first."""
    below = [now for now in levels_now(levels_in_use()) if now.wanted_grams]
    return sorted(below, key=lambda now: (-now.wanted_grams, str(now.level)))


def levels_shared() -> list[LevelNow]:
    """Return the levels that are not reached and that the bank shares with somebody."""
    return [now for now in levels_below() if now.is_for_donors or now.is_for_banks]
