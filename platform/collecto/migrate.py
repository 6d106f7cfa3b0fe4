"""Bringing a database to the present version: the public schema first, then every bank.

Banks with the same history form a group; what the group lacks is written down once and replayed in each.
A canary goes first and stops everything if it fails; then come the others, batch after batch, and one
that fails does not keep the others waiting. Running again touches only what is still behind.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory

from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner
from tenants.isolation import rights
from tenants.isolation.history import ahead, batched, blueprint_hash, has_same_rights, standings
from tenants.isolation.locks import MIGRATION_FREE, MIGRATION_TAKE, LockSpace, in_order
from tenants.isolation.owning import owning, renew
from tenants.isolation.replay import PATIENT, Patience, replay
from tenants.isolation.schemas import schema_exists
from tenants.isolation.script import Script, written
from tenants.registry.locks import bank_lock
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind, BankStatus

CLOSED: Final = (BankStatus.ARCHIVED, BankStatus.ERASED)
"""States of a bank whose schema stays as it is."""
PAUSE_SECONDS: Final = 0.5


class MigrationStopped(RuntimeError):
    """Some banks are not at the present version; the message names them."""


class Busy(RuntimeError):
    """Another process is migrating this database."""


class Outcome(StrEnum):
    """How it ended for one bank."""

    MIGRATED = "migrated"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Which banks to migrate and how carefully.

    ``banks`` and ``canary_banks`` are sub-domains; no banks: all of them. ``canaries`` is how many banks
    of each group go first, the youngest unless named; ``batch`` how many follow before the connection is
    renewed.
    """

    banks: tuple[str, ...] = ()
    canaries: int = 1
    canary_banks: tuple[str, ...] = ()
    batch: int = 50
    patience: Patience = PATIENT


class Member(NamedTuple):
    """A bank of a group."""

    id: UUID
    schema: str


@dataclass(frozen=True, slots=True)
class Group:
    """Banks with one history, and the script that brings them to the present; or why there is none."""

    fingerprint: str
    banks: dict[str, Member]
    """The banks by their sub-domains, the youngest first."""
    script: Script | None
    error: Exception | None = None

    @property
    def steps(self) -> list[str]:
        """Names of the migrations that the group lacks."""
        return [step.name for step in self.script.steps] if self.script else []


@dataclass(frozen=True, slots=True, kw_only=True)
class BankReport:
    """What happened to one bank. ``origin`` is the fingerprint of the history it came from."""

    bank: str
    schema: str
    origin: str
    steps: list[str]
    is_canary: bool
    outcome: Outcome
    seconds: float
    repeats: int = 0
    error_class: str = ""
    error: str = ""


@dataclass(slots=True)
class Turn:
    """One bank whose turn comes."""

    bank: str
    member: Member
    group: Group
    is_canary: bool


def bring_up_to_date() -> None:
    """Migrate the public schema and every bank, alone.

    Raises:
        MigrationStopped: a bank could not be migrated.
    """
    with alone():
        migrate_public()
        failed = [report for report in migrate_banks(pending()) if report.outcome == Outcome.FAILED]
    if failed:
        raise MigrationStopped("; ".join(f"{report.bank}: {report.error}" for report in failed))


@contextmanager
def alone(*, waiting: Callable[[], None] | None = None, is_patient: bool = True) -> Iterator[None]:
    """Keep other migrations of this database out for a block; ``waiting`` is called when one is running.

    Raises:
        Busy: another process is migrating, and we are not to wait.
    """
    with in_owner(Purpose.MIGRATION):
        guard = connections.create_connection(OWNER_DATABASE)
        try:
            with guard.cursor() as cursor, in_order(LockSpace.MIGRATION):
                _take(lambda: _answer(cursor, MIGRATION_TAKE), waiting, is_patient=is_patient)
                yield
                cursor.execute(MIGRATION_FREE)
        finally:
            guard.close()


def migrate_public(*, verbosity: int = 0) -> None:
    """Migrate the shared tables and give every role its rights on them."""
    with in_owner(Purpose.MIGRATION):
        migrate_schema("public", verbosity)
        rights.grant_public_rights()


def migrate_schema(schema: str, verbosity: int = 0) -> None:
    """Let Django run the pending migrations of one schema, one by one, as the owner of the database."""
    call_command(
        "migrate_schemas",
        database=OWNER_DATABASE,
        schema_name=schema,
        interactive=False,
        verbosity=verbosity,
        executor="standard",
    )


def pending_public() -> list[str]:
    """Return the migrations that the public schema lacks."""
    with in_owner(Purpose.MIGRATION), owning("public") as connection:
        return [f"{migration.app_label}.{migration.name}" for migration in ahead(connection).plan]


