"""Copying one bank in, from the file that :mod:`tenants.registry.exporting` wrote, and proving it whole.

Everything in the database happens in one transaction; triggers sleep while rows are loaded, so that
nothing is counted twice, and the constraints are all checked before they wake. The books are recomputed
before anything is committed, and files come last. The restored bank is suspended until the operator opens
it. An export of an older version is loaded into a space of that
version, which is then brought to the present.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files import File
from django.db import DataError, IntegrityError, NotSupportedError, ProgrammingError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from psycopg import sql

from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import DomainError
from apps.kernel.models import StoredFile, new_id
from apps.kernel.scope import OWNER_DATABASE
from apps.stock.selectors import ledger_verify
from tenants.crossing import Purpose, in_owner
from tenants.isolation.files import ROOT, delete_file, files_of, restore_file
from tenants.isolation.owning import owning
from tenants.isolation.schemas import build_schema, drop_schema, schema_exists
from tenants.registry import progress, tables
from tenants.registry.bundle import BundleBroken, BundleReader, Manifest, TableCopy
from tenants.registry.exporting import BUSINESS
from tenants.registry.locks import bank_lock, hold_names
from tenants.registry.models import Domain, FoodBank, Territory
from tenants.registry.naming import require_free_name, schema_for
from tenants.registry.peopling import invitations_loaded, people_loaded
from tenants.registry.services import event_write, move
from tenants.registry.states import BankStatus
from tenants.registry.tables import Table, tables_of
from tenants.registry.trust import require_trustworthy, require_wired
from tenants.registry.versions import bring_to_present, build_as_of, present, unknown_to_us

FIGURES: Final = ("federation_delta", "federation_rollup")
PENDING: Final = "outbox_outboxmessage"
REPLACEABLE: Final = (BankStatus.PROVISIONING, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
_MALFORMED: Final = (
    DataError, IntegrityError, NotSupportedError, ProgrammingError,
    LookupError, TypeError, ValueError, SuspiciousOperation,
)  # fmt: skip

logger = logging.getLogger("collecto.banks")


class LedgerDiffers(DomainError):
    """The books of an export do not add up; nothing was restored."""

    code = "restored_ledger_differs"


def bank_restore(
    actor: Actor,
    *,
    source: Path,
    slug: str = "",
    replace: bool = False,
    tell: progress.Tell = progress.silent,
) -> FoodBank:
    """Build a bank again from an export, and check it: the same rows, the same checksums, books that add up.

    Without ``slug`` it comes back as itself: its number, its people, its figures. With ``slug`` it is a
    copy under a number of its own, which counts in no national figure and may stand beside the live bank.
    ``replace`` drops the present space of a suspended or archived bank first.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        BundleBroken: the file is not whole, or of a later version of the product.
        DomainError: the bank is at work here, or was erased; its space is not empty; its parent is missing.
        LedgerDiffers: its books do not add up.
        Conflict: the sub-domain is taken.
    """
    require(verbs("restore", when=actor.is_any(Role.OPERATOR)), "restore")
    with BundleReader(source) as bundle, in_owner(Purpose.PROVISIONING):
        require_trustworthy(bundle.manifest)
        _require_known_version(bundle.manifest)
        bank_id = new_id() if slug else UUID(bundle.manifest.bank["id"])
        with bank_lock(bank_id), _malformed_said():
            return _written(actor, bundle, bank_id, slug=slug, replace=replace, tell=tell)


@contextmanager
def _malformed_said() -> Iterator[None]:
    """Turn what the database or Python says of malformed content into a sentence.

    Raises:
        BundleBroken: in place of any of those.
    """
    try:
        yield
    except _MALFORMED as error:
        logger.warning("an export could not be read", exc_info=True)
        raise BundleBroken(_("This file is not a whole export of a bank.")) from error


def _written(
    actor: Actor, bundle: BundleReader, bank_id: UUID, *, slug: str, replace: bool, tell: progress.Tell
) -> FoodBank:
    """Load rows, check them, load files; everything or nothing. Files put where none were go again."""
    put: list[str] = []
    try:
        with transaction.atomic(using=OWNER_DATABASE):
            bank = _in_register(actor, bundle.manifest, bank_id, slug, replace)
            _load_rows(bundle, bank, is_copy=bool(slug), tell=tell)
            tell(progress.CHECKING, 0, 1)
            _require_sound_books(bank)
            facts = {"digest": bundle.manifest.digest, "made_at": bundle.manifest.made_at}
            event_write(actor, bank=bank, action="restored", facts=facts)
            move(actor, bank=bank, to=BankStatus.READY)
            origin = {"restored_from": bundle.manifest.made_at}
            move(actor, bank=bank, to=BankStatus.SUSPENDED, facts=origin)
            _load_files(bundle, bank_id, put, tell)
    except BaseException:
        for name in put:
            delete_file(bank_id, name)
        raise
    return bank


def _load_rows(bundle: BundleReader, bank: FoodBank, *, is_copy: bool, tell: progress.Tell) -> None:
    """Build the space and load the bank's own rows, its shared rows and its people."""
    tell(progress.BUILDING, 0, 1)
    is_of_today = _built(bank.schema_name, bundle.manifest)
    _load_tables(bundle, bank.schema_name, tell)
    if not is_of_today:
        bring_to_present(bank.schema_name)
    if is_copy:
        _rename_files(bank, bundle.manifest)
    else:
        _load_shared(bundle, bank.pk)
    people_loaded(bank, bundle.manifest)
    if not is_copy:
        invitations_loaded(bank, bundle.manifest)


