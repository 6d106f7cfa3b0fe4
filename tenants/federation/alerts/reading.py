"""The public notices are read once for the whole network: kept as received, understood, spread."""

import datetime as dt
import logging
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.errors import Conflict
from tenants.crossing import Purpose, in_platform
from tenants.federation.abilities import alert_abilities
from tenants.federation.alerts.models import NoticeReading, NoticeRecord, RecallNotice
from tenants.federation.alerts.records import clean, identity_of, read_record
from tenants.federation.alerts.source import SourceFailed, day_of, records_since
from tenants.federation.alerts.spreading import notice_spread
from tenants.federation.alerts.states import TO_READ, NoticeSource, RecordState, Trouble
from tenants.isolation.locks import lock_until_commit

logger = logging.getLogger("collecto.alerts")

OVERLAP: Final = dt.timedelta(days=7)
"""Notices appear late and totals change while pages are read: a week is read again each time."""
KEPT: Final = dt.timedelta(days=60)
"""How long a reading stays, for whoever asks whether the source answers."""
_LONGEST_RAW: Final = 200_000
"""Bytes of one record that are kept whole."""


def notices_read(actor: Actor, *, address: str = "", is_exercise: bool = False) -> NoticeReading:
    """Read what is new from the public source; a reading that fails says so and keeps what it had read.

    An exercise reads a source that is made for it, and marks whatever it finds.

    Raises:
        Forbidden: only the software, and people of the federation.
    """
    require(alert_abilities(actor), "read_source")
    with in_platform(Purpose.RECALL):
        reading = NoticeReading.objects.create(started_at=clock.now())
        NoticeReading.objects.filter(started_at__lt=clock.now() - KEPT).delete()
        try:
            for records in records_since(_since(), address=address or settings.RAPPELCONSO_URL):
                for record in records:
                    _count(reading, record_take(record, is_exercise=is_exercise))
                reading.save()
            reading.is_complete = True
        except SourceFailed as failure:
            reading.trouble = failure.trouble
            logger.error("the public notices could not be read: %s", failure)  # noqa: TRY400 - it says it all
        reading.ended_at = clock.now()
        reading.save()
    return reading


def record_take(raw: Any, *, is_exercise: bool = False) -> NoticeRecord | None:
    """Keep one record and do what it says; ``None`` when it is known. Whatever it holds, it is not lost.

    A record that makes the software fail is kept too, for a person to read.
    """
    try:
        with transaction.atomic():
            return _take(raw, is_exercise=is_exercise)
    except Exception:
        logger.exception("a public notice could not be dealt with")
        with transaction.atomic():
            return _keep("", 0, raw, state=RecordState.UNREAD, troubles=[Trouble.FAULT])


def record_settle(actor: Actor, *, record: NoticeRecord) -> NoticeRecord:
    """Say that a person has read what the software did not understand; twice changes nothing.

    Raises:
        Forbidden: this person does not deal with the network's recalls.
    """
    require(alert_abilities(actor), "settle")
    with in_platform(Purpose.RECALL), transaction.atomic():
        current = NoticeRecord.objects.select_for_update().get(pk=record.pk)
        if current.state in TO_READ:
            current.state, current.settled_by = RecordState.SETTLED, actor.label[:200]
            current.settled_at = clock.now()
            current.save(update_fields=["state", "settled_by", "settled_at"])
    return current


def source_read_now(actor: Actor) -> NoticeReading:
    """Read the source because somebody asks, unless a reading is under way.

    Raises:
        Forbidden: this person does not deal with the network's recalls.
        Conflict: somebody, or the clock, is reading at this moment.
    """
    require(alert_abilities(actor), "read_source")
    with in_platform(Purpose.RECALL):
        last = NoticeReading.objects.first()
    if (
        last is not None
        and last.ended_at is None
        and last.started_at > clock.now() - dt.timedelta(minutes=15)
    ):
        raise Conflict(_("The notices are being read at this moment. Look again in a minute."))
    return notices_read(actor)


def _since() -> dt.date:
    """Return the day from which notices are asked for."""
    last = RecallNotice.objects.filter(source=NoticeSource.RAPPELCONSO).order_by("-published_on").first()
    first = clock.today() - dt.timedelta(days=settings.RAPPELCONSO_DAYS)
    newest = min(last.published_on, clock.today()) if last else first
    return newest - OVERLAP


def _take(raw: Any, *, is_exercise: bool) -> NoticeRecord | None:
    identity = identity_of(raw)
    if identity is None:
        trouble = Trouble.NO_IDENTITY if isinstance(raw, dict) else Trouble.NOT_A_RECORD
        return _keep("", 0, raw, state=RecordState.UNREAD, troubles=[trouble])
    sheet, version = identity
    lock_until_commit("notice", sheet)
    if NoticeRecord.objects.filter(sheet_number=sheet, version=version, digest=_digest(raw)).exists():
        return None
    known = RecallNotice.objects.select_for_update().filter(sheet_number=sheet).first()
    if known is not None and version < known.version:
        return _keep(sheet, version, raw, state=RecordState.OLDER)
    read = read_record(raw, today=day_of(raw) or clock.today())
    if Trouble.NO_NAME in read.troubles:
        return _keep(sheet, version, raw, state=RecordState.UNREAD, troubles=read.troubles)
    notice_write(sheet, version, known, read.fields, is_exercise=is_exercise)
    state = RecordState.PARTLY if read.troubles else RecordState.TAKEN
    return _keep(sheet, version, raw, state=state, troubles=read.troubles)


def notice_write(
    sheet: str, version: int, known: RecallNotice | None, fields: dict[str, Any], **more: Any
) -> RecallNotice:
    """Write what a notice says now, and have every bank search."""
    notice = known or RecallNotice(
        source=NoticeSource.RAPPELCONSO, sheet_number=sheet, arrived_at=clock.now()
    )
    for name, value in {**fields, **more}.items():
        setattr(notice, name, value)
    notice.version = version
    notice.revision = known.revision + 1 if known else 1
    notice.updated_at = clock.now()
    notice.save()
    notice_spread(notice)
    return notice


def _keep(
    sheet: str, version: int, raw: Any, *, state: RecordState, troubles: Sequence[Trouble] = ()
) -> NoticeRecord | None:
    """Keep a record as it was received, once."""
    kept, is_new = NoticeRecord.objects.get_or_create(
        sheet_number=sheet,
        version=version,
        digest=_digest(raw),
        defaults={
            "guid": _guid(raw),
            "raw": _whole(raw),
            "state": state,
            "troubles": [trouble.value for trouble in troubles],
        },
    )
    return kept if is_new else None


def _whole(raw: Any) -> Any:
    """Return a record as PostgreSQL can keep it; a monstrous one is kept by its beginning."""
    text = msgspec.json.encode(raw)
    if len(text) > _LONGEST_RAW:
        return {"beginning": clean(text[:_LONGEST_RAW].decode(errors="replace")), "bytes": len(text)}
    return clean(raw)


def _digest(raw: Any) -> str:
    return sha256(msgspec.json.encode(raw, order="sorted")).hexdigest()


def _guid(raw: Any) -> str:
    said = raw.get("rappel_guid") if isinstance(raw, dict) else None
    return clean(said)[:60] if isinstance(said, str) else ""


def _count(reading: NoticeReading, record: NoticeRecord | None) -> None:
    reading.read_count += 1
    if record is not None:
        reading.new_count += record.state in (RecordState.TAKEN, RecordState.PARTLY)
        reading.to_read_count += record.state in TO_READ
