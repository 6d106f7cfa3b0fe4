"""The monthly report by e-mail: who asked for it, when it is due, when it stops."""

import datetime as dt
from typing import Final, cast
from uuid import UUID

from django.db import transaction

from apps.impact.abilities import abilities
from apps.impact.rules.periods import Period, Span, period_around
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.scope import current_bank_id, current_scope
from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform
from tenants.federation.facts import MonthEnded
from tenants.federation.models import ReportSubscription

STOP: Final = "report-stop"


def month_before(today: dt.date) -> Period:
    """Return the last month that is over."""
    return period_around(Span.MONTH, today).shifted(-1)


def subscription_set(actor: Actor, *, wanted: bool, entry: Entry) -> None:
    """Have the monthly report of the open space sent to the actor, or no more; saying it twice is once.

    The first report is that of the month which ends next.

    Raises:
        Forbidden: only managers of a bank, and people of the federation.
    """
    require(abilities(actor), "subscribe")
    space, last = current_bank_id(), month_before(clock.today()).since
    person = cast("UUID", actor.id)
    with in_platform(Purpose.INDICATORS), transaction.atomic():
        if not wanted:
            _end(user_id=person, bank_id=space)
            return
        known, is_new = ReportSubscription.objects.select_for_update().get_or_create(
            user_id=person,
            bank_id=space,
            defaults={"scheme": entry.scheme, "port": entry.port, "queued_month": last},
        )
        if not is_new and known.ended_at is not None:
            known.ended_at, known.queued_month = None, last
            known.scheme, known.port = entry.scheme, entry.port
            known.save(update_fields=["ended_at", "queued_month", "scheme", "port"])


def stop_word(subscription: ReportSubscription) -> str:
    """Return the signed word of the link that ends a subscription, good in the open space alone."""
    return signed(str(subscription.pk), purpose=STOP)


def subscription_stop(word: str) -> None:
    """End the subscription whose link this is; one that has ended stays so.

    Raises:
        NotSigned: the word is none of this space's.
    """
    key, space = unsigned(word, purpose=STOP), current_scope().bank_id
    with in_platform(Purpose.INDICATORS):
        _end(pk=key, bank_id=space)


def is_stop_word(word: str) -> bool:
    """Tell whether a word ends a subscription of the open space."""
    try:
        unsigned(word, purpose=STOP)
    except NotSigned:
        return False
    return True


def reports_prepare() -> int:
    """Announce each report of the month that is over, once; returns how many (the platform's scope)."""
    month = month_before(clock.today()).since
    with transaction.atomic():
        due = ReportSubscription.objects.select_for_update(skip_locked=True).filter(
            ended_at=None, queued_month__lt=month
        )
        waiting = list(due)
        for subscription in waiting:
            subscription.queued_month = month
            subscription.save(update_fields=["queued_month"])
            emit(MonthEnded(subscription_id=subscription.pk, month=month))
    return len(waiting)


def _end(**which: object) -> None:
    ReportSubscription.objects.filter(ended_at=None, **which).update(ended_at=clock.now())
