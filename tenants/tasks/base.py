"""Our own kind of Celery task: it runs in the bank that its message names, or it does not run.

Every ``@shared_task`` of the product is a ``BankTask``; work on the shared tables says ``@platform_task``.
"""

import logging
from abc import abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final, NoReturn
from uuid import UUID

from celery import shared_task
from celery.app.task import Task
from celery.exceptions import Reject
from django.db import transaction

from apps.kernel.scope import ScopeKind, scope_or_none
from apps.kernel.tracing import TASK_BANK
from tenants.crossing import BankUnavailable, Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tenants.tasks.comebacks import Parked, comeback_count
from tenants.tasks.sending import (
    OWN_WORK,
    NoBank,
    NotABanksTask,
    headers_of,
    prepared,
    stamped,
)

logger = logging.getLogger("collecto.tasks")

REFUSALS: Final = (NoBank, NotABanksTask, BankUnavailable, Parked)
ENTERED: Final = "collecto_entered"


class ScopedTask(Task[Any, Any]):
    """What a bank's task and a task of the platform share: the message, the refusal, the scope."""

    abstract = True
    is_of_platform = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run in the scope that the message asks for; called as a function, in the caller's."""
        with ExitStack() as opened:
            if self.request.called_directly or self.request.get(ENTERED):
                self._open_for_caller(opened)
                return super().__call__(*args, **kwargs)
            self.request.update({ENTERED: True})
            try:
                comeback_count(self)
                self._open(opened)
            except REFUSALS as refusal:
                self._refuse(refusal)
            return self.run(*args, **kwargs)

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        """Send the task, on behalf of the bank whose scope is open or that ``headers`` names.

        Raises:
            NoBank: a bank's task, and nobody says for which bank.
            NotABanksTask: a task of the platform, and a bank is named.
        """
        options["headers"] = stamped(self, options.get("headers"))
        return super().apply_async(args, kwargs, **options)

    def apply(  # type: ignore[override]
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> Any:
        """Run the task here and now, as a worker would; raises what ``apply_async`` raises."""
        options["headers"] = stamped(self, options.get("headers"))
        return super().apply(args, kwargs, **options)

    def signature(self, args: Any = None, *rest: Any, **options: Any) -> Any:
        """Return a signature that remembers the bank in whose scope it was made."""
        made = super().signature(args, *rest, **options)
        made.options["headers"] = prepared(self, made.options.get("headers"))
        return made

    def send_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Send the task once the transaction has committed, for the bank whose scope is open now.

        A broker that does not answer is logged: the commit stands, a periodic job finds the work.

        Raises:
            NoBank: a bank's task, and no bank's scope is open.
        """
        headers = stamped(self, None)

        def send() -> None:
            self.apply_async(args, kwargs, headers=headers)

        transaction.on_commit(send, robust=True)

    @abstractmethod
    def _open(self, opened: ExitStack) -> None:
        """Open the scope that the message asks for."""

    @abstractmethod
    def _open_for_caller(self, opened: ExitStack) -> None:
        """Check the scope of who calls the task as a function, or open the task's own."""

    def _refuse(self, refusal: Exception) -> NoReturn:
        """Put the message aside for good; run here and now, raise the refusal itself.

        Raises:
            Reject: the worker throws the message away and records the failure.
        """
        bank = headers_of(self).get(TASK_BANK)
        logger.error("task %s[%s] refused for bank %s: %s", self.name, self.request.id, bank, refusal)
        if self.request.is_eager:
            raise refusal
        raise Reject(f"{type(refusal).__name__}: {refusal}", requeue=False) from None


class BankTask(ScopedTask):
    """Work of one bank: the message names it by id, and it must be active when the work begins."""

    abstract = True

    def _open(self, opened: ExitStack) -> None:
        named = headers_of(self).get(TASK_BANK)
        if named:
            opened.enter_context(in_tenant(_bank(named), Purpose.TASK))
        elif not self.name.startswith(OWN_WORK):
            raise NoBank(f"{self.name} has come without a bank")

    def _open_for_caller(self, opened: ExitStack) -> None:
        scope = scope_or_none()
        is_in_bank = scope is not None and scope.kind is ScopeKind.BANK
        if not is_in_bank and not self.name.startswith(OWN_WORK):
            raise NoBank(f"{self.name} is a bank's task: call it in the bank's scope")


class PlatformTask(ScopedTask):
    """Work on the shared tables: it names no bank, and is refused under the name of one."""

    abstract = True
    is_of_platform = True

    def _open(self, opened: ExitStack) -> None:
        if headers_of(self).get(TASK_BANK):
            raise NotABanksTask(f"{self.name} is the platform's")
        opened.enter_context(in_platform(Purpose.TASK))

    def _open_for_caller(self, opened: ExitStack) -> None:
        opened.enter_context(in_platform(Purpose.TASK))


def platform_task(*, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declare a function as a task of the platform, known by ``name``."""
    declare: Callable[[Callable[..., Any]], Any] = shared_task(name=name, base=PlatformTask, **options)
    return declare


def _bank(named: str) -> FoodBank:
    """Return the bank of that id.

    Raises:
        BankUnavailable: there is none.
    """
    try:
        bank_id = UUID(named)
    except ValueError:
        raise BankUnavailable(f"{named!r} is no bank's id") from None
    with in_platform(Purpose.TASK):
        bank = FoodBank.objects.filter(pk=bank_id).first()
    if bank is None:
        raise BankUnavailable(f"there is no bank {bank_id}")
    return bank
