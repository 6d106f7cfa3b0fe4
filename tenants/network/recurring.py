"""Food offered every week: made, paused, ended by its donor; each week's offer published the day before.

An offer is named by the recurrence and its day: published again by another worker, after a restart or after
the donor took it back, it is the same offer. Whoever pauses and whoever publishes lock the recurrence, so
that nothing is published of one that is paused.
"""

import datetime as dt
import logging
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language, override

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.offers.services import Place
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform
from tenants.network import errors
from tenants.network.abilities import abilities, donor_actor
from tenants.network.models import DonorAccount, DonorRecurrence, NetworkOffer
from tenants.network.offering import NewNetworkLine, offer_publish, require_givable
from tenants.network.selectors import zone_of

logger = logging.getLogger("collecto.network")

MOST: Final = 20
"""Weekly gifts under way of one donor."""
DAYS_AHEAD: Final = (0, 1)
"""Today, should yesterday's turn have been missed, and tomorrow."""
DAYS_ANYWHERE: Final = range(DAYS_AHEAD[0] - 1, DAYS_AHEAD[-1] + 2)
"""The same, of a zone that is a day behind or ahead of UTC."""


def recurrence_make(
    actor: Actor,
    *,
    op_key: UUID,
    account: DonorAccount,
    weekday: int,
    opens: dt.time,
    until: dt.time,
    place: Place,
    line: NewNetworkLine,
    life_days: int | None,
    active_from: dt.date,
    active_until: dt.date | None,
    entry: Entry,
) -> DonorRecurrence:
    """Offer the same food every week; the same ``op_key`` again returns the first one.

    ``line`` is what is offered each time; its date is that of the pick-up and ``life_days`` more.

    Raises:
        DomainError: hours or days in the wrong order, or too many under way.
        NotGivable: food that may not be given.
    """
    require(abilities(actor), "publish")
    if opens >= until or (active_until is not None and active_until < active_from):
        raise errors.WeekReversed(field="until" if opens >= until else "active_until")
    with in_platform(Purpose.ROUTING), transaction.atomic():
        DonorAccount.objects.select_for_update().get(pk=account.pk)
        known = DonorRecurrence.objects.filter(op_key=op_key).first()
        if known is not None:
            return known
        if account.recurrences.filter(ended_at__isnull=True).count() >= MOST:
            raise errors.TooManyWeekly(most=MOST)
        require_givable([line], on=active_from)
        return DonorRecurrence.objects.create(
            op_key=op_key,
            donor_account=account,
            weekday=weekday,
            opens=opens,
            until=until,
            family_code=line.family_code,
            label=line.label,
            grams=line.grams,
            temperature_class=line.temperature_class,
            date_kind=line.date_kind,
            life_days=life_days,
            address=place.address,
            city=place.city,
            department=place.department,
            active_from=active_from,
            active_until=active_until,
            scheme=entry.scheme,
            port=entry.port,
            language=get_language() or settings.LANGUAGE_CODE,
        )


def recurrence_pause(actor: Actor, *, recurrence: DonorRecurrence) -> DonorRecurrence:
    """Publish nothing more of a weekly gift until it goes on; what is published already stays offered.

    Raises:
        Forbidden: it is another donor's.
    """
    return _stamped(actor, recurrence, paused_at=clock.now())


def recurrence_resume(actor: Actor, *, recurrence: DonorRecurrence) -> DonorRecurrence:
    """Let a weekly gift go on.

    Raises:
        Forbidden: it is another donor's.
    """
    return _stamped(actor, recurrence, paused_at=None)


def recurrence_end(actor: Actor, *, recurrence: DonorRecurrence) -> DonorRecurrence:
    """Let a weekly gift end for good.

    Raises:
        Forbidden: it is another donor's.
    """
    return _stamped(actor, recurrence, ended_at=clock.now())


def recurrences_pause_all(account: DonorAccount, *, at: dt.datetime) -> int:
    """Pause every weekly gift of a donor whose link was revoked then; return how many."""
    with in_platform(Purpose.ROUTING):
        going_on = DonorRecurrence.objects.filter(donor_account=account, paused_at__isnull=True)
        return going_on.filter(ended_at__isnull=True).update(paused_at=at, updated_at=clock.now())


def recurrences_resume_all(account: DonorAccount, *, paused_at: dt.datetime) -> int:
    """Let go on what paused when the link was revoked, and nothing that its donor paused; return how many."""
    with in_platform(Purpose.ROUTING):
        paused = DonorRecurrence.objects.filter(donor_account=account, paused_at=paused_at)
        return paused.filter(ended_at__isnull=True).update(paused_at=None, updated_at=clock.now())


