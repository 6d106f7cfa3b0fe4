"""A person decides about a lot: it is recalled, or it is not; both with a reason, both for ever."""

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.orders.services import orders_thaw
from apps.recalls.abilities import abilities
from apps.recalls.errors import ReasonMissing
from apps.recalls.facts import RecallCaseChanged
from apps.recalls.locks import case_locked
from apps.recalls.models import RecallCase, RecallMatch
from apps.recalls.selectors import recall_holding
from apps.recalls.services.keeping_back import lots_keep_back
from apps.recalls.services.searching import descendants_write
from apps.recalls.services.warning import partners_warn
from apps.recalls.states import MatchState
from apps.stock.locks import retrying
from apps.stock.services import block_lift
from apps.stock.states import LotStatus


@retrying
@transaction.atomic
def match_confirm(actor: Actor, *, match: RecallMatch, reason: str) -> RecallMatch:
    """Say that a lot is recalled: it is kept back at once; saying it twice changes nothing.

    Raises:
        Forbidden: this person does not decide.
        ReasonMissing: no reason is given.
        CaseClosed: the case is closed.
    """
    require(abilities(actor, match), "decide")
    case, current = _held(match)
    if current.state != MatchState.OURS:
        _decide(actor, case, current, MatchState.OURS, reason)
        made = descendants_write(actor, case=case)
        lots_keep_back(actor, case=case, matches=[current, *made])
        emit(RecallCaseChanged(case_id=case.pk))
    return current


@retrying
@transaction.atomic
def match_dismiss(actor: Actor, *, match: RecallMatch, reason: str) -> RecallMatch:
    """Say that a lot is not concerned. One that was kept back is released, its orders are no longer frozen.

    A lot that another recall or another reason keeps back stays where it is.

    Raises:
        Forbidden: this person does not decide, or may not release what is kept back.
        ReasonMissing: no reason is given.
        CaseClosed: the case is closed.
    """
    was_kept = match.state == MatchState.OURS
    require(abilities(actor, match), "release" if was_kept else "decide")
    case, current = _held(match)
    if current.state == MatchState.NOT_OURS:
        return current
    was_kept = current.state == MatchState.OURS
    _decide(actor, case, current, MatchState.NOT_OURS, reason, action="released" if was_kept else "decided")
    if was_kept:
        _release(actor, case, current, reason)
    emit(RecallCaseChanged(case_id=case.pk))
    return current


def _held(match: RecallMatch) -> tuple[RecallCase, RecallMatch]:
    case = case_locked(match.case_id)
    return case, RecallMatch.objects.select_related("lot").get(pk=match.pk)


def _decide(
    actor: Actor,
    case: RecallCase,
    match: RecallMatch,
    state: MatchState,
    reason: str,
    *,
    action: str = "decided",
) -> None:
    if not reason.strip():
        raise ReasonMissing
    match.state = state
    match.decided_at, match.decided_by = clock.now(), actor.label[:200]
    match.decision = reason.strip()[:500]
    record_save(actor, case, action=action, parts={"matches": [match]}, reason=reason.strip())


def _release(actor: Actor, case: RecallCase, match: RecallMatch, reason: str) -> None:
    partners_warn(actor, case=case)
    stays = match.was_blocked or recall_holding(match.lot_id, besides=case.pk) is not None
    said = f"{case.number} · {reason}"[:500]
    lot = block_lift(actor, lot=match.lot, known_by=f"{case.number} ·", reason=said, stays=stays)
    if lot.status != LotStatus.BLOCKED:
        orders_thaw(actor, lots=[match.lot_id], reason=case.number)
