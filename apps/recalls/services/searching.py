"""Searching the lots that a case means, when it opens, when its notice changes, when goods arrive."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.recalls.abilities import abilities
from apps.recalls.facts import RecallCaseChanged
from apps.recalls.locks import case_locked
from apps.recalls.models import RecallCase, RecallMatch
from apps.recalls.rules import Match, Reason, Rung
from apps.recalls.selectors import (
    closed_cases_naming,
    descendants_of,
    lots_found,
    lots_recalled,
    open_cases,
    recall_of,
)
from apps.recalls.services.keeping_back import lots_keep_back
from apps.recalls.services.warning import partners_warn
from apps.recalls.states import CaseState, MatchState
from apps.stock.locks import retrying


@retrying
@transaction.atomic
def case_search(actor: Actor, *, case: RecallCase) -> RecallCase:
    """Search all lots again, keep back what is sure, put the rest before a person; what was decided stays.

    Raises:
        Forbidden: this person does not search.
        CaseClosed: the case is closed.
    """
    require(abilities(actor, case), "search")
    locked = case_locked(case.pk)
    lots_search(actor, case=locked)
    record_save(actor, locked, action="searched")
    emit(RecallCaseChanged(case_id=locked.pk))
    return locked


@retrying
@transaction.atomic
def lots_screen(actor: Actor, *, lots: Collection[UUID]) -> int:
    """Hold lots that just came in against every case, open or closed; returns how many were found.

    A closed case is open again when it surely means one of them.
    """
    require(abilities(actor), "receive")
    return sum(_screened(actor, case, lots) for case in (*open_cases(), *closed_cases_naming(lots)))


def cases_screen(actor: Actor) -> int:
    """Hold all lots against every open case, each in its own transaction; returns how many were found."""
    require(abilities(actor), "receive")
    return sum(_case_screen(actor, case.pk) for case in open_cases())


@retrying
@transaction.atomic
def _case_screen(actor: Actor, case_id: UUID) -> int:
    case = case_locked(case_id, is_open=False)
    return lots_search(actor, case=case) if case.is_open else 0


def _screened(actor: Actor, case: RecallCase, lots: Collection[UUID]) -> int:
    found = lots_found(recall_of(case), among=lots)
    if not found:
        return 0
    current = case_locked(case.pk, is_open=False)
    if not current.is_open:
        known = set(RecallMatch.objects.filter(case=current, lot__in=found).values_list("lot_id", flat=True))
        if not any(match.is_sure for lot, match in found.items() if lot not in known):
            return 0
        current.state, current.closed_at, current.closed_by = CaseState.OPEN, None, ""
        current.conclusion = ""
        record_save(actor, current, action="searched")
    return lots_search(actor, case=current, among=lots)


def lots_search(actor: Actor, *, case: RecallCase, among: Collection[UUID] | None = None) -> int:
    """Search for a case that the caller holds, write what is new and keep it back; returns how many."""
    found = lots_found(recall_of(case), among=among)
    new = _write(case, found, {})
    new += descendants_write(actor, case=case)
    if new or among is None:
        case.searched_at = clock.now()
        case.save(update_fields=["searched_at"])
    sure = [match for match in new if match.state == MatchState.OURS]
    lots_keep_back(actor, case=case, matches=sure)
    told = [] if sure else partners_warn(actor, case=case)
    if new or told:
        emit(RecallCaseChanged(case_id=case.pk))
    return len(new)


def _write(
    case: RecallCase, found: Mapping[UUID, Match], made_from: Mapping[UUID, UUID]
) -> list[RecallMatch]:
    """Write the lots that the case did not know, and those it now knows more surely; returns them.

    Who said that a lot is not concerned did not know what is found now: a surer rung puts it before a person
    again, and keeps it back at once when it is the first one.
    """
    known = {match.lot_id: match for match in RecallMatch.objects.filter(case=case, lot__in=found)}
    surer = [
        match
        for lot, match in known.items()
        if match.state != MatchState.OURS and found[lot].is_sure and found[lot].rung < match.rung
    ]
    for match in surer:
        match.rung, match.reason = found[match.lot_id].rung, found[match.lot_id].reason
        is_plain = match.state == MatchState.TO_CHECK or match.rung == Rung.LOT
        match.state = MatchState.OURS if is_plain else MatchState.TO_CHECK
    RecallMatch.objects.bulk_update(surer, ["rung", "reason", "state"])
    fresh = [
        RecallMatch(
            case=case,
            lot_id=lot,
            made_from_id=made_from.get(lot),
            rung=match.rung,
            reason=match.reason,
            state=MatchState.OURS if match.is_sure else MatchState.TO_CHECK,
        )
        for lot, match in sorted(found.items())
        if lot not in known
    ]
    return [*surer, *RecallMatch.objects.bulk_create(fresh)]


def descendants_write(actor: Actor, *, case: RecallCase) -> list[RecallMatch]:
    """Write what was made from the lots of a case."""
    made = descendants_of(lots_recalled(case))
    return _write(case, dict.fromkeys(made, Match(Rung.LOT, Reason.MADE_FROM)), made)
