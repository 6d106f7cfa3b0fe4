"""A case is closed once nothing of it is open: every lot decided, no order frozen, every partner settled."""

from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.recalls.abilities import abilities
from apps.recalls.errors import NotFinished, ReasonMissing
from apps.recalls.facts import RecallCaseChanged
from apps.recalls.locks import case_locked
from apps.recalls.models import RecallCase
from apps.recalls.selectors import left_to_do, standing_of
from apps.recalls.states import CaseState


@transaction.atomic
def case_close(actor: Actor, *, case: RecallCase, conclusion: str) -> RecallCase:
    """Close a case with its conclusion; lots still in stock stay blocked. Closing twice changes nothing.

    Raises:
        Forbidden: this person does not close recalls.
        NotFinished: something is still to decide, frozen or not answered.
        ReasonMissing: no conclusion is written.
    """
    require(abilities(actor, case), "close")
    current = case_locked(case.pk, is_open=False)
    if not current.is_open:
        return current
    left = left_to_do(standing_of(current))
    if left:
        raise NotFinished(left)
    if not conclusion.strip():
        raise ReasonMissing("conclusion")
    current.state, current.closed_at = CaseState.CLOSED, clock.now()
    current.closed_by, current.conclusion = actor.label[:200], conclusion.strip()[:2000]
    record_save(actor, current, action=CaseState.CLOSED.value)
    emit(RecallCaseChanged(case_id=current.pk))
    return current
