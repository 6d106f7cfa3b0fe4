"""The only way across: every scope of the product is opened here, by name.

``in_tenant`` opens one bank, ``in_platform`` the shared tables, ``in_federation`` the consolidated
figures, ``in_owner`` the migrations. Scopes nest, come back after an error, and follow async code.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

from django.conf import settings

from apps.kernel.scope import (
    DEFAULT_DATABASE,
    OWNER_DATABASE,
    REPLICA_DATABASE,
    Scope,
    ScopeKind,
    scope_opened,
    scope_or_none,
)
from tenants.isolation import rights
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus

T = TypeVar("T")

logger = logging.getLogger("collecto.crossing")


class Purpose(StrEnum):
    """Why a boundary is crossed. A crossing without a name does not exist."""

    REQUEST = "request"
    SIGN_IN = "sign-in"
    PROVISIONING = "provisioning"
    MIGRATION = "migration"
    OUTBOX = "outbox"
    TASK = "task"
    ROUTING = "routing"
    TRANSFER = "transfer"
    TRACE = "trace"
    RECALL = "recall"
    INDICATORS = "indicators"
    LIBRARY = "library"
    NEEDS = "needs"
    DEMONSTRATION = "demonstration"
    COMMAND = "command"
    HEALTH = "health"
    TEST = "test"


class NoOwner(RuntimeError):
    """The owner's login is not given to this process, on purpose."""


class BankUnavailable(RuntimeError):
    """The bank is not open for work: it is being prepared, suspended or closed."""


@contextmanager
def in_tenant(bank: FoodBank, purpose: Purpose) -> Iterator[Scope]:
    """Open one bank's rows for a block.

    Raises:
        BankUnavailable: the bank is not active (provisioning may enter one that is being prepared).
    """
    if bank.status != BankStatus.ACTIVE and purpose not in (Purpose.PROVISIONING, Purpose.MIGRATION):
        raise BankUnavailable(f"{bank.slug} is {bank.status}")
    if not bank.has_schema:
        raise BankUnavailable(f"{bank.slug} has no space of its own")
    scope = scope_of(bank)
    _log(scope, purpose)
    with scope_opened(scope):
        yield scope


def scope_of(bank: FoodBank) -> Scope:
    """Return the scope of a bank."""
    return Scope(
        kind=ScopeKind.BANK,
        schema=bank.schema_name,
        role=rights.role_name(bank.schema_name),
        bank_id=bank.pk,
        bank_slug=bank.slug,
        bank_name=bank.name,
        timezone=bank.timezone,
    )


@contextmanager
def in_platform(purpose: Purpose) -> Iterator[Scope]:
    """Open the shared tables for a block."""
    scope = Scope(kind=ScopeKind.PLATFORM, role=rights.role_name(rights.PLATFORM))
    _log(scope, purpose)
    with scope_opened(scope):
        yield scope


@contextmanager
def in_federation(federation: FoodBank, purpose: Purpose) -> Iterator[Scope]:
    """Open the consolidated figures for a block: rollups and shared tables, no bank's rows."""
    scope = Scope(
        kind=ScopeKind.FEDERATION,
        role=rights.role_name(rights.FEDERATION),
        bank_id=federation.pk,
        bank_slug=federation.slug,
        bank_name=federation.name,
        timezone=federation.timezone,
        reads_from=REPLICA_DATABASE if REPLICA_DATABASE in settings.DATABASES else DEFAULT_DATABASE,
    )
    _log(scope, purpose)
    with scope_opened(scope):
        yield scope


@contextmanager
def in_owner(purpose: Purpose) -> Iterator[Scope]:
    """Act as the owner of the database: migrations and provisioning only.

    The rows are reached through a connection of its own, which web processes do not have; statements
    written by hand name it (``connections[OWNER_DATABASE]``).

    Raises:
        NoOwner: this process was not given the owner's login.
    """
    if OWNER_DATABASE not in settings.DATABASES:
        raise NoOwner("this process has no owner login: give it DATABASE_OWNER_URL")
    scope = Scope(kind=ScopeKind.OWNER, database=OWNER_DATABASE)
    _log(scope, purpose)
    with scope_opened(scope):
        yield scope


def each_tenant(purpose: Purpose, visit: Callable[[FoodBank], T]) -> list[tuple[FoodBank, T]]:
    """Visit every active bank in schema-name order and return what each visit answered.

    Raises:
        ExceptionGroup: some visits failed; every other bank was visited all the same.
    """
    with in_platform(purpose):
        banks = list(FoodBank.objects.operating().order_by("schema_name"))
    answers, failures = [], []
    for bank in banks:
        try:
            with in_tenant(bank, purpose):
                answers.append((bank, visit(bank)))
        except Exception as error:  # noqa: BLE001  (gathered and raised together below)
            error.add_note(f"while visiting {bank.slug}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(banks)} banks failed", failures)
    return answers


def _log(scope: Scope, purpose: Purpose) -> None:
    origin = scope_or_none()
    logger.debug(
        "crossing",
        extra={"purpose": purpose.value, "to": scope.schema, "from": origin.schema if origin else None},
    )