def _require_known_version(manifest: Manifest) -> None:
    unknown = unknown_to_us([(app, name) for app, name in manifest.migrations])
    if unknown:
        raise BundleBroken(
            _("This export was made by a later version of COLLECTO, which has %(migration)s."),
            code="bundle_of_later_version",
            params={"migration": unknown[0]},
        )


def _built(schema: str, manifest: Manifest) -> bool:
    """Build the space as the export knew it; returns whether that is the present version."""
    if manifest.blueprint == present():
        build_schema(schema)
        return True
    build_as_of(schema, {(app, name) for app, name in manifest.migrations})
    return False


def _in_register(actor: Actor, manifest: Manifest, bank_id: UUID, slug: str, replace: bool) -> FoodBank:
    """Return the register's row of the bank to restore, being prepared, its schema absent."""
    found = FoodBank.objects.filter(pk=bank_id).first()
    if found is None:
        return _registered(manifest, bank_id, slug or manifest.bank["slug"])
    _require_same_bank(manifest, found)
    if found.status not in REPLACEABLE:
        raise DomainError(
            _("This bank is here and %(state)s: suspend it first, or restore a copy under another name."),
            code="bank_is_here",
            params={"state": BankStatus(found.status).label.lower()},
        )
    if schema_exists(found.schema_name):
        if not replace and found.status != BankStatus.PROVISIONING:
            raise DomainError(_("The space of this bank is not empty."), code="space_not_empty")
        drop_schema(found.schema_name)
    before = found.status
    FoodBank.objects.filter(pk=bank_id).update(status=BankStatus.PROVISIONING)
    found.status = BankStatus.PROVISIONING
    event_write(actor, bank=found, action="moved", from_status=before, to_status=found.status)
    return found


def _require_same_bank(manifest: Manifest, found: FoodBank) -> None:
    """Refuse an export whose number is that of a bank which never had its name."""
    names = {found.slug, *(domain.domain.partition(".")[0] for domain in found.domains.all())}
    if found.status != BankStatus.ERASED and manifest.bank["slug"] not in names:
        raise BundleBroken(
            _("This export is one of “%(said)s”, but its number is that of “%(here)s” here."),
            code="bundle_of_another_bank",
            params={"said": manifest.bank["slug"][:60], "here": found.slug},
        )


def _registered(manifest: Manifest, bank_id: UUID, slug: str) -> FoodBank:
    hold_names()
    require_free_name(slug)
    described = {name: manifest.bank[name] for name in BUSINESS}
    bank = FoodBank(
        **{**described, "slug": slug}, id=bank_id, parent=_parent(manifest), schema_name=schema_for(slug)
    )
    try:
        bank.full_clean()
    except ValidationError as error:
        raise BundleBroken(_("This file is not a whole export of a bank.")) from error
    bank.save(force_insert=True)
    Domain.objects.create(tenant=bank, domain=f"{slug}.{settings.BASE_DOMAIN}", is_primary=True)
    Territory.objects.bulk_create([Territory(bank=bank, department=code) for code in manifest.departments])
    return bank


def _parent(manifest: Manifest) -> FoodBank | None:
    said = manifest.bank["parent"]
    if said is None:
        return None
    parent = (
        FoodBank.objects.filter(pk=said["id"]).first() or FoodBank.objects.filter(slug=said["slug"]).first()
    )
    if parent is None:
        raise DomainError(
            _("Its parent bank “%(name)s” is not here: restore that one first."),
            code="parent_missing",
            params={"name": said["slug"]},
        )
    return parent


def _load_files(bundle: BundleReader, bank_id: UUID, put: list[str], tell: progress.Tell) -> None:
    """Bring the files back, all of them checked before the first; ``put`` names those that were missing."""
    files, here = bundle.manifest.files, set(files_of(bank_id))
    for each in files:
        bundle.check(f"files/{each.name}", digest=each.digest)
    for number, each in enumerate(files):
        tell(progress.FILES, number, len(files))
        name = f"{ROOT}/{bank_id}/{each.name}"
        with bundle.whole(f"files/{each.name}", digest=each.digest) as content:
            if name not in here:
                put.append(name)
            restore_file(bank_id, name, File(content))


