"""Is this installation in order? Asked by ``collecto doctor`` and by the commands that check the books."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from kombu import Connection
from kombu.exceptions import OperationalError

from apps.kernel.abilities import software
from apps.kernel.quantity import format_kg
from apps.stock.selectors import ledger_verify
from collecto.migrate import pending, pending_public
from tenants.crossing import NoOwner, Purpose, each_tenant, in_owner, in_platform
from tenants.federation.services import reconcile
from tenants.isolation.references import orphans
from tenants.isolation.schemas import schema_exists
from tenants.isolation.startup import UnsafeDatabase, refuse_unsafe
from tenants.outbox.models import OutboxMessage
from tenants.outbox.selectors import parked_rows
from tenants.registry.models import FoodBank

LATE = dt.timedelta(minutes=10)
NOT_LOOKED_AT = "not looked at: this process was not given the owner's login"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, whether it is fine, and a sentence."""

    subject: str
    is_fine: bool
    sentence: str


def findings() -> list[Finding]:
    """Look at the database, the migrations, the banks' spaces, the outbox and the broker."""
    found = []
    for look in LOOKS:
        subject = look.__name__.strip("_")
        try:
            found.append(look())
        except NoOwner:
            found.append(Finding(subject, is_fine=True, sentence=NOT_LOOKED_AT))
        except (DatabaseError, ExceptionGroup) as error:
            found.append(Finding(subject, is_fine=False, sentence=str(error).splitlines()[0]))
            if look is _database:
                break
    return found


def ledger_differences() -> list[str]:
    """Return every balance of every bank that its movements do not explain, one sentence each."""
    return [
        f"{bank.name}: {wrong}" for bank, found in each_tenant(Purpose.COMMAND, _verified) for wrong in found
    ]


def federation_differences() -> list[str]:
    """Return every national figure that the ledgers do not explain, one sentence each."""
    return [
        f"{wrong.bank_label} {wrong.day} {wrong.flow} {wrong.family}: ledger "
        f"{format_kg(wrong.ledger_grams)}, counted {format_kg(wrong.counted_grams)}"
        for wrong in reconcile(software("doctor"))
    ]


def _verified(bank: FoodBank) -> list[object]:
    return list(ledger_verify())


def _database() -> Finding:
    with in_platform(Purpose.COMMAND), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        version = cursor.fetchone()[0]
    return Finding("database", is_fine=version >= 15, sentence=f"PostgreSQL {version} answers")


def _login() -> Finding:
    try:
        refuse_unsafe()
    except UnsafeDatabase as reasons:
        return Finding("login", is_fine=False, sentence="; ".join(str(reasons).splitlines()))
    return Finding("login", is_fine=True, sentence="owns nothing and may take the roles it needs")


def _migrations() -> Finding:
    shared = len(pending_public())
    behind = sum(len(group.banks) for group in pending())
    sentence = f"{shared} to apply, {behind} banks behind: run `collecto migrate`"
    fine = not shared and not behind
    return Finding("migrations", is_fine=fine, sentence="all applied, in every bank" if fine else sentence)


def _spaces() -> Finding:
    with in_owner(Purpose.COMMAND):
        banks = list(FoodBank.objects.operating())
        missing = [bank.slug for bank in banks if not schema_exists(bank.schema_name)]
    sentence = f"no schema for {', '.join(missing)}" if missing else f"{len(banks)} banks, each with its own"
    return Finding("spaces", is_fine=not missing, sentence=sentence)


def _references() -> Finding:
    lost = orphans()
    sentence = f"{len(lost)} lead nowhere; the first: {lost[0]}" if lost else "all lead to shared rows"
    return Finding("references", is_fine=not lost, sentence=sentence)


def _outbox() -> Finding:
    with in_platform(Purpose.COMMAND):
        waiting = OutboxMessage.objects.filter(done_at=None, parked_at=None)
        late = waiting.filter(due_at__lt=dt.datetime.now(dt.UTC) - LATE).count()
        parked = parked_rows().count()
    return Finding("outbox", is_fine=not late and not parked, sentence=f"{late} late, {parked} parked")


def _broker() -> Finding:
    if not settings.CELERY_BROKER_URL:
        return Finding("broker", is_fine=True, sentence="none: what happens later happens after the commit")
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except OperationalError:
        return Finding("broker", is_fine=False, sentence="does not answer; the sweep delivers every minute")
    return Finding("broker", is_fine=True, sentence="answers")


LOOKS: tuple[Callable[[], Finding], ...] = (
    _database,
    _login,
    _migrations,
    _spaces,
    _references,
    _outbox,
    _broker,
)
