"""Copying one bank out, whole, as it stood at one instant.

What is committed before a closed bank is copied is in the copy: processes that still take it for open
forget that first, and its tables are locked against writers before they are read.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any, Final

from django.conf import settings
from django.db import OperationalError, transaction
from psycopg import sql

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner
from tenants.isolation.files import files_of, open_file
from tenants.isolation.replay import Patience, patiently
from tenants.registry import progress, tables
from tenants.registry.belongings import belongings
from tenants.registry.bundle import CHUNK_BYTES, BundleWriter, FileCopy, Manifest, Measured, TableCopy
from tenants.registry.locks import BankBusy, bank_lock
from tenants.registry.models import FoodBank
from tenants.registry.peopling import invitations_told, people_told
from tenants.registry.states import BankStatus
from tenants.registry.tables import Table, tables_of
from tenants.registry.versions import followed

SECRET: Final = frozenset({"accounts_apitoken"})
"""Shared rows that never leave: what opens a door here."""
ELSEWHERE: Final = frozenset({"accounts_membership", "registry_domain", "registry_territory"})
"""Shared rows that the manifest itself says, in words that another installation can read."""
WORKING: Final = frozenset({"registry_bankstep", "registry_erasureproof"})
WITHOUT: Final = {
    "network_networkoffer": ("public_token",),
    "network_routingact": ("actor_id", "actor_label"),
    "accounts_invitation": ("digest",),
}
THROUGH: Final = (
    ("network_transferline", "transfer_id", "network_transfer", "id"),
    ("network_networkoffer", "id", "network_routingstep", "offer_id"),
    ("network_networkofferline", "offer_id", "network_routingstep", "offer_id"),
    ("network_routingact", "offer_id", "network_routingstep", "offer_id"),
    ("network_surplusrequest", "surplus_id", "network_surplus", "id"),
    ("network_surpluswish", "request_id", "network_surplusrequest", "id"),
    ("network_surplusline", "surplus_id", "network_surplus", "id"),
    ("network_surplusline", "id", "network_surpluswish", "line_id"),
    ("network_surplus", "id", "network_surplusrequest", "surplus_id"),
)
"""Documents that name a bank only through another table: table, column, the other table, the column it names.