def recurrences_of(account: DonorAccount) -> list[DonorRecurrence]:
    """Return the weekly gifts of a donor that did not end, by day of the week."""
    with in_platform(Purpose.REQUEST):
        return list(DonorRecurrence.objects.filter(donor_account=account, ended_at__isnull=True))


def recurrences_publish(actor: Actor, *, now: dt.datetime) -> int:
    """Publish what is due of every weekly gift: tomorrow's, or today's that was missed; return how many.

    Each in its own transaction; what goes wrong with one is logged, stops no other and is tried next time.

    Raises:
        Forbidden: only the software does this.
    """
    require(abilities(actor), "route")
    with in_platform(Purpose.ROUTING):
        going_on = list(_going_on(now))
        zones = {code: zone_of(code) for code in {one.department for one in going_on}}
        due = [(one.pk, day) for one in going_on for day in _days_due(one, now, zones[one.department])]
        known = set(
            NetworkOffer.objects.filter(op_key__in=[day_key(*each) for each in due]).values_list(
                "op_key", flat=True
            )
        )
    return sum(_published(pk, day) for pk, day in due if day_key(pk, day) not in known)


def day_key(recurrence_id: UUID, day: dt.date) -> UUID:
    """Return the key of the offer of a weekly gift for a day: the same whoever publishes it, and when."""
    return uuid5(recurrence_id, day.isoformat())


def _going_on(now: dt.datetime) -> QuerySet[DonorRecurrence]:
    """Return the weekly gifts that may be due today or tomorrow, wherever in the world that is."""
    days = [now.astimezone(dt.UTC).date() + dt.timedelta(days=ahead) for ahead in DAYS_ANYWHERE]
    going_on = DonorRecurrence.objects.filter(ended_at__isnull=True, paused_at__isnull=True)
    going_on = going_on.filter(weekday__in=[day.weekday() for day in days], active_from__lte=days[-1])
    return going_on.exclude(active_until__lt=days[0]).order_by("pk")


def _days_due(recurrence: DonorRecurrence, now: dt.datetime, zone: ZoneInfo) -> list[dt.date]:
    """Return the days, today and tomorrow, of which a pick-up is still to come."""
    here = now.astimezone(zone)
    days = [here.date() + dt.timedelta(days=ahead) for ahead in DAYS_AHEAD]
    return [
        day
        for day in days
        if day.weekday() == recurrence.weekday
        and recurrence.active_from <= day
        and (recurrence.active_until is None or day <= recurrence.active_until)
        and dt.datetime.combine(day, recurrence.until, tzinfo=here.tzinfo) > now
    ]


def _published(recurrence_id: UUID, day: dt.date) -> bool:
    try:
        with in_platform(Purpose.ROUTING), transaction.atomic():
            waiting = DonorRecurrence.objects.select_for_update(of=("self",), skip_locked=True)
            waiting = waiting.filter(ended_at__isnull=True, paused_at__isnull=True)
            recurrence = waiting.select_related("donor_account").filter(pk=recurrence_id).first()
            if recurrence is None:
                return False
            _offer_of_day(recurrence, day)
            return True
    except Exception:
        logger.exception("weekly gift %s could not be offered for %s", recurrence_id, day)
        return False


def _offer_of_day(recurrence: DonorRecurrence, day: dt.date) -> NetworkOffer:
    zone = zone_of(recurrence.department)
    line = NewNetworkLine(
        family_code=recurrence.family_code,
        label=recurrence.label,
        grams=recurrence.grams,
        temperature_class=recurrence.temperature_class,
        date_kind=recurrence.date_kind,
        expires_on=None
        if recurrence.date_kind == DateKind.NONE
        else day + dt.timedelta(days=recurrence.life_days or 0),
    )
    with override(recurrence.language):
        return offer_publish(
            donor_actor(recurrence.donor_account),
            op_key=day_key(recurrence.pk, day),
            account=recurrence.donor_account,
            place=Place(address=recurrence.address, city=recurrence.city, department=recurrence.department),
            pickup_from=dt.datetime.combine(day, recurrence.opens, tzinfo=zone),
            pickup_until=dt.datetime.combine(day, recurrence.until, tzinfo=zone),
            lines=[line],
            entry=Entry(scheme=recurrence.scheme, port=recurrence.port),
            is_weekly=True,
        )


def _stamped(actor: Actor, recurrence: DonorRecurrence, **values: dt.datetime | None) -> DonorRecurrence:
    """Write when a weekly gift was paused, resumed or ended; one that ended stays ended."""
    require(abilities(actor, recurrence), "withdraw")
    with in_platform(Purpose.ROUTING), transaction.atomic():
        found = DonorRecurrence.objects.select_for_update().get(pk=recurrence.pk)
        if found.ended_at is None:
            for name, value in values.items():
                setattr(found, name, value)
            found.updated_at = clock.now()
            found.save(update_fields=[*values, "updated_at"])
        return found
