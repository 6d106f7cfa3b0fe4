"""Removing a bank for good, and proving it.

From the archive only, after the wait that the settings say. The schema, the role with its rights, every
shared row outside ``belongings.KEPT``, the sessions and the state of the register go in one transaction.
Files and exports go last in it, when nothing in the database is left that could refuse; going twice harms
nothing. What was counted first is written down first.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.display import day
from apps.kernel.errors import DomainError, refusal_in
from apps.kernel.scope import OWNER_DATABASE
from tenants.accounts.models import User
from tenants.crossing import Purpose, in_owner
from tenants.isolation.cache import forget_entries_of
from tenants.isolation.files import delete_files_of, files_of
from tenants.isolation.replay import Patience, patiently
from tenants.isolation.rights import role_name
from tenants.isolation.schemas import drop_schema, schema_exists
from tenants.network.models import RoutingStep, Surplus, SurplusRequest
from tenants.registry import belongings, progress, tables
from tenants.registry.exports import export_names, exports_forget
from tenants.registry.farewell import (
    people_leaving,
    people_made_nameless,
    people_staying,
    people_still_named,
)
from tenants.registry.locks import BankBusy, bank_lock
from tenants.registry.models import BankStep, ErasureProof, FoodBank
from tenants.registry.services import move
from tenants.registry.states import UNFINISHED, BankStatus

BLANK: Final = {
    "siret": "", "address": "", "postcode": "", "city": "", "email": "", "phone": "",
    "latitude": None, "longitude": None,
}  # fmt: skip
"""What the tombstone in the register no longer says."""
READERS: Final = Patience(attempts=8)
"""How often the schema is tried to be dropped; each time ends with the connection's ``lock_timeout``."""


class NotErasedYet(DomainError):
    """This bank may not be erased now."""

    code = "erasure_too_early"


def require_erasable(bank: FoodBank, *, now: bool = False, reason: str = "") -> None:
    """Refuse to erase a bank that is not archived, or not yet long enough; ``now`` needs a reason instead.

    Raises:
        NotErasedYet: with the day from which it may be erased.
    """
    if bank.status != BankStatus.ARCHIVED:
        raise NotErasedYet(_("Only an archived bank can be erased."), code="not_archived")
    if now and reason:
        return
    if now:
        raise NotErasedYet(_("Say why this bank is erased before its time."), code="reason_missing")
    due = erasable_from(bank)
    if clock.now() < due:
        raise NotErasedYet(_("This bank may be erased from %(day)s."), params={"day": day(clock.day_of(due))})


def erasable_from(bank: FoodBank) -> dt.datetime:
    """Return the instant from which an archived bank may be erased."""
    return bank.status_since + dt.timedelta(days=settings.ERASURE_WAIT_DAYS)


def bank_erase(
    actor: Actor,
    *,
    bank: FoodBank,
    now: bool = False,
    reason: str = "",
    manifest: Mapping[str, Any] | None = None,
    tell: progress.Tell = progress.silent,
) -> ErasureProof:
    """Remove a bank for good and return the proof; for one that is erased, return the proof it has.

    ``manifest`` is what :func:`manifest_of` counted before an interruption.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        NotErasedYet: not archived, or not for long enough.
        BankBusy: somebody else works on its space, or reads it without end; nothing was removed.
    """
    require(verbs("erase", when=actor.is_any(Role.OPERATOR)), "erase")
    with in_owner(Purpose.PROVISIONING), bank_lock(bank.pk):
        bank = FoodBank.objects.prefetch_related("domains").get(pk=bank.pk)
        if bank.status == BankStatus.ERASED:
            return ErasureProof.objects.get(bank_id=bank.pk)
        require_erasable(bank, now=now, reason=reason)
        counted = dict(manifest or manifest_of(bank))
        tell(progress.REMOVING, 0, 1)
        forget_entries_of(bank.pk)
        sessions = [session.pk for session in _sessions_of(bank.pk)]
        with transaction.atomic(using=OWNER_DATABASE):
            Session.objects.filter(pk__in=sessions).delete()
            proof = _removed(actor, bank, counted, reason, tell)
        forget_entries_of(bank.pk)
    return proof


def manifest_of(bank: FoodBank) -> dict[str, Any]:
    """Count what an erasure removes, as the owner: rows of each table, files, sessions, role, people."""
    own = {}
    for table in tables.tables_of(bank.schema_name):
        query = sql.SQL("SELECT count(*) FROM {}").format(table.identifier)
        own[table.name] = next(tables.rows_of(query))[0]
    counted = belongings.counts(bank.pk)
    return {
        "hosts": sorted(domain.domain for domain in bank.domains.all()),
        "schema": bank.schema_name,
        "role": role_name(bank.schema_name),
        "tables": own,
        "shared": {name: number for name, number in counted.items() if name not in belongings.KEPT},
        "files": sum(1 for _name in files_of(bank.pk)),
        "exports": len(export_names(bank.pk)),
        "sessions": sum(1 for _session in _sessions_of(bank.pk)),
        "people": people_leaving(bank.pk).count(),
    }


