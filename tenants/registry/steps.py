"""Steps on a bank: asked for by a person, run by the owner of the database, seen by everybody who asked.

A step is a row before it is a task: a lost hint, a killed worker or a second worker change nothing. One
step of a bank is unfinished at a time, and whoever runs it holds the bank's lock.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import Busy, DomainError, refusal_in
from apps.kernel.scope import OWNER_DATABASE
from apps.kernel.sentences import Kept, kept
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.registry import progress
from tenants.registry.archiving import bank_archive, export_store, require_archivable
from tenants.registry.erasure import bank_erase, manifest_of, require_erasable
from tenants.registry.locks import BankBusy, step_lock
from tenants.registry.models import BankStep, FoodBank
from tenants.registry.services import bank_provision, event_write
from tenants.registry.states import UNFINISHED, BankStatus, StepKind, StepState

ATTEMPTS: Final = 5
"""After so many interruptions a step fails, and a person looks at it."""
WRITTEN_EVERY: Final = dt.timedelta(milliseconds=300)
_END: Final = ("state", "error", "failure", "facts", "finished_at")

logger = logging.getLogger("collecto.banks")


def step_ask(
    actor: Actor,
    *,
    bank: FoodBank,
    kind: StepKind,
    reason: str = "",
    params: Mapping[str, Any] | None = None,
    hint: bool = True,
) -> BankStep:
    """Write down that a step is wanted, and wake whoever runs it.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        BankBusy: a step of this bank is not over.
        DomainError: the bank may not take this step now.
    """
    require(verbs(kind, when=actor.is_any(Role.OPERATOR)), kind)
    with in_platform(Purpose.PROVISIONING):
        try:
            with transaction.atomic():
                bank = FoodBank.objects.get(pk=bank.pk)
                _require_possible(bank, kind, reason, dict(params or {}))
                step = BankStep.objects.create(
                    bank=bank,
                    kind=kind,
                    actor_id=actor.id,
                    actor_label=actor.label[:200],
                    reason=reason[:500],
                    params=dict(params or {}),
                )
        except IntegrityError as error:
            raise BankBusy from error
    if hint:
        transaction.on_commit(lambda: _hint(step), robust=True)
    return step


def step_run(step_id: UUID, *, tell: progress.Tell = progress.silent) -> BankStep:
    """Run a step, or finish one that was interrupted; does nothing where it is over or being run."""
    with in_owner(Purpose.PROVISIONING):
        try:
            with step_lock(step_id):
                return _run(step_id, tell)
        except BankBusy:
            return _read(step_id)


def _run(step_id: UUID, tell: progress.Tell) -> BankStep:
    """Run a step that nobody else runs; a busy bank leaves it waiting."""
    step = _read(step_id)
    if step.is_over:
        return step
    if step.attempts >= ATTEMPTS:
        return _over(step, StepState.FAILED, error="interrupted", failure=kept(_("Interrupted too often.")))
    step.attempts += 1
    step.state, step.started_at = StepState.RUNNING, step.started_at or clock.now()
    try:
        facts = _WORK[StepKind(step.kind)](step, _Writer(step, tell))
    except Exception as error:
        refusal = refusal_in(error)
        if isinstance(refusal, BankBusy | Busy):
            return _put_back(step)
        if refusal is None:
            logger.exception("a step on a bank failed", extra={"step": str(step.pk), "kind": step.kind})
            return _over(step, StepState.FAILED, error=type(error).__qualname__)
        return _over(step, StepState.FAILED, error=refusal.code, failure=refusal.sentence)
    return _over(step, StepState.DONE, facts=facts)


def _put_back(step: BankStep) -> BankStep:
    """Leave a step to a later sweep, with as many tries as before: waiting is not dying."""
    step.attempts -= 1
    step.state = StepState.WAITING
    with in_platform(Purpose.PROVISIONING):
        step.save(update_fields=["state", "attempts"])
    return step


def _read(step_id: UUID) -> BankStep:
    with in_platform(Purpose.PROVISIONING):
        return BankStep.objects.select_related("bank").get(pk=step_id)


def step_unfinished(bank: FoodBank, kind: StepKind) -> BankStep | None:
    """Return the step of this kind that is not over, if the bank has one."""
    with in_platform(Purpose.PROVISIONING):
        return BankStep.objects.filter(bank_id=bank.pk, kind=kind, state__in=UNFINISHED).first()


def steps_sweep() -> int:
    """Run every step that is not over and that nobody runs; returns how many were looked at."""
    with in_platform(Purpose.PROVISIONING):
        waiting = list(
            BankStep.objects.filter(state__in=UNFINISHED).order_by("asked_at").values_list("pk", flat=True)
        )
    for step_id in waiting:
        step_run(step_id)
    return len(waiting)


def _require_possible(bank: FoodBank, kind: StepKind, reason: str, params: dict[str, Any]) -> None:
    """Refuse at once what the step would refuse later."""
    if kind == StepKind.ERASE:
        require_erasable(bank, now=bool(params.get("now")), reason=reason)
    elif kind == StepKind.ARCHIVE:
        require_archivable(bank)
        if bank.status not in (BankStatus.READY, BankStatus.ACTIVE, BankStatus.SUSPENDED):
            raise DomainError(_("A bank in this state cannot be archived."), code="bank_no_such_step")
    elif kind == StepKind.EXPORT and not bank.has_schema:
        raise DomainError(_("This member has no space of its own."), code="no_space")
    elif kind == StepKind.PROVISION and bank.status != BankStatus.PROVISIONING:
        raise DomainError(_("This bank is open already."), code="bank_no_such_step")
    if bank.status == BankStatus.ERASED:
        raise DomainError(_("This bank was erased."), code="bank_erased")


def _hint(step: BankStep) -> None:
    """Wake whoever runs steps: a worker where there is one, this process where it may."""
    if settings.CELERY_BROKER_URL:
        try:
            current_app.send_task(f"banks.{step.kind}", args=[str(step.pk)])
        except OperationalError:
            logger.warning("the broker does not answer; the sweep will run the step")
    elif OWNER_DATABASE in settings.DATABASES:
        step_run(step.pk)


def _over(
    step: BankStep,
    state: StepState,
    *,
    error: str = "",
    failure: Kept | None = None,
    facts: Mapping[str, Any] | None = None,
) -> BankStep:
    """Write how a step ended: the code of its error, and the sentence in no language."""
    step.state, step.error, step.finished_at = state, error[:500], clock.now()
    step.failure = failure or {}
    step.facts = {**step.facts, **(facts or {})}
    with in_platform(Purpose.PROVISIONING), transaction.atomic():
        step.save(update_fields=[*_END, "attempts", "started_at"])
        if state == StepState.FAILED:
            said = {"failure": failure or kept(error)}
            event_write(_actor_of(step), bank=step.bank, action=f"{step.kind}_failed", facts=said)
    return step


class _Writer:
    """Writes how far a step is, now and then, on a connection of its own."""

    def __init__(self, step: BankStep, tell: progress.Tell) -> None:
        self._step, self._tell, self._written = step, tell, None

    _written: dt.datetime | None

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._tell(stage, done, total)
        now = dt.datetime.now(dt.UTC)
        if stage == self._step.stage and self._written and now - self._written < WRITTEN_EVERY:
            return
        self._step.stage, self._step.done, self._step.total, self._written = stage, done, total, now
        self.save("stage", "done", "total")

    def save(self, *names: str) -> None:
        """Write fields of the step."""
        with in_platform(Purpose.PROVISIONING):
            self._step.save(update_fields=["state", "attempts", "started_at", *names])


def _actor_of(step: BankStep) -> Actor:
    """Return who asked for a step, with what it takes to run it."""
    return Actor(id=step.actor_id, label=step.actor_label, roles=frozenset({Role.OPERATOR}))


def _provisioned(step: BankStep, tell: _Writer) -> dict[str, Any]:
    tell(progress.BUILDING, 0, 1)
    bank_provision(_actor_of(step), bank=step.bank, activate=bool(step.params.get("activate", True)))
    return {}


def _exported(step: BankStep, tell: _Writer) -> dict[str, Any]:
    return export_store(_actor_of(step), bank=step.bank, tell=tell)


def _archived(step: BankStep, tell: _Writer) -> dict[str, Any]:
    return bank_archive(_actor_of(step), bank=step.bank, reason=step.reason, tell=tell)


def _erased(step: BankStep, tell: _Writer) -> dict[str, Any]:
    """Erase a bank; what was counted before anything went is kept with the step."""
    tell(progress.COUNTING, 0, 1)
    with in_owner(Purpose.PROVISIONING):
        bank = FoodBank.objects.prefetch_related("domains").get(pk=step.bank_id)
        if bank.status == BankStatus.ARCHIVED and "counted" not in step.facts:
            step.facts = {"counted": manifest_of(bank)}
            tell.save("facts")
    proof = bank_erase(
        _actor_of(step),
        bank=bank,
        now=bool(step.params.get("now")),
        reason=step.reason,
        manifest=step.facts.get("counted"),
        tell=tell,
    )
    step.facts = {}
    return {"digest": proof.digest}


_WORK: Final[dict[StepKind, Callable[[BankStep, _Writer], dict[str, Any]]]] = {
    StepKind.PROVISION: _provisioned,
    StepKind.EXPORT: _exported,
    StepKind.ARCHIVE: _archived,
    StepKind.ERASE: _erased,
}
