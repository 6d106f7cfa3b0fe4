"""Reads about the donors."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, FloatField, Func, JSONField, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, TruncMonth

from apps.donors.models import Campaign, Donor
from apps.donors.rules import (
    QUALITY_MONTHS,
    RECENT_MONTHS,
    Quality,
    Trend,
    suits_programme,
    trend,
)
from apps.donors.states import is_kept_apart
from apps.kernel import clock
from apps.sites.models import Location
from apps.sites.states import LocationPurpose

_LINES = "receipts__lines__"
_MOVED = "receipts__lines__lot__movements__"
_UNFIT_AT_SORTING = Q(
    **{
        f"{_MOVED}kind": "lose",
        f"{_MOVED}destination__detail": "sorting",
        f"{_MOVED}reversed_by__isnull": True,
    }
)
"""Losses at sorting that stand; what came of a lot later (dates, cold, counts) is not the donor's."""


@dataclass(frozen=True, slots=True)
class MonthOfQuality:
    """The quality of what a donor brought in one month."""

    first_day: dt.date
    quality: Quality


@dataclass(frozen=True, slots=True)
class Unfit:
    """What of a donor's goods was unfit for one reason: its code, grams."""

    reason: str
    grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityOfYear:
    """The quality of a donor over twelve months: the whole, month by month, by reason, and its trend."""

    whole: Quality
    months: Sequence[MonthOfQuality]
    reasons: Sequence[Unfit]
    trend: Trend | None


def active_donors() -> QuerySet[Donor]:
    """Return the donors in use, by name."""
    return Donor.objects.active()


def convention_in_force(on: dt.date) -> Q:
    """Return the condition that a donor's convention is in force on a day, both ends included."""
    return Q(convention_from__lte=on) & (Q(convention_until__gte=on) | Q(convention_until__isnull=True))


def months_back(today: dt.date, count: int) -> dt.date:
    """Return the first day of the last so many months, the present one included."""
    months = today.year * 12 + today.month - count
    return dt.date(months // 12, months % 12 + 1, 1)


def qualities() -> dict[UUID, Quality]:
    """Return the quality of every donor that brought something in twelve months (two queries)."""
    received = Q(
        receipts__status="posted", receipts__received_on__gte=months_back(clock.today(), QUALITY_MONTHS)
    )
    at_dock: Any = Donor.objects.filter(received).order_by().values("pk")
    lost: Any = Donor.objects.filter(received & _UNFIT_AT_SORTING).order_by().values("pk")
    sorted_out = dict(lost.annotate(lost=Sum(f"{_MOVED}grams")).values_list("pk", "lost"))
    sums = at_dock.annotate(kept=Sum(f"{_LINES}accepted_grams"), refused=Sum(f"{_LINES}refused_grams"))
    return {
        pk: Quality((kept or 0) + (refused or 0), refused or 0, sorted_out.get(pk, 0))
        for pk, kept, refused in sums.values_list("pk", "kept", "refused")
    }


def donors_with_quality() -> QuerySet[Donor]:
    """Return donors with ``fit_share``: the part of what they brought in twelve months that was fit.

    The shares are added up once for all donors and looked up by id: a sum per donor would be made again
    for every line, order and filter.
    """
    shares = {str(pk): each.fit_share for pk, each in qualities().items() if each.brought_grams}
    found = Func(
        Cast(Value(json.dumps(shares)), JSONField()),
        Cast("pk", TextField()),
        function="jsonb_extract_path_text",
        output_field=TextField(),
    )
    return Donor.objects.annotate(fit_share=Cast(found, FloatField()))


def quality_of(donor: Donor) -> QualityOfYear:
    """Return the quality of what a donor brought in twelve months (two queries)."""
    since = months_back(clock.today(), QUALITY_MONTHS)
    of_donor = Q(pk=donor.pk, receipts__status="posted", receipts__received_on__gte=since)
    received: Any = Donor.objects.filter(of_donor).order_by()
    months: dict[dt.date, Quality] = {}
    reasons: dict[str, int] = {}
    at_dock = received.annotate(month=TruncMonth("receipts__received_on"), why=F(f"{_LINES}refusal_reason"))
    for row in at_dock.values("month", "why").annotate(
        kept=Sum(f"{_LINES}accepted_grams"), refused=Sum(f"{_LINES}refused_grams")
    ):
        refused = row["refused"] or 0
        month = Quality(brought_grams=(row["kept"] or 0) + refused, refused_grams=refused)
        months[row["month"]] = months.get(row["month"], Quality()) + month
        reasons[row["why"]] = reasons.get(row["why"], 0) + refused
    lost: Any = Donor.objects.filter(of_donor & _UNFIT_AT_SORTING).order_by()
    sorted_out = lost.annotate(month=TruncMonth("receipts__received_on"))
    for row in sorted_out.values("month").annotate(lost=Sum(f"{_MOVED}grams")):
        months[row["month"]] = months.get(row["month"], Quality()) + Quality(lost_grams=row["lost"])
        reasons["sorting"] = reasons.get("sorting", 0) + row["lost"]
    return _year(months, reasons)


def _year(months: dict[dt.date, Quality], reasons: dict[str, int]) -> QualityOfYear:
    latest = sorted(months, reverse=True)
    recent = months_back(clock.today(), RECENT_MONTHS)
    both = [
        sum((months[month] for month in latest if (month >= recent) is lately), Quality())
        for lately in (True, False)
    ]
    unfit = [Unfit(reason, grams) for reason, grams in reasons.items() if grams]
    return QualityOfYear(
        whole=both[0] + both[1],
        months=[MonthOfQuality(month, months[month]) for month in latest],
        reasons=sorted(unfit, key=lambda each: (-each.grams, each.reason)),
        trend=trend(*both),
    )


def may_be_put(supply_source: str, location: Location) -> bool:
    """Tell whether goods of a source may be put at a location: programmes are kept apart."""
    is_store = location.purpose == LocationPurpose.STORAGE
    own = supply_source if is_kept_apart(supply_source) else ""
    return suits_programme(own, reserved_for=location.programme, is_store=is_store)


def campaigns_open(on: dt.date) -> QuerySet[Campaign]:
    """Return the campaigns for which goods may be received on a day, both ends included."""
    begun = Campaign.objects.active().filter(starts_on__lte=on)
    return begun.filter(Q(ends_on__gte=on) | Q(ends_on__isnull=True))


def campaign_of(supply_source: str, name: str, on: dt.date) -> str | None:
    """Return the campaign that goods of a source enter on a day, ``None`` when there is no such open one.

    Without a name, the only open campaign of the programme, or none at all; what is no public programme
    keeps the name as it is.
    """
    if not is_kept_apart(supply_source):
        return name
    names = list(campaigns_open(on).filter(programme=supply_source).values_list("name", flat=True))
    if name:
        return name if name in names else None
    return names[0] if len(names) == 1 else ""
