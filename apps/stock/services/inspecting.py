"""A trained person looks at goods past their best-before date, and says whether they may still leave."""

import datetime as dt
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_insert
from apps.stock import rules
from apps.stock.abilities import abilities
from apps.stock.errors import InspectionTooLong, InspectionUndated, InspectionUseless
from apps.stock.locks import lock_lots, retrying
from apps.stock.models import Inspection, Lot
from apps.stock.services.blocking import lot_block


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What was looked at; ``freezing_checked`` is ``None`` for goods that were never frozen."""

    packaging_intact: bool
    storage_respected: bool
    life_suffices: bool
    senses_good: bool
    traceable: bool
    freezing_checked: bool | None = None

    @property
    def holds(self) -> bool:
        """Whether everything is as it should be."""
        return all(found is not False for found in asdict(self).values())


@retrying
@transaction.atomic
def lot_inspect(
    actor: Actor,
    *,
    op_key: UUID,
    lot: Lot,
    checklist: Checklist,
    valid_until: dt.date | None = None,
    comment: str = "",
) -> Inspection:
    """Record an inspection; goods that fail it are blocked until they are thrown away or inspected again.

    ``valid_until`` is the last day on which they may leave, at most the last day of grace. Sent again, it
    returns the first inspection.

    Raises:
        Forbidden: only people trained for it inspect.
        InspectionUseless: the lot has no best-before date, or is beyond its days of grace.
        InspectionUndated: it passed, and nobody said until when.
        InspectionTooLong: it would let the goods leave after the last day of grace, or on no day at all.
    """
    require(abilities(actor, lot), "inspect")
    locked = lock_lots([lot.pk])[lot.pk]
    first = Inspection.objects.filter(op_key=op_key).first()
    if first is not None:
        return first
    today = clock.today()
    last = rules.last_allowed_day(locked.date_kind, locked.expires_on, grace_days=locked.grace_days)
    if locked.date_kind != rules.BEST_BEFORE or last is None or last < today:
        raise InspectionUseless(locked.number)
    if checklist.holds:
        _refuse_day(valid_until, today=today, last=last)
    inspection = Inspection(
        op_key=op_key,
        lot=locked,
        inspected_on=today,
        inspector_id=actor.id,
        inspector_label=actor.label[:200],
        passed=checklist.holds,
        valid_until=valid_until if checklist.holds else None,
        comment=comment.strip()[:300],
        **asdict(checklist),
    )
    record_insert(actor, inspection, reason=inspection.comment)
    if not inspection.passed:
        lot_block(actor, lot=locked, reason=inspection.comment)
    return inspection


def _refuse_day(valid_until: dt.date | None, *, today: dt.date, last: dt.date) -> None:
    if valid_until is None:
        raise InspectionUndated
    if not today <= valid_until <= last:
        raise InspectionTooLong(last)
