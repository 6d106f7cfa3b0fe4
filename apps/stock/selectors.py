"""Reads of the stock: what is there, what may leave, where it came from, and whether the books hold."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.sites.models import Location, Site
from apps.sites.states import LocationPurpose
from apps.stock.models import Account, Balance, Lot, Movement
from apps.stock.states import INSIDE, AccountKind, LotStatus

FEFO = (
    F("account__lot__expires_on").asc(nulls_last=True),
    "account__lot__received_on",
    "account__lot__number",
)
"""First expired, first out; then the oldest receipt, then the number."""


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
class Available:
    """What can be ordered: grams of a product (or of a family's mixes) free at a site, and its first date."""

    site_id: UUID
    family: ProductFamily
    product: Product | None
    grams: int
    lot_count: int
    earliest_on: dt.date | None

    @property
    def label(self) -> str:
        """The goods as people name them."""
        return str(self.product or self.family)


def last_day() -> models.Expression:
    """Return, in SQL, the last day on which an account's lot may leave (``rules.last_allowed_day``)."""
    grace = Coalesce("account__lot__product__grace_days", "account__lot__family__grace_days")
    return models.ExpressionWrapper(F("account__lot__expires_on") + grace, output_field=models.DateField())


def may_leave(for_day: dt.date, *, accepts_past_best_before: bool = True) -> Q:
    """Return the condition under which an account's lot may leave on a day."""
    lot = "account__lot__"
    best_before = Q(**{f"{lot}date_kind": DateKind.BEST_BEFORE})
    in_date = Q(**{f"{lot}expires_on__gte": for_day})
    in_grace = Q(last_day__gte=for_day) if accepts_past_best_before else in_date
    undated = Q(**{f"{lot}expires_on": None}) & ~Q(**{f"{lot}date_kind": DateKind.USE_BY})
    return Q(**{f"{lot}date_kind": DateKind.NONE}) | undated | in_date | (best_before & in_grace)


def reservable(
    *,
    for_day: dt.date | None = None,
    accepts_past_best_before: bool = True,
    excluded_sources: Collection[str] = (),
    excluded_temperature_classes: Collection[str] = (),
) -> QuerySet[Balance]:
    """Return the free balances that an order for a day may reserve, in first-expired order."""
    free = Balance.objects.alias(last_day=last_day()).filter(
        may_leave(for_day or clock.today(), accepts_past_best_before=accepts_past_best_before),
        grams__gt=0,
        account__kind=AccountKind.ON_HAND,
        account__lot__status=LotStatus.AVAILABLE,
    )
    return (
        free.exclude(account__location__purpose=LocationPurpose.QUARANTINE)
        .exclude(account__lot__supply_source__in=list(excluded_sources))
        .exclude(account__lot__temperature_class__in=list(excluded_temperature_classes))
        .order_by(*FEFO, "account_id")
    )


def stock_by_product(
    *,
    site: Site | None = None,
    for_day: dt.date | None = None,
    accepts_past_best_before: bool = True,
    excluded_sources: Collection[str] = (),
    excluded_temperature_classes: Collection[str] = (),
) -> list[Available]:
    """Return what partners can order, per site and product (mixes: per family), by name of family."""
    free = reservable(
        for_day=for_day,
        accepts_past_best_before=accepts_past_best_before,
        excluded_sources=excluded_sources,
        excluded_temperature_classes=excluded_temperature_classes,
    )
    if site is not None:
        free = free.filter(account__location__site=site)
    rows = list(
        free.order_by()
        .values("account__location__site_id", "account__lot__family_id", "account__lot__product_id")
        .annotate(
            total=Sum("grams"),
            lots=models.Count("account__lot_id", distinct=True),
            earliest=Min("account__lot__expires_on"),
        )
    )
    families = ProductFamily.objects.in_bulk({row["account__lot__family_id"] for row in rows})
    products = Product.objects.in_bulk({row["account__lot__product_id"] for row in rows} - {None})
    found = [
        Available(
            site_id=row["account__location__site_id"],
            family=families[row["account__lot__family_id"]],
            product=products.get(row["account__lot__product_id"]),
            grams=row["total"],
            lot_count=row["lots"],
            earliest_on=row["earliest"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda a: (a.family.name, a.product is None, a.label, str(a.site_id)))


def available_by_lot(site: Site | None = None) -> list[Held]:
    """Return what is in the warehouse, lot by lot and location by location, first expired first."""
    inside = Balance.objects.filter(is_inside=True, grams__gt=0)
    if site is not None:
        inside = inside.filter(account__location__site=site)
    return _held(inside.order_by(*FEFO, "account_id"))


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


def movements_of(lot: Lot) -> QuerySet[Movement]:
    """Return the movements of a lot, newest first."""
    return lot.movements.select_related(
        "source__location__site", "destination__location__site", "reversed_by"
    ).order_by("-id")


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose balance is not what its movements add up to."""

    lot_number: str
    account_id: int
    account_kind: str
    balance_grams: int
    movements_grams: int

    @property
    def grams(self) -> int:
        """How much the balance is above what the movements say."""
        return self.balance_grams - self.movements_grams


def ledger_verify() -> list[Difference]:
    """Recompute every balance of the bank from its movements; return the differences, none when it holds."""
    entered = _summed("destination")
    left = _summed("source")
    return [
        Difference(number, pk, kind, grams or 0, entered.get(pk, 0) - left.get(pk, 0))
        for pk, number, kind, grams in Account.objects.order_by("id").values_list(
            "id", "lot__number", "kind", "balance__grams"
        )
        if grams != entered.get(pk, 0) - left.get(pk, 0)
    ]


def _summed(side: str) -> dict[int, int]:
    rows = Movement.objects.order_by().values_list(side).annotate(total=Sum("grams"))
    return dict(rows.values_list(side, "total"))
