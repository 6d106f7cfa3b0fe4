"""What a bank chooses to tell the others of its room in the cold and of what it expects."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from apps.catalogue.states import TemperatureClass
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.scope import current_bank_id, current_scope
from apps.offers.models import OfferLine
from apps.offers.states import TAKEN
from tenants.crossing import Purpose, in_platform
from tenants.network.abilities import abilities
from tenants.network.models import SharedResource
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus

EXPECTED_DAYS: Final = 7
"""What is picked up within so many days counts as expected."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """Accepted offers of the next days in one temperature class: how many, and their grams."""

    count: int
    grams: int


def arrivals_soon() -> dict[str, Arriving]:
    """Return what the open bank has accepted and not yet picked up, by temperature class (one query)."""
    now = clock.now()
    lines = OfferLine.objects.filter(
        offer__status__in=TAKEN,
        offer__pickup_until__gte=now,
        offer__pickup_from__lte=now + dt.timedelta(days=EXPECTED_DAYS),
        accepted_grams__gt=0,
    )
    rows = (
        lines.order_by()
        .values("temperature_class")
        .annotate(total=Sum("accepted_grams"), offers=Count("offer", distinct=True))
    )
    return {row["temperature_class"]: Arriving(row["offers"], row["total"]) for row in rows}


def resources_set(actor: Actor, *, free: Mapping[str, int | None], tells_arrivals: bool) -> None:
    """Tell, as the open bank, free room by temperature class in grams, and what it expects if it chose to.

    A class left out is not told; ``0`` says that there is none.

    Raises:
        Forbidden: only managers and the warehouse.
    """
    require(abilities(actor), "share")
    arriving = arrivals_soon() if tells_arrivals else {}
    classes = [code for code in TemperatureClass.values if free.get(code) is not None or tells_arrivals]
    scope, bank_id = current_scope(), current_bank_id()
    rows = [
        SharedResource(
            bank_id=bank_id,
            bank_label=scope.bank_name[:120],
            temperature_class=code,
            free_grams=free.get(code),
            tells_arrivals=tells_arrivals,
            **_expected(arriving.get(code)),
        )
        for code in classes
    ]
    with in_platform(Purpose.NEEDS), transaction.atomic():
        FoodBank.objects.select_for_update(no_key=True).get(pk=bank_id)
        SharedResource.objects.filter(bank_id=bank_id).delete()
        SharedResource.objects.bulk_create(rows)


def arrivals_tell() -> int:
    """Tell anew what the open bank expects, if it chose to; returns how many classes were told."""
    bank_id = current_bank_id()
    told = list(SharedResource.objects.filter(bank_id=bank_id, tells_arrivals=True))
    if not told:
        return 0
    arriving = arrivals_soon()
    for row in told:
        for name, value in _expected(arriving.get(row.temperature_class)).items():
            setattr(row, name, value)
        row.told_at = clock.now()
    with in_platform(Purpose.NEEDS):
        SharedResource.objects.bulk_update(told, ["arriving_grams", "arriving_count", "told_at"])
    return len(told)


def resources_of_others() -> QuerySet[SharedResource]:
    """Return what the other banks at work tell, without the classes of which there is nothing to say."""
    others = SharedResource.objects.filter(bank__status=BankStatus.ACTIVE).exclude(bank_id=current_bank_id())
    return others.exclude(free_grams=None, arriving_grams=None)


def resources_told() -> list[SharedResource]:
    """Return what the open bank tells now."""
    return list(SharedResource.objects.filter(bank_id=current_bank_id()))


def _expected(arriving: Arriving | None) -> dict[str, int | None]:
    if arriving is None:
        return {"arriving_grams": None, "arriving_count": None}
    return {"arriving_grams": arriving.grams, "arriving_count": arriving.count}
