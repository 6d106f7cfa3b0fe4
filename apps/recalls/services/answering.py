"""A partner reads what it was told and says what became of the goods; who is silent is reminded."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.facts import emit
from apps.kernel.history import record_save
from apps.recalls.abilities import abilities
from apps.recalls.errors import AnswerIncomplete, ReasonMissing
from apps.recalls.facts import PartnerWarned, RecallCaseChanged
from apps.recalls.locks import case_locked
from apps.recalls.models import RecallReach
from apps.recalls.states import AnswerWay, CaseState, ReachState
from apps.stock.locks import retrying


@retrying
@transaction.atomic
def reach_read(actor: Actor, *, reach: RecallReach) -> RecallReach:
    """Note that a partner has read the message, once: it pressed the button, or works on its page."""
    current = _held(reach)
    if current.state == ReachState.WAITING:
        current.state, current.read_at = ReachState.READ, clock.now()
        _save(actor, current, "read")
    return current


@retrying
@transaction.atomic
def reach_answer(
    actor: Actor,
    *,
    reach: RecallReach,
    returned_grams: int,
    destroyed_grams: int,
    used_grams: int,
    answered_by: str,
    comment: str = "",
    way: str = AnswerWay.PAGE,
) -> RecallReach:
    """Write what became of what a partner got (grams); a later answer puts an earlier one right.

    The caller has checked who answers: the charity itself on its page, whoever holds its link, or the
    staff (:func:`answer_record`).

    Raises:
        AnswerIncomplete: it does not add up to what the partner got.
        CaseClosed: the case is closed.
    """
    current = _held(reach)
    accounted = returned_grams + destroyed_grams + used_grams
    if accounted != current.served_grams:
        raise AnswerIncomplete(served=current.served_grams, accounted=accounted)
    now = clock.now()
    current.returned_grams, current.destroyed_grams = returned_grams, destroyed_grams
    current.used_grams, current.comment = used_grams, comment.strip()[:500]
    current.state, current.answered_at, current.answered_by = ReachState.ANSWERED, now, answered_by[:200]
    current.answered_way, current.read_at = way, current.read_at or now
    _save(actor, current, "answered")
    return current


def answer_record(
    actor: Actor,
    *,
    reach: RecallReach,
    returned_grams: int,
    destroyed_grams: int,
    used_grams: int,
    answered_by: str,
    comment: str = "",
) -> RecallReach:
    """Write what a partner said on the telephone; ``answered_by`` is who spoke there.

    Raises:
        Forbidden: this person does not record answers.
        AnswerIncomplete: it does not add up to what the partner got.
        CaseClosed: the case is closed.
    """
    require(abilities(actor, reach), "record_answer")
    return reach_answer(
        actor,
        reach=reach,
        returned_grams=returned_grams,
        destroyed_grams=destroyed_grams,
        used_grams=used_grams,
        answered_by=answered_by,
        comment=comment,
        way=AnswerWay.PHONE,
    )


@retrying
@transaction.atomic
def reach_explain(actor: Actor, *, reach: RecallReach, reason: str) -> RecallReach:
    """Say why a partner does not answer, and what the bank knows instead.

    Raises:
        Forbidden: this person does not explain.
        ReasonMissing: nothing is said.
        CaseClosed: the case is closed.
    """
    require(abilities(actor, reach), "explain")
    if not reason.strip():
        raise ReasonMissing
    current = _held(reach)
    current.state, current.comment = ReachState.EXPLAINED, reason.strip()[:500]
    current.answered_at, current.answered_by = clock.now(), actor.label[:200]
    _save(actor, current, "explained")
    return current


@retrying
@transaction.atomic
def reach_remind(actor: Actor, *, reach: RecallReach) -> RecallReach:
    """Tell a partner again; one that answered is left in peace.

    Raises:
        Forbidden: this person does not remind.
        CaseClosed: the case is closed.
    """
    require(abilities(actor, reach), "remind")
    current = _held(reach)
    if current.state in (ReachState.WAITING, ReachState.READ):
        current.reminder_count += 1
        current.reminded_at = clock.now()
        _save(actor, current, "reminded")
        emit(PartnerWarned(reach_id=current.pk, is_reminder=True))
    return current


def reminders_send(actor: Actor, *, now: dt.datetime) -> int:
    """Remind every partner that was last told too long ago and has not answered; returns how many.

    Who has no address is not reminded: the bank telephones.
    """
    before = now - dt.timedelta(hours=settings.RECALL_REMINDER_HOURS)
    silent = RecallReach.objects.filter(
        Q(reminded_at=None) | Q(reminded_at__lt=before),
        state__in=(ReachState.WAITING, ReachState.READ),
        case__state=CaseState.OPEN,
        told_at__lt=before,
    )
    silent = silent.exclude(partner__email="")
    due = list(silent.select_related("case", "partner").order_by("pk"))
    for reach in due:
        reach_remind(actor, reach=reach)
    return len(due)


def _held(reach: RecallReach) -> RecallReach:
    """Return what a partner was told as it stands now, its case held and open."""
    case = case_locked(reach.case_id)
    current = RecallReach.objects.select_related("partner").get(pk=reach.pk)
    current.case = case
    return current


def _save(actor: Actor, reach: RecallReach, action: str) -> None:
    record_save(actor, reach.case, action=action, parts={"reaches": [reach]}, reason=reach.partner.name)
    emit(RecallCaseChanged(case_id=reach.case_id))