In order: each line adds rows to those that the lines above it found.
"""
BUSINESS: Final = (
    "kind", "name", "slug", "siret", "address", "postcode", "city", "department", "latitude", "longitude",
    "timezone", "email", "phone",
)  # fmt: skip
"""Columns of the register that describe a bank; ids and states are written apart."""

WRITERS: Final = Patience(lock_seconds=0.5, attempts=8)
"""How long writers at work are waited for: half a minute in all, each time too short for a deadlock."""


def bank_export(
    actor: Actor, *, bank: FoodBank, target: Path, tell: progress.Tell = progress.silent
) -> Manifest:
    """Write a bank whole to a file: its tables, its shared rows, its files, at one instant.

    The file appears when it is whole; an interrupted export leaves none. A bank at work goes on meanwhile;
    of a closed one, whatever was begun before it closed is in the file.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        BankBusy: its space is being built or removed, or somebody does not end writing in a closed bank.
    """
    require(verbs("export", when=actor.is_any(Role.OPERATOR)), "export")
    unfinished = target.with_name(f"{target.name}.part")
    with in_owner(Purpose.PROVISIONING), bank_lock(bank.pk, shared=True):
        bank = FoodBank.objects.select_related("parent").get(pk=bank.pk)
        if bank.status != BankStatus.ACTIVE:
            _wait_until_closed_everywhere(bank, tell)
        try:
            with unfinished.open("wb") as stream, BundleWriter(stream) as writer:
                manifest = _written(bank, writer, tell)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return manifest


def _written(bank: FoodBank, writer: BundleWriter, tell: progress.Tell) -> Manifest:
    manifest = Manifest(
        bank=_described(bank),
        blueprint=followed().get(bank.schema_name, ""),
        made_at=clock.now().isoformat(),
    )
    closed = tables_of(bank.schema_name) if bank.status != BankStatus.ACTIVE else []
    with transaction.atomic(using=OWNER_DATABASE):
        tables.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if closed:
            _keep_writers_out(closed, tell)
        tables.run("SET TRANSACTION READ ONLY")
        manifest.hosts = [domain.domain for domain in bank.domains.order_by("-is_primary", "domain")]
        manifest.departments = [each.department for each in bank.territories.order_by("department")]
        manifest.people = people_told(bank)
        manifest.invitations = invitations_told(bank)
        _copy_own(bank, manifest, writer, tell)
        _copy_shared(bank, manifest, writer, tell)
    names = list(files_of(bank.pk))
    for number, name in enumerate(names):
        tell(progress.FILES, number, len(names))
        manifest.files.append(_file_copied(bank, name, writer))
    writer.finish(manifest)
    return manifest


def _wait_until_closed_everywhere(bank: FoodBank, tell: progress.Tell) -> None:
    """Wait as long as a process may still take a bank for open that has just been closed."""
    closed_for = (clock.now() - bank.status_since).total_seconds()
    remaining = min(settings.HOST_MEMORY_SECONDS - closed_for, settings.HOST_MEMORY_SECONDS)
    if remaining > 0:
        tell(progress.SETTLING, 0, 1)
        sleep(remaining)


def _keep_writers_out(own: Sequence[Table], tell: progress.Tell) -> None:
    """Wait for open writers of a closed bank and keep new ones out until the end of the transaction.

    Raises:
        BankBusy: a writer does not end.
    """
    tries = count()

    def lock() -> None:
        tell(progress.SETTLING, next(tries), WRITERS.attempts)
        with transaction.atomic(using=OWNER_DATABASE):
            tables.lock_against_writers(own, seconds=WRITERS.lock_seconds)

    try:
        patiently(lock, WRITERS)
    except OperationalError as error:
        raise BankBusy from error


def _described(bank: FoodBank) -> dict[str, Any]:
    parent = {"id": str(bank.parent.pk), "slug": bank.parent.slug} if bank.parent else None
    return {"id": str(bank.pk), "parent": parent, **{name: getattr(bank, name) for name in BUSINESS}}


def _copy_own(bank: FoodBank, manifest: Manifest, writer: BundleWriter, tell: progress.Tell) -> None:
    own = tables_of(bank.schema_name)
    for number, table in enumerate(own):
        tell(progress.COPYING, number, len(own))
        manifest.tables.append(_copied(table, writer.part(f"tables/{table.name}.csv")))
    manifest.sequences = tables.sequences_of(bank.schema_name)
    history = sql.SQL("SELECT app, name FROM {} ORDER BY app, name").format(
        sql.Identifier(bank.schema_name, "django_migrations")
    )
    manifest.migrations = [list(row) for row in tables.rows_of(history)]


def _copy_shared(bank: FoodBank, manifest: Manifest, writer: BundleWriter, tell: progress.Tell) -> None:
    wheres = {each.table: each.where(bank.pk) for each in belongings()}
    known = {table.name: table for table in tables_of("public")}
    for name, column, through, target in THROUGH:
        reached = _reached(column, through, target, wheres[through])
        wheres[name] = sql.SQL("({} OR {})").format(wheres[name], reached) if name in wheres else reached
    wanted = {name: where for name, where in wheres.items() if name not in SECRET | ELSEWHERE | WORKING}
    for number, (name, where) in enumerate(sorted(wanted.items())):
        tell(progress.SHARED, number, len(wanted))
        part = writer.part(f"public/{name}.csv")
        manifest.public.append(_copied(known[name], part, where=where, without=WITHOUT.get(name, ())))


def _reached(column: str, through: str, target: str, where: sql.Composed) -> sql.Composed:
    """Return the condition that keeps the rows which name a bank through another table."""
    return sql.SQL("{} IN (SELECT {} FROM {} WHERE {})").format(
        sql.Identifier(column), sql.Identifier(target), sql.Identifier("public", through), where
    )


def _copied(
    table: Table,
    part: "AbstractContextManager[Measured]",
    *,
    where: sql.Composed | None = None,
    without: tuple[str, ...] = (),
) -> TableCopy:
    with part as out:
        rows = tables.copied(table, out.write, where=where, without=without)
    columns = tuple(name for name in table.columns if name not in without)
    return TableCopy(name=table.name, columns=columns, rows=rows, digest=out.digest)


def _file_copied(bank: FoodBank, name: str, writer: BundleWriter) -> FileCopy:
    with open_file(bank.pk, name) as stored, writer.part(f"files/{name.rpartition('/')[2]}") as out:
        read: Callable[[int], bytes] = stored.read
        while piece := read(CHUNK_BYTES):
            out.write(piece)
    return FileCopy(name=name.rpartition("/")[2], size=out.size, digest=out.digest)


def manifest_json(manifest: Manifest) -> dict[str, Any]:
    """Return what a person or a step keeps of an export: sizes and the digest, not the rows."""
    return {
        "digest": manifest.digest,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "shared_rows": sum(table.rows for table in manifest.public),
        "files": len(manifest.files),
        "made_at": manifest.made_at,
    }