def statement_of(proof: ErasureProof) -> str:
    """Return the statement whose SHA-256 the proof carries, always the same for the same proof."""
    said = {
        "bank": str(proof.bank_id),
        "name": proof.name,
        "host": proof.host,
        "erased_at": proof.erased_at.astimezone(dt.UTC).isoformat(),
        "by": proof.actor_label,
        "reason": proof.reason,
        "removed": proof.removed,
        "kept": proof.kept,
        "checks": proof.checks,
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)


def digest_of(proof: ErasureProof) -> str:
    """Return the SHA-256 of a proof's statement."""
    return sha256(statement_of(proof).encode()).hexdigest()


def _removed(
    actor: Actor, bank: FoodBank, counted: dict[str, Any], reason: str, tell: progress.Tell
) -> ErasureProof:
    """Remove everything that the database holds, look for what is left, and write the proof."""
    host, name, role_number = bank.host, bank.name, _role_number(bank)
    hosts = tuple(counted["hosts"])
    _drop_patiently(bank.schema_name)
    _papers_blanked(bank)
    BankStep.objects.filter(bank_id=bank.pk).exclude(state__in=UNFINISHED).delete()
    staying, nameless = people_staying(bank.pk).count(), people_made_nameless(bank.pk)
    belongings.removed_rows(bank.pk)
    tell(progress.LOOKING, 0, 1)
    checks = {**checks_of(bank, hosts, role_number), "people": people_still_named(nameless)}
    _require_nothing_left(checks)
    kept = Counter(belongings.counts(bank.pk)) + Counter(belongings.named_by_others(bank, hosts))
    kept += Counter({User._meta.db_table: staying})
    move(actor, bank=bank, to=BankStatus.ERASED, reason=reason)
    FoodBank.objects.filter(pk=bank.pk).update(
        name=bank.pk.hex[-8:],
        slug=f"erased-{bank.pk.hex[-12:]}",
        schema_name=f"erased_{bank.pk.hex}",
        **BLANK,
    )
    tables.run("SET CONSTRAINTS ALL IMMEDIATE")  # the commit refuses nothing after the files are gone
    checks["files"] = _files_removed(bank.pk)
    _require_nothing_left(checks)
    proof = ErasureProof(
        bank_id=bank.pk,
        name=name,
        host=host,
        actor_label=actor.label[:200],
        reason=reason[:500],
        removed=counted,
        kept=dict(kept),
        checks=checks,
    )
    proof.digest = digest_of(proof)
    proof.save(force_insert=True)
    return proof


def _papers_blanked(bank: FoodBank) -> None:
    """Take out of the papers that stay what was written about the bank or by it, and its name."""
    RoutingStep.objects.filter(bank_id=bank.pk).update(reason={})
    asked = SurplusRequest.objects.all()
    Surplus.objects.filter(bank_id=bank.pk).update(bank_label=bank.pk.hex[-8:], comment="")
    asked.filter(bank_id=bank.pk).update(bank_label=bank.pk.hex[-8:], comment="")
    asked.filter(surplus__bank_id=bank.pk).update(answer="")


def checks_of(bank: FoodBank, hosts: tuple[str, ...], role_number: int) -> dict[str, Any]:
    """Look for what an erasure leaves in the database, as the owner: every answer is zero or empty."""
    asked = {
        "roles": "SELECT count(*) FROM pg_roles WHERE oid = %s",
        "default_privileges": (
            "SELECT count(*) FROM pg_default_acl AS d, aclexplode(d.defaclacl) AS a WHERE a.grantee = %s"
        ),
        "rights": "SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE a.grantee = %s",
    }
    return {
        "schemas": int(schema_exists(bank.schema_name)),
        **{name: next(tables.rows_of(query, [role_number]))[0] for name, query in asked.items()},
        "rows_naming_it": belongings.left(bank.pk, hosts),
        "sessions": sum(1 for _session in _sessions_of(bank.pk)),
    }


def _drop_patiently(schema: str) -> None:
    """Drop a schema; who still reads it is waited for.

    Raises:
        BankBusy: it was being read all the time.
    """
    try:
        patiently(partial(drop_schema, schema), READERS)
    except OperationalError as error:
        if refusal_in(error) is None:
            raise
        raise BankBusy from error


def _files_removed(bank_id: UUID) -> int:
    """Remove the files and exports of a bank; returns how many are left."""
    delete_files_of(bank_id)
    exports_forget(bank_id)
    return sum(1 for _name in files_of(bank_id)) + len(export_names(bank_id))


def _require_nothing_left(checks: Mapping[str, Any]) -> None:
    if any(checks.values()):
        raise LookupError(f"left after the erasure: {checks}")


def _role_number(bank: FoodBank) -> int:
    """Return the number of a bank's role in the catalogue, zero where there is none."""
    found = tables.rows_of("SELECT oid FROM pg_roles WHERE rolname = %s", [role_name(bank.schema_name)])
    return next((number for (number,) in found), 0)


def _sessions_of(bank_id: UUID) -> Iterator[Session]:
    """Yield the sessions that were opened on a bank's host."""
    for session in Session.objects.iterator(chunk_size=1_000):
        if session.get_decoded().get("space") == str(bank_id):
            yield session
