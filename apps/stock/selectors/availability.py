"""What may leave: free goods in date, and what partners can order."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind
from apps.donors.states import PUBLIC_PROGRAMMES
from apps.kernel import clock
from apps.kernel.folding import by_words
from apps.sites.models import Site
from apps.sites.states import LocationPurpose
from apps.stock.models import Balance, Inspection
from apps.stock.states import AccountKind, LotStatus

FEFO = (
    F("account__lot__expires_on").asc(nulls_last=True),
    "account__lot__received_on",
    "account__lot__number",
)
"""First expired, first out; then the oldest receipt, then the number."""


@dataclass(frozen=True, slots=True)
class Available:
    """What can be ordered: grams of a product (or of a family's mixes) free at a site, and its first date.

    ``programme`` is the public programme whose goods these are, empty for all others: they are not mixed.
    """

    site_id: UUID
    family: ProductFamily
    product: Product | None
    grams: int
    lot_count: int
    earliest_on: dt.date | None
    programme: str = ""

    @property
    def label(self) -> str:
        """The goods as people name them."""
        return str(self.product or self.family)


def last_day(lot: str = "account__lot__") -> models.Case:
    """Return, in SQL, the last day on which a lot may leave (``rules.last_allowed_day``), NULL for none.

    ``lot`` is the path to the lot from the rows at hand.
    """
    grace = models.Case(
        models.When(**{f"{lot}family__is_infant_food": True}, then=0),
        default=Coalesce(f"{lot}product__grace_days", f"{lot}family__grace_days"),
        output_field=models.IntegerField(),
    )
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


def may_leave(for_day: dt.date, *, accepts_past_best_before: bool = True, life_days: int = 0) -> Q:
    """Return the condition, where ``last_day`` is at hand, that a lot may leave on a day.

    Past best before, only to who accepts it, and with an inspection that lets it leave on that day.
    ``life_days`` after that day, its last one must not have passed yet.
    """
    eaten_by = for_day + dt.timedelta(days=life_days)
    lot = "account__lot__"
    in_date = Q(**{f"{lot}date_kind": DateKind.NONE}) | Q(**{f"{lot}expires_on": None})
    if not accepts_past_best_before:
        return ~expired(on=eaten_by) & (in_date | Q(**{f"{lot}expires_on__gte": eaten_by}))
    in_date |= Q(**{f"{lot}expires_on__gte": for_day})
    return ~expired(on=eaten_by) & (in_date | Q(GreaterThanOrEqual(inspected_until(lot), for_day)))


def to_inspect(lot: str = "account__lot__") -> Q:
    """Return the condition, where ``last_day`` is at hand, that only an inspection would let a lot leave."""
    passed = {
        f"{lot}date_kind": DateKind.BEST_BEFORE,
        f"{lot}expires_on__lt": clock.today(),
        f"{lot}status": LotStatus.AVAILABLE,
        "last_day__gte": clock.today(),
    }
    until = Coalesce(inspected_until(lot), F(f"{lot}expires_on"))
    return Q(LessThan(until, clock.today()), **passed)


def inspected_until(lot: str = "account__lot__") -> models.Subquery:
    """Return, in SQL, until when the newest inspection of a lot lets it leave; NULL when none does."""
    newest = Inspection.objects.filter(lot=models.OuterRef(f"{lot}id")).order_by("-created_at", "-id")
    until = models.Case(models.When(passed=True, then=F("valid_until")), output_field=models.DateField())
    return models.Subquery(newest.values(until=until)[:1])


def reservable(
    *,
    for_day: dt.date | None = None,
    accepts_past_best_before: bool = True,
    life_days: int = 0,
    excluded_sources: Collection[str] = (),
    excluded_temperature_classes: Collection[str] = (),
) -> QuerySet[Balance]:
    """Return the free balances that an order for a day may reserve, in first-expired order."""
    free = Balance.objects.alias(last_day=last_day()).filter(
        may_leave(
            for_day or clock.today(),
            accepts_past_best_before=accepts_past_best_before,
            life_days=life_days,
        ),
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


def expired_on_hand() -> QuerySet[Balance]:
    """Return the free balances of lots that may no longer leave today, by location, the oldest date first."""
    free = Balance.objects.alias(last_day=last_day()).filter(
        expired(), grams__gt=0, account__kind=AccountKind.ON_HAND
    )
    return free.select_related("account__lot__family", "account__location__site").order_by(
        "account__location__site__code", "account__location__code", *FEFO, "account_id"
    )


def stock_by_product(
    *,
    site: Site | None = None,
    for_day: dt.date | None = None,
    accepts_past_best_before: bool = True,
    life_days: int = 0,
    excluded_sources: Collection[str] = (),
    excluded_temperature_classes: Collection[str] = (),
) -> list[Available]:
    """Return what partners can order, per site and product (mixes: per family), by name of family."""
    free = reservable(
        for_day=for_day,
        accepts_past_best_before=accepts_past_best_before,
        life_days=life_days,
        excluded_sources=excluded_sources,
        excluded_temperature_classes=excluded_temperature_classes,
    )
    if site is not None:
        free = free.filter(account__location__site=site)
    rows = list(
        free.order_by()
        .annotate(programme=programme_of_lot())
        .values(
            "account__location__site_id", "account__lot__family_id", "account__lot__product_id", "programme"
        )
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
            programme=row["programme"],
        )
        for row in rows
    ]
    return sorted(
        found,
        key=lambda a: (
            by_words(a.family.name), a.product is None, by_words(a.label), str(a.site_id), a.programme
        ),
    )  # fmt: skip


def programme_of_lot(lot: str = "account__lot__") -> models.Case:
    """Return, in SQL, the public programme whose goods a lot is, an empty text for all others."""
    source = f"{lot}supply_source"
    return models.Case(
        models.When(**{f"{source}__in": list(PUBLIC_PROGRAMMES)}, then=F(source)),
        default=models.Value(""),
        output_field=models.CharField(),
    )
