"""What a message of deferred work says about its origin: for which bank, and after which request.

A bank's task carries the bank's id, whatever the way it was sent: alone, by name, in a chain, a group, a
chord, or again after a failure. This module knows no model: the task application needs it before Django.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from celery import Celery
from celery._state import get_current_task

from apps.kernel.scope import ScopeKind, scope_or_none
from apps.kernel.tracing import TASK_BANK, TASK_REQUEST_ID, request_id

OWN_WORK: Final = "celery."
"""Tasks of Celery itself begin with this; they keep its books and touch no row of ours."""


class NoBank(RuntimeError):
    """A bank's task was sent, or has come, without the bank's id."""


class NotABanksTask(RuntimeError):
    """A task of the platform was sent, or has come, under the name of a bank."""


def headers_for(bank_id: UUID) -> dict[str, str]:
    """Return the headers that send a task on behalf of the named bank: ``apply_async(headers=…)``."""
    return {TASK_BANK: str(bank_id)}


def headers_of(task: Any) -> Mapping[str, Any]:
    """Return the headers that the task being run has come with."""
    found: Mapping[str, Any] = task.request.headers or {}
    return found


def bank_here() -> str | None:
    """Return the id of the bank on behalf of which the calling code acts, ``None`` when there is none.

    Outside every scope it is the bank of the task that has just ended: Celery then sends what follows it.
    """
    scope = scope_or_none()
    if scope is not None:
        return str(scope.bank_id) if scope.kind is ScopeKind.BANK else None
    task = get_current_task()
    return headers_of(task).get(TASK_BANK) if task else None


def stamped(task: Any, headers: Mapping[str, Any] | None, *, name: str = "") -> dict[str, Any]:
    """Return a message's headers with its bank and its request; what is already said stays.

    Raises:
        NoBank: a bank's task, and nobody says for which bank.
        NotABanksTask: a task of the platform, and a bank is named.
    """
    said = prepared(task, headers)
    is_own_work = (name or task.name).startswith(OWN_WORK)
    if TASK_BANK not in said and not is_own_work and not is_of_platform(task):
        raise NoBank(f"{name or task.name} is a bank's task: send it in the bank's scope, or name the bank")
    return said


def prepared(task: Any, headers: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the headers of a task that may be sent later, when its bank may still be named.

    Raises:
        NotABanksTask: a task of the platform, and a bank is named.
    """
    said = {**_origin(), **(headers or {})}
    if is_of_platform(task):
        if said.get(TASK_BANK):
            raise NotABanksTask(f"{task.name} is the platform's: it cannot be sent on behalf of a bank")
        return said
    bank_id = said.get(TASK_BANK) or bank_here()
    return {**said, TASK_BANK: bank_id} if bank_id else said


def _origin() -> dict[str, str]:
    task = get_current_task()
    found = request_id() or (headers_of(task).get(TASK_REQUEST_ID) if task else "")
    return {TASK_REQUEST_ID: str(found)} if found else {}


def is_of_platform(task: Any) -> bool:
    """Tell whether a task works on the shared tables; an unknown task counts as a bank's."""
    return bool(getattr(task, "is_of_platform", False))


class Application(Celery):
    """The task application: a message sent by name carries its bank too."""

    def send_task(  # type: ignore[override]
        self, name: str, args: Any = None, kwargs: Any = None, **options: Any
    ) -> Any:
        """Send a task by name.

        Raises:
            NoBank: a bank's task, and nobody says for which bank.
            NotABanksTask: a task of the platform, and a bank is named.
        """
        if options.get("task_type") is None:
            options["headers"] = stamped(self._known(name), options.get("headers"), name=name)
        return super().send_task(name, args, kwargs, **options)

    def _known(self, name: str) -> Any:
        """Return the task of that name, ``None`` when no application has it."""
        if name not in self.tasks:
            self.loader.import_default_modules()
        return self.tasks.get(name)
