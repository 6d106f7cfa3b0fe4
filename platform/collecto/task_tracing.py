"""Each run of a task is named, counted and told in one line; what it sends carries its request id on."""

import logging
import time
from typing import Any, Final
from uuid import UUID

import sentry_sdk
from celery import signals

from apps.kernel.tracing import (
    TASK_BANK,
    TASK_REQUEST_ID,
    Trace,
    WorkKind,
    request_id,
    sane_request_id,
    trace_opened,
)
from collecto import metrics
from collecto.circumstances import circumstances

logger = logging.getLogger("collecto.runs")

OUTCOMES: Final = {"SUCCESS": "done", "FAILURE": "failed", "RETRY": "retried"}
"""Celery's word for how a run ended, and ours; anything else is ``dropped``."""


class Run:
    """One run of one task, from before its first line to after its last."""

    def __init__(self, task: Any) -> None:
        asked = task.request
        self.trace = Trace(
            request_id=sane_request_id(_header(asked, TASK_REQUEST_ID)),
            kind=WorkKind.TASK,
            name=task.name,
            bank_id=_uuid(_header(asked, TASK_BANK)),
        )
        self.error: BaseException | None = None
        self.started = time.monotonic()
        self.opened = trace_opened(self.trace)
        self.opened.__enter__()

    def end(self, state: str | None) -> None:
        """Tell how it went; never twice."""
        seconds = time.monotonic() - self.started
        outcome = OUTCOMES.get(str(state), "dropped")
        metrics.count_task(self.trace.name, outcome, seconds)
        level = logging.INFO
        if outcome == "failed":
            level = logging.ERROR
            metrics.count_failed_task(circumstances(self.error).get("bank", ""))
        if sentry_sdk.is_initialized() and self.trace.bank_slug:
            sentry_sdk.get_isolation_scope().set_tag("bank", self.trace.bank_slug)
        said = {"task": self.trace.name, "outcome": outcome, "ms": round(seconds * 1000)}
        logger.log(level, "task", extra=said, exc_info=self.error if outcome != "done" else None)
        self.opened.__exit__(None, None, None)


def install() -> None:
    """Follow the runs of this process's tasks (harmless when called twice)."""
    signals.before_task_publish.connect(_sending, dispatch_uid="collecto.sending")
    signals.task_prerun.connect(_starting, dispatch_uid="collecto.starting")
    signals.task_failure.connect(_failing, dispatch_uid="collecto.failing")
    signals.task_retry.connect(_retrying, dispatch_uid="collecto.retrying")
    signals.task_postrun.connect(_ending, dispatch_uid="collecto.ending")


def _sending(headers: dict[str, Any] | None = None, **_rest: Any) -> None:
    if headers is not None and not headers.get(TASK_REQUEST_ID):
        headers[TASK_REQUEST_ID] = request_id()


def _starting(task: Any, **_rest: Any) -> None:
    run = task.request.collecto_run = Run(task)
    if sentry_sdk.is_initialized():
        scope = sentry_sdk.get_isolation_scope()
        scope.set_tags({"request_id": run.trace.request_id, "kind": run.trace.kind.value, "route": task.name})
        if run.trace.bank_id:
            scope.set_tag("bank_id", str(run.trace.bank_id))


def _failing(sender: Any, exception: BaseException, **_rest: Any) -> None:
    """Remember the error for the line at the end; a process that was killed had no end of its own."""
    run = _run_of(sender)
    if run is not None:
        run.error = exception
        return
    metrics.count_task(sender.name, "killed", 0)
    metrics.count_failed_task("")
    logger.error("task killed", extra={"task": sender.name, "outcome": "killed"})


def _retrying(sender: Any, reason: object, **_rest: Any) -> None:
    run = _run_of(sender)
    if run is not None and isinstance(reason, BaseException):
        run.error = getattr(reason, "exc", None) or reason


def _ending(task: Any, state: str | None = None, **_rest: Any) -> None:
    run = _run_of(task)
    if run is not None:
        task.request.collecto_run = None
        run.end(state)


def _run_of(task: Any) -> Run | None:
    run: Run | None = getattr(getattr(task, "request", None), "collecto_run", None)
    return run


def _header(asked: Any, name: str) -> object:
    """Return a header of a task: Celery keeps it beside its own, or among those of the message."""
    return asked.get(name) or (asked.get("headers") or {}).get(name)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