def pending(banks: Iterable[str] = ()) -> list[Group]:
    """Return the groups of banks that are behind, those with the most banks first.

    Raises:
        LookupError: a named bank is not there, or has no schema to migrate.
    """
    with in_owner(Purpose.MIGRATION):
        members = _members(frozenset(banks))
        with owning("public") as connection:
            found = standings(connection, [member.schema for member in members.values()])
        stands = {standing.schema: (standing.fingerprint, standing.blueprint) for standing in found}
        together: dict[tuple[str, str], dict[str, Member]] = {}
        for bank, member in members.items():
            if member.schema in stands:
                together.setdefault(stands[member.schema], {})[bank] = member
        present = blueprint_hash()
        groups = [_group(*key, alike, present) for key, alike in together.items()]
    return sorted((group for group in groups if group), key=lambda group: -len(group.banks))


def migrate_banks(groups: Iterable[Group], wishes: Wishes = Wishes()) -> Iterator[BankReport]:
    """Migrate the banks of these groups, yielding a report of each; a canary that fails is the last."""
    turns = [turn for group in groups for turn in _turns(group, wishes)]
    for turn in turns:
        if turn.is_canary:
            report = _migrated(turn, wishes.patience)
            yield report
            if report.outcome == Outcome.FAILED:
                return
    for batch in batched((turn for turn in turns if not turn.is_canary), wishes.batch):
        for turn in batch:
            yield _migrated(turn, wishes.patience)
        with in_owner(Purpose.MIGRATION), owning("public") as connection:
            renew(connection)


def _members(banks: frozenset[str]) -> dict[str, Member]:
    """Return the banks that are migrated, by sub-domain, the youngest first."""
    if not _is_founded():
        return {}
    rows = FoodBank.objects.exclude(kind=BankKind.FEDERATION).exclude(status__in=CLOSED)
    rows = rows.order_by("-created_at", "slug")
    members = {slug: Member(*rest) for slug, *rest in rows.values_list("slug", "id", "schema_name")}
    if unknown := banks - members.keys():
        raise LookupError(f"no such bank, or closed: {', '.join(sorted(unknown))}")
    return {bank: member for bank, member in members.items() if not banks or bank in banks}


def _is_founded() -> bool:
    """Tell whether the register of banks exists: an empty database has none."""
    with owning("public") as connection, connection.cursor() as cursor:
        return bool(_answer(cursor, "SELECT to_regclass('public.registry_foodbank') IS NOT NULL"))


def _group(fingerprint: str, blueprint: str, banks: dict[str, Member], present: str) -> Group | None:
    """Return the group with its script, or ``None`` if it is at the present version."""
    try:
        with owning(next(iter(banks.values())).schema) as connection:
            script = written(connection, ahead(connection))
        script = replace(script, tells_rights=not has_same_rights(blueprint, present))
    except InconsistentMigrationHistory as error:
        return Group(fingerprint, banks, None, error)
    if script.is_empty and blueprint == present:
        return None
    return Group(fingerprint, banks, script)


def _turns(group: Group, wishes: Wishes) -> list[Turn]:
    named = [bank for bank in group.banks if bank in wishes.canary_banks]
    canaries = (named or list(group.banks))[: max(wishes.canaries, len(named))]
    return [Turn(bank, member, group, bank in canaries) for bank, member in group.banks.items()]


def _migrated(turn: Turn, patience: Patience) -> BankReport:
    """Migrate one bank and say how it went."""
    started, repeats, failure = time.perf_counter(), 0, turn.group.error
    with in_owner(Purpose.MIGRATION):
        try:
            if turn.group.script is not None:
                with bank_lock(turn.member.id, wait_seconds=patience.lock_seconds):
                    repeats = replay(turn.member.schema, turn.group.script, patience=patience)
            outcome = Outcome.MIGRATED
        except Exception as error:  # noqa: BLE001  (a migration may run any code; it is told in the report)
            failure = error
        if failure is not None:
            outcome = Outcome.FAILED if schema_exists(turn.member.schema) else Outcome.GONE
    return BankReport(
        bank=turn.bank,
        schema=turn.member.schema,
        origin=turn.group.fingerprint,
        steps=turn.group.steps,
        is_canary=turn.is_canary,
        outcome=outcome,
        seconds=round(time.perf_counter() - started, 3),
        repeats=repeats,
        error_class=_class_of(failure),
        error=str(failure or "").strip(),
    )


def _class_of(failure: Exception | None) -> str:
    """Return the name of an error: the database's own, which says more than Django's."""
    cause = failure.__cause__ if isinstance(failure, DatabaseError) and failure.__cause__ else failure
    return type(cause).__name__ if cause else ""


def _take(take: Callable[[], object], waiting: Callable[[], None] | None, *, is_patient: bool) -> None:
    if take():
        return
    if not is_patient:
        raise Busy("another process is migrating this database")
    if waiting:
        waiting()
    while not take():
        time.sleep(PAUSE_SECONDS)


def _answer(cursor: Any, query: str) -> Any:
    cursor.execute(query)
    return cursor.fetchone()[0]
