"""A case is opened: by hand, or because a notice of the network or of another bank means lots here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_insert, record_save
from apps.kernel.numbering import next_number
from apps.recalls.abilities import abilities
from apps.recalls.facts import RecallCaseChanged
from apps.recalls.locks import case_locked
from apps.recalls.models import RecallCase, RecallGroup
from apps.recalls.rules import Group, Recall, period_of
from apps.recalls.selectors import lots_found, named_barcode
from apps.recalls.services.searching import lots_search
from apps.recalls.states import CaseSource, CaseState
from apps.stock.locks import retrying

NUMBER_KIND = "RA"
_COPIED = (
    "reference", "title", "brand", "motive", "advice", "distributors", "sold_from", "sold_until",
    "published_on", "ends_on", "link", "told_by", "is_exercise", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGroup:
    """One product named: barcode, lot and date as written; or a lot of another bank (``origin_lot_id``)."""

    gtin: str = ""
    lot_text: str = ""
    date_kind: str = ""
    date_text: str = ""
    origin_lot_id: UUID | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A recall as it reaches a bank. ``key`` makes it one case; a higher ``version`` is searched again."""

    source: str
    key: str
    title: str
    groups: Sequence[NewGroup] = ()
    notice_id: UUID | None = None
    version: int = 1
    reference: str = ""
    brand: str = ""
    motive: str = ""
    advice: str = ""
    distributors: str = ""
    sold_from: dt.date | None = None
    sold_until: dt.date | None = None
    published_on: dt.date | None = None
    ends_on: dt.date | None = None
    link: str = ""
    told_by: str = ""
    is_exercise: bool = False

    @property
    def recall(self) -> Recall:
        """What it recalls, as the ladder reads it."""
        since, until = period_of(
            sold_from=self.sold_from, sold_until=self.sold_until, published_on=self.published_on
        )
        named = (g for g in self.groups if g.gtin or g.lot_text or g.date_text)
        return Recall(
            groups=tuple(
                Group(gtin=g.gtin, lot_text=g.lot_text, date_kind=g.date_kind, date_text=g.date_text)
                for g in named
            ),
            brand=self.brand,
            label=self.title,
            distributors=self.distributors,
            since=since,
            until=until,
            origins=frozenset(g.origin_lot_id for g in self.groups if g.origin_lot_id),
        )


@retrying
@transaction.atomic
def case_open(
    actor: Actor,
    *,
    op_key: UUID,
    title: str,
    motive: str,
    advice: str = "",
    gtin: str = "",
    lot_text: str = "",
    date_kind: str = "",
    date_text: str = "",
    brand: str = "",
    distributors: str = "",
    sold_from: dt.date | None = None,
    sold_until: dt.date | None = None,
    is_exercise: bool = False,
) -> RecallCase:
    """Open a recall by hand, keep back what is sure at once; sent again, it returns the first case.

    Raises:
        Forbidden: this person does not open recalls.
        NothingNamed, WrongBarcode: what is named would find nothing, or is no barcode.
    """
    require(abilities(actor), "open")
    known = RecallCase.objects.filter(source_key=str(op_key)).first()
    if known is not None:
        return known
    code = named_barcode(
        gtin, brand=brand, distributors=distributors, sold_from=sold_from, sold_until=sold_until
    )
    groups = [NewGroup(gtin=code, lot_text=lot_text, date_kind=date_kind, date_text=date_text)]
    notice = Notice(
        source=CaseSource.LOCAL,
        key=str(op_key),
        title=title.strip(),
        motive=motive.strip(),
        advice=advice.strip(),
        groups=groups,
        brand=brand.strip(),
        distributors=distributors.strip(),
        sold_from=sold_from,
        sold_until=sold_until,
        published_on=clock.today(),
        is_exercise=is_exercise,
    )
    return _opened(actor, notice)


@retrying
@transaction.atomic
def case_receive(actor: Actor, *, notice: Notice, even_empty: bool) -> RecallCase | None:
    """Take a recall from the network: open its case, or search again for one that has a new version.

    Without ``even_empty`` a bank in which nothing is found gets no case; ``None`` then.

    Raises:
        Forbidden: only the software does that.
    """
    require(abilities(actor), "receive")
    known = RecallCase.objects.filter(source_key=notice.key).first()
    if known is not None:
        return _renewed(actor, known, notice)
    if not even_empty and not lots_found(notice.recall):
        return None
    return _opened(actor, notice)


def _opened(actor: Actor, notice: Notice) -> RecallCase:
    case = RecallCase(
        number=next_number(NUMBER_KIND),
        source=notice.source,
        source_key=notice.key,
        notice_id=notice.notice_id,
        opened_by=actor.label[:200],
        opened_at=clock.now(),
        **{name: getattr(notice, name) for name in _COPIED},
    )
    record_insert(actor, case, parts={"groups": _rows(case, notice.groups)})
    lots_search(actor, case=case)
    emit(RecallCaseChanged(case_id=case.pk))
    return case


def _renewed(actor: Actor, known: RecallCase, notice: Notice) -> RecallCase:
    """Take over a higher version, and what lots another bank names besides; an old one changes nothing."""
    case = case_locked(known.pk, is_open=False)
    named = {(g.gtin, g.lot_text, g.date_text, g.origin_lot_id) for g in case.groups.all()}
    fresh = [g for g in notice.groups if (g.gtin, g.lot_text, g.date_text, g.origin_lot_id) not in named]
    is_newer = notice.version > case.version
    if not is_newer and not (fresh and notice.source == CaseSource.SISTER):
        return case
    if is_newer:
        for name in _COPIED:
            setattr(case, name, getattr(notice, name))
    _reopen(case)
    record_save(actor, case, action="new_version", parts={"groups": _rows(case, fresh)})
    lots_search(actor, case=case)
    emit(RecallCaseChanged(case_id=case.pk))
    return case


def lots_named(actor: Actor, *, case: RecallCase, origins: Sequence[UUID], told_by: str) -> RecallCase:
    """Add lots that another bank recalls under the same notice to the case of this bank."""
    locked = case_locked(case.pk, is_open=False)
    known = set(locked.groups.exclude(origin_lot_id=None).values_list("origin_lot_id", flat=True))
    fresh = [NewGroup(origin_lot_id=origin) for origin in origins if origin not in known]
    if fresh:
        _reopen(locked)
        record_save(
            actor, locked, action="new_version", parts={"groups": _rows(locked, fresh)}, reason=told_by
        )
        lots_search(actor, case=locked)
    return locked


def _reopen(case: RecallCase) -> None:
    """Open a case again that was closed: who closed it and its conclusion stay in its history alone."""
    if case.state == CaseState.CLOSED:
        case.state, case.closed_at, case.closed_by, case.conclusion = CaseState.OPEN, None, "", ""


def _rows(case: RecallCase, groups: Sequence[NewGroup]) -> list[RecallGroup]:
    first = RecallGroup.objects.filter(case=case).count()
    return [
        RecallGroup(
            case=case,
            position=first + n,
            gtin=g.gtin,
            lot_text=g.lot_text[:600],
            date_kind=g.date_kind,
            date_text=g.date_text[:500],
            origin_lot_id=g.origin_lot_id,
            unread=g.unread[:1000],
        )
        for n, g in enumerate(groups)
    ]
