"""Orders that hold goods which may not leave on their day any more."""

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import LessThan

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.orders.models import Order, Reservation
from apps.orders.states import OPEN
from apps.sites.states import LocationPurpose
from apps.stock.selectors import inspected_until, last_day
from apps.stock.states import LotStatus


def spoilt_reservations() -> QuerySet[Reservation]:
    """Return what open orders hold that may not leave on their day (nor today, when that has passed).

    The lot expires before, is past best before without an inspection that lasts, is blocked, or lies in
    quarantine. What an order gave back holds nothing any more.
    """
    wanted = F("line__order__wanted_on")
    day = Greatest(wanted, Value(clock.today(), output_field=DateField()))
    held: QuerySet[Reservation] = Reservation.objects.filter(line__order__status__in=OPEN, grams__gt=0).alias(
        day=day, last_day=last_day("lot__")
    )
    inspected = LessThan(Coalesce(inspected_until("lot__"), F("lot__expires_on")), F("day"))
    uninspected = Q(lot__date_kind=DateKind.BEST_BEFORE, lot__expires_on__lt=F("day")) & Q(inspected)
    return held.filter(
        Q(last_day__lt=F("day"))
        | uninspected
        | Q(lot__status=LotStatus.BLOCKED)
        | Q(location__purpose=LocationPurpose.QUARANTINE)
    )


def frozen_in(order: Order) -> list[Reservation]:
    """Return what an order holds that may not leave on its day, by line: what revising it gives back."""
    held = spoilt_reservations().filter(line__order=order)
    return list(held.select_related("lot", "location", "line").order_by("line__position", "lot__number"))