def _load_tables(bundle: BundleReader, schema: str, tell: progress.Tell) -> None:
    """Load every table while the triggers sleep, check all constraints, wake the triggers, compare.

    Raises:
        BundleBroken: a table is missing, or does not hold what the export says.
    """
    here, copies = {table.name: table for table in tables_of(schema)}, bundle.manifest.tables
    if {name: set(table.columns) for name, table in here.items()} != {
        copy.name: set(copy.columns) for copy in copies
    } or not set(bundle.manifest.sequences) <= set(tables.sequences_of(schema)):
        raise BundleBroken(_("This file is not a whole export of a bank."))
    each = [table.identifier for table in here.values()]
    tables.run(*(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name) for name in each))
    tables.run(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(each)))
    for number, copy in enumerate(copies):
        tell(progress.LOADING, number, len(copies))
        pieces = bundle.chunks(f"tables/{copy.name}.csv", digest=copy.digest)
        tables.loaded(here[copy.name], copy.columns, pieces)
    tables.run("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
    tables.run(*(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name) for name in each))
    tables.sequences_set(schema, bundle.manifest.sequences)
    for number, copy in enumerate(copies):
        tell(progress.CHECKING, number, len(copies))
        _require_same(here[copy.name], copy)


def _require_same(table: Table, copy: TableCopy) -> None:
    if tables.digest_of(table, copy.columns) != (copy.rows, copy.digest):
        raise BundleBroken(_("What was loaded is not what the export holds."))


def _load_shared(bundle: BundleReader, bank_id: UUID) -> None:
    """Bring back the bank's national figures, and what its outbox had still to do."""
    known = {table.name: table for table in tables_of("public")}
    copies = {copy.name: copy for copy in bundle.manifest.public}
    for name in (*FIGURES, PENDING):
        copy = copies[name]
        mine = sql.SQL("DELETE FROM {} WHERE bank_id = {}").format(
            sql.Identifier("public", name), sql.Literal(str(bank_id))
        )
        waiting = sql.SQL("CREATE TEMPORARY TABLE arriving (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP")
        tables.run(mine, waiting.format(known[name].identifier))
        arriving = Table("pg_temp", "arriving", copy.columns, ("id",))
        tables.loaded(arriving, copy.columns, bundle.chunks(f"public/{name}.csv", digest=copy.digest))
        _require_of_this_bank(bank_id, name)
        columns = tables.names(column for column in copy.columns if column != "id")
        undone = sql.SQL("WHERE done_at IS NULL" if name == PENDING else "")
        tables.run(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM pg_temp.arriving {} ORDER BY id").format(
                known[name].identifier, columns, columns, undone
            ),
            "DROP TABLE pg_temp.arriving",
        )


def _require_of_this_bank(bank_id: UUID, name: str) -> None:
    """Refuse arriving rows of a shared table that name another bank, or work that nobody wired.

    Raises:
        BundleBroken: with the table, or the work.
    """
    others = sql.SQL("SELECT count(*) FROM pg_temp.arriving WHERE bank_id IS DISTINCT FROM {}")
    if next(tables.rows_of(others.format(sql.Literal(str(bank_id)))))[0]:
        raise BundleBroken(
            _("This export holds rows of another bank, in %(table)s."),
            code="bundle_of_another_bank",
            params={"table": name},
        )
    if name == PENDING:
        require_wired(
            tables.rows_of("SELECT fact, handler, payload::text FROM pg_temp.arriving WHERE done_at IS NULL")
        )


def _rename_files(bank: FoodBank, manifest: Manifest) -> None:
    """Point a copy's rows at its own files: names begin with the number of their bank."""
    tables.run(
        sql.SQL("UPDATE {} SET storage_name = replace(storage_name, {}, {})").format(
            sql.Identifier(bank.schema_name, StoredFile._meta.db_table),
            sql.Literal(f"{ROOT}/{manifest.bank['id']}/"),
            sql.Literal(f"{ROOT}/{bank.pk}/"),
        )
    )


def _require_sound_books(bank: FoodBank) -> None:
    """Recompute every balance from its movements, before anything is committed.

    Raises:
        LedgerDiffers: a balance is not what its movements say.
    """
    with owning(bank.schema_name):
        wrong: list[Any] = list(ledger_verify())
    if wrong:
        raise LedgerDiffers(
            ngettext_lazy(
                "The books of this export do not add up: %(count)s difference, in lot %(lot)s.",
                "The books of this export do not add up: %(count)s differences, the first in lot %(lot)s.",
                len(wrong),
            ),
            params={"count": len(wrong), "lot": wrong[0].lot_number},
        )
