"""Asking for long work, stopping it, taking it up again."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Actor, require, verbs
from apps.kernel.errors import Conflict, DomainError
from apps.kernel.facts import emit
from apps.kernel.history import record_create_once, record_save
from apps.kernel.jobs.abilities import job_abilities
from apps.kernel.jobs.facts import JobAdvanced
from apps.kernel.jobs.kinds import JobKind, P, kept
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job


@transaction.atomic
def job_ask(actor: Actor, *, kind: JobKind[P], asked: P, op_key: UUID) -> Job:
    """Ask for long work; asked again with the same key, it is the first one.

    What it consists of is fixed now: what comes into being later is not part of it.

    Raises:
        Forbidden: this person may not ask for this kind.
        DomainError: there is nothing to do.
    """
    require(verbs("ask", when=kind.is_open_to(actor)), "ask")
    first = Job.objects.filter(pk=op_key, asked_by_id=actor.id).first()
    if first is not None:
        return first
    items = list(kind.items(asked))
    if not items:
        raise DomainError(_("There is nothing to do."), code="nothing_to_do")
    job = Job(
        id=op_key,
        kind=kind.code,
        asked_by_id=actor.id,
        asked_by_label=actor.label[:200],
        language=get_language() or "fr",
        params=kept(asked),
        items=items,
        total=len(items),
        heartbeat_at=clock.now(),
    )
    known = record_create_once(actor, job)
    if known is job:
        emit(JobAdvanced(job_id=job.pk, done=0))
    return known


@transaction.atomic
def job_cancel(actor: Actor, *, job: Job) -> Job:
    """Stop a job: the part that is being done leaves nothing, the parts done before stay.

    Raises:
        Forbidden: this person may not.
        Conflict: it has ended meanwhile.
    """
    held = _held(job)
    if not held.is_active:
        raise Conflict(_("This work has just ended: there is nothing left to stop."))
    require(job_abilities(actor, held), "cancel")
    held.state = JobState.CANCELLED
    held.ended_at = clock.now()
    record_save(actor, held, action="cancelled")
    return held


@transaction.atomic
def job_retry(actor: Actor, *, job: Job) -> Job:
    """Take up a job that failed or was stopped, where it stood.

    Raises:
        Forbidden: this person may not.
        Conflict: somebody has taken it up already, or it is done.
    """
    held = _held(job)
    if held.is_active or held.state == JobState.DONE:
        raise Conflict(_("This work has already been taken up."))
    require(job_abilities(actor, held), "retry")
    held.state = JobState.QUEUED
    held.attempt = 0
    held.message_code, held.message_params = "", {}
    held.ended_at = None
    held.heartbeat_at = clock.now()
    record_save(actor, held, action="retried")
    emit(JobAdvanced(job_id=held.pk, done=held.done))
    return held


def _held(job: Job) -> Job:
    """Return the row as it is now, held until the transaction ends."""
    return Job.objects.select_for_update().get(pk=job.pk)
