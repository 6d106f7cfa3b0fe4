"""What is in the warehouse: lot by lot, product by product, and what needs somebody today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value

from apps.catalogue.models import Product, ProductFamily
from apps.kernel import clock
from apps.kernel.folding import by_words
from apps.sites.models import Location, Site
from apps.sites.states import LocationPurpose
from apps.stock.models import Balance, Lot
from apps.stock.rules import SOON_DAYS
from apps.stock.selectors.availability import FEFO, expired, inspected_until, last_day, to_inspect
from apps.stock.states import INSIDE, AccountKind, LotStatus


@dataclass(frozen=True, slots=True)
class Held:
    """Grams of a lot at a location: free and reserved by orders."""

    lot: Lot
    location: Location
    on_hand_grams: int
    reserved_grams: int

    @property
    def grams(self) -> int:
        """Everything that is physically there."""
        return self.on_hand_grams + self.reserved_grams


@dataclass(frozen=True, slots=True)
class Holding:
    """A product (or a family's mixes) in the warehouse: free to leave, reserved, kept back, first date."""

    family: ProductFamily
    product: Product | None
    free_grams: int
    reserved_grams: int
    kept_back_grams: int
    lot_count: int
    earliest_on: dt.date | None

    @property
    def label(self) -> str:
        """The goods as people name them."""
        return str(self.product or self.family)

    @property
    def grams(self) -> int:
        """Everything that is physically there."""
        return self.free_grams + self.reserved_grams + self.kept_back_grams

    def packed(self, grams: int) -> str:
        """Write a weight in the units of the product; mixes are only weighed."""
        return self.product.packed(grams) if self.product else ""


PUT_AWAY = Q(account__location__archived_at__isnull=False) | Q(
    account__location__site__archived_at__isnull=False
)
"""Condition on balances: the location, or its whole site, is archived; what is left there must move."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Lots that need somebody: out of date (and their grams), near it, to inspect, blocked, put away."""

    expired_count: int
    expired_grams: int
    soon_count: int
    inspect_count: int
    blocked_count: int
    put_away_count: int


def available_by_lot(site: Site | None = None) -> list[Held]:
    """Return what is in the warehouse, lot by lot and location by location, first expired first."""
    inside = Balance.objects.filter(is_inside=True, grams__gt=0)
    if site is not None:
        inside = inside.filter(account__location__site=site)
    return _held(inside.order_by(*FEFO, "account_id"))


def held_in(balances: QuerySet[Balance]) -> list[Held]:
    """Return what some balances hold, first expired first."""
    return _held(balances.order_by(*FEFO, "account_id"))


def balances_of(lot: Lot) -> list[Held]:
    """Return where a lot is, location by location; empty places are left out."""
    return _held(Balance.objects.filter(is_inside=True, grams__gt=0, account__lot=lot).order_by("account_id"))


def _held(balances: QuerySet[Balance]) -> list[Held]:
    """Join the free and the reserved grams of each lot at each location."""
    places: dict[tuple[UUID, UUID], dict[str, int]] = {}
    named: dict[tuple[UUID, UUID], tuple[Lot, Location]] = {}
    for balance in balances.select_related(
        "account__lot__family", "account__lot__product", "account__location__site"
    ):
        account = balance.account
        if account.location is None:
            continue
        key = (account.lot_id, account.location.pk)
        named[key] = (account.lot, account.location)
        places.setdefault(key, {})[account.kind] = balance.grams
    return [
        Held(*named[key], grams.get(AccountKind.ON_HAND, 0), grams.get(AccountKind.RESERVED, 0))
        for key, grams in places.items()
    ]


def grams_at(lot: Lot, location: Location) -> Held:
    """Return the grams of a lot at a location, free and reserved."""
    rows = Balance.objects.filter(account__lot=lot, account__location=location, account__kind__in=INSIDE)
    grams = dict(rows.values_list("account__kind", "grams"))
    return Held(lot, location, grams.get(AccountKind.ON_HAND, 0), grams.get(AccountKind.RESERVED, 0))


def lots_in_stock(site: Site | None = None) -> QuerySet[Lot]:
    """Return the lots with their free and reserved grams (``on_hand_grams``, ``reserved_grams``).

    ``stock_grams`` is both, ``places`` names their locations, ``last_day`` is the last one on which the lot
    may leave, ``inspected_until`` the one until which its newest inspection lets it. With a site, only what
    is there counts. Lots that are used up stay in, with nothing.
    """
    here = Q(accounts__location__site=site) if site is not None else Q()
    filled = here & Q(accounts__balance__is_inside=True, accounts__balance__grams__gt=0)
    places = StringAgg("accounts__location__code", ", ", filter=filled, distinct=True, default=Value(""))
    return (
        Lot.objects.select_related("family", "product")
        .annotate(
            on_hand_grams=_sum_of(AccountKind.ON_HAND, here),
            reserved_grams=_sum_of(AccountKind.RESERVED, here),
            places=places,
            last_day=last_day(""),
            inspected_until=inspected_until(""),
        )
        .annotate(stock_grams=F("on_hand_grams") + F("reserved_grams"))
    )


def _sum_of(kind: AccountKind, here: Q) -> Sum:
    return Sum("accounts__balance__grams", filter=here & Q(accounts__kind=kind), default=0)


def holdings(site: Site | None = None) -> list[Holding]:
    """Return what is in the warehouse product by product (mixes: per family), by name of family."""
    inside = Balance.objects.filter(is_inside=True, grams__gt=0)
    if site is not None:
        inside = inside.filter(account__location__site=site)
    kept_back = Q(account__lot__status=LotStatus.BLOCKED) | Q(
        account__location__purpose=LocationPurpose.QUARANTINE
    )
    on_hand = Q(account__kind=AccountKind.ON_HAND)
    rows = list(
        inside.values("account__lot__family_id", "account__lot__product_id").annotate(
            free=Sum("grams", filter=on_hand & ~kept_back, default=0),
            reserved=Sum("grams", filter=~on_hand, default=0),
            kept_back=Sum("grams", filter=on_hand & kept_back, default=0),
            lots=Count("account__lot_id", distinct=True),
            earliest=Min("account__lot__expires_on"),
        )
    )
    families = ProductFamily.objects.in_bulk({row["account__lot__family_id"] for row in rows})
    products = Product.objects.in_bulk({row["account__lot__product_id"] for row in rows} - {None})
    found = [
        Holding(
            family=families[row["account__lot__family_id"]],
            product=products.get(row["account__lot__product_id"]),
            free_grams=row["free"],
            reserved_grams=row["reserved"],
            kept_back_grams=row["kept_back"],
            lot_count=row["lots"],
            earliest_on=row["earliest"],
        )
        for row in rows
    ]
    return sorted(
        found,
        key=lambda holding: (by_words(holding.family.name), holding.product is None, by_words(holding.label)),
    )


def waiting() -> Waiting:
    """Return how many lots in stock need somebody today (one query)."""
    inside = Balance.objects.filter(is_inside=True, grams__gt=0).annotate(last_day=last_day())
    soon = Q(last_day__range=(clock.today(), clock.today() + dt.timedelta(days=SOON_DAYS)))
    blocked = Q(account__lot__status=LotStatus.BLOCKED)
    found = inside.aggregate(
        expired_count=_lots(expired()),
        expired_grams=Sum("grams", filter=expired(), default=0),
        soon_count=_lots(soon & ~blocked),
        inspect_count=_lots(to_inspect()),
        blocked_count=_lots(blocked),
        put_away_count=_lots(PUT_AWAY),
    )
    return Waiting(**found)


def lots_put_away() -> QuerySet[Balance, Any]:
    """Return the ids of the lots of which something is left at a place that is archived."""
    left = Balance.objects.filter(PUT_AWAY, is_inside=True, grams__gt=0)
    return left.values("account__lot_id")


def _lots(which: Q) -> Count:
    return Count("account__lot_id", distinct=True, filter=which)
