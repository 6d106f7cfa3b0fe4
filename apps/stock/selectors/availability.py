"""What may leave: free goods in date, and what partners can order."""

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
from apps.sites.models import Site
from apps.sites.states import LocationPurpose
from apps.stock.models import Balance
from apps.stock.states import AccountKind, LotStatus

FEFO = (
    F("account__lot__expires_on").asc(nulls_last=True),
    "account__lot__received_on",
    "account__lot__number",
)
"""First expired, first out; then the oldest receipt, then the number."""


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


def last_day(lot: str = "account__lot__") -> models.Case:
    """Return, in SQL, the last day on which a lot may leave (``rules.last_allowed_day``), NULL for none.

    ``lot`` is the path to the lot from the rows at hand.
    """
    grace = Coalesce(f"{lot}product__grace_days", f"{lot}family__grace_days")
    in_grace = models.ExpressionWrapper(F(f"{lot}expires_on") + grace, output_field=models.DateField())
    return models.Case(
        models.When(**{f"{lot}date_kind": DateKind.BEST_BEFORE}, then=in_grace),
        models.When(**{f"{lot}date_kind": DateKind.USE_BY}, then=F(f"{lot}expires_on")),
        output_field=models.DateField(),
    )


def expired(lot: str = "account__lot__", *, on: dt.date | None = None) -> Q:
    """Return the condition, where ``last_day`` is at hand, that a lot may no longer leave on a day.

    A use-by date that nobody knows has passed (``rules.is_expired``).
    """
    unknown = Q(**{f"{lot}date_kind": DateKind.USE_BY, f"{lot}expires_on": None})
    return unknown | Q(last_day__isnull=False, last_day__lt=on or clock.today())


def may_leave(for_day: dt.date, *, accepts_past_best_before: bool = True) -> Q:
    """Return the condition, where ``last_day`` is at hand, that a lot may leave on a day."""
    if accepts_past_best_before:
        return ~expired(on=for_day)
    lot = "account__lot__"
    undated = Q(**{f"{lot}date_kind": DateKind.NONE}) | Q(**{f"{lot}expires_on": None})
    return ~expired(on=for_day) & (undated | Q(**{f"{lot}expires_on__gte": for_day}))


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
