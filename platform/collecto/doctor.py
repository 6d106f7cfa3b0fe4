"""Is this installation in order? Asked by ``collecto doctor`` and by the commands that check the books."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from smtplib import SMTPResponseException

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from kombu import Connection
from kombu.exceptions import OperationalError

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.kernel.quantity import format_kg
from apps.stock.models import Lot
from apps.stock.selectors import Held, Turnover, balances_of, lot_turnover
from collecto.migrate import pending, pending_public
from tenants.crossing import NoOwner, Purpose, each_tenant, in_owner, in_platform, in_tenant
from tenants.federation.alerts.selectors import source_state
from tenants.federation.books import books_verify
from tenants.federation.models import BooksCheck
from tenants.federation.services import reconcile, strays_found
from tenants.isolation.references import orphans
from tenants.isolation.schemas import schema_exists
from tenants.isolation.startup import UnsafeDatabase, refuse_unsafe
from tenants.outbox.models import OutboxMessage
from tenants.outbox.selectors import parked_rows
from tenants.registry.models import FoodBank

KNOCK_SECONDS = 5
"""How long the mail server may take to answer."""
UNSENT = ("console", "dummy", "filebased", "locmem")
"""Django's ways of mail that keep the letters here."""
LATE = dt.timedelta(minutes=10)
STALE = dt.timedelta(days=3)
"""How old the last proof of a bank's books may be; they are proved every night."""


UNREAD = dt.timedelta(hours=3)
"""The public notices are read every hour; longer than that without a whole reading is a fault."""
NOT_LOOKED_AT = "not looked at: this process was not given the owner's login"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, whether it is fine, and a sentence."""

    subject: str
    is_fine: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class LotAccount:
    """A lot of a bank: what its movements add up to, and what the balances say."""

    bank_slug: str
    bank_name: str
    lot: Lot
    turnover: list[Turnover]
    held: list[Held]

    @property
    def in_grams(self) -> int:
        """Everything that ever came in."""
        return sum(line.in_grams for line in self.turnover)

    @property
    def out_grams(self) -> int:
        """Everything that ever went out."""
        return sum(line.out_grams for line in self.turnover)

    @property
    def balance_grams(self) -> int:
        """What the balances say is in the bank, free and reserved."""
        return sum(place.grams for place in self.held)


def findings() -> list[Finding]:
    """Look at the database, the migrations, the banks' spaces, the outbox, the broker and the mail server."""
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


def ledger_differences(slug: str = "") -> list[str]:
    """Prove the books of one bank, or of all; return every difference, one sentence each.

    Balances against movements, open orders against what is reserved for them, goods on the road against
    both ledgers and the documents, national figures against the ledger.

    Raises:
        LookupError: no bank at work has that sub-domain.
        ExceptionGroup: some banks could not be looked at.
    """
    if slug:
        return [str(wrong) for wrong in books_verify(_bank_at_work(slug), Purpose.COMMAND)]
    visited = each_tenant(Purpose.COMMAND, partial(books_verify, purpose=Purpose.COMMAND))
    unknown = [str(wrong) for wrong in strays_found()]
    return [str(wrong) for _bank, found in visited for wrong in found] + unknown


def lots_numbered(number: str, slug: str = "") -> list[LotAccount]:
    """Return the account of the lot of that number in one bank, or in every bank that has one.

    Raises:
        LookupError: no bank at work has that sub-domain.
    """
    if slug:
        bank = _bank_at_work(slug)
        with in_tenant(bank, Purpose.COMMAND):
            found = _explained(bank, number)
        return [found] if found else []
    visited = each_tenant(Purpose.COMMAND, partial(_explained, number=number))
    return [account for _bank, account in visited if account]


def _explained(bank: FoodBank, number: str) -> LotAccount | None:
    lot = Lot.objects.filter(number=number).first()
    if lot is None:
        return None
    return LotAccount(bank.slug, bank.name, lot, lot_turnover(lot), balances_of(lot))


def _bank_at_work(slug: str) -> FoodBank:
    with in_platform(Purpose.COMMAND):
        bank = FoodBank.objects.operating().filter(slug=slug).first()
    if bank is None:
        raise LookupError(f"no bank at work has the sub-domain {slug!r}: see `collecto bank list`")
    return bank


def federation_differences() -> list[str]:
    """Return every national figure that the ledgers do not explain, one sentence each."""
    return [
        f"{wrong.bank_label} {wrong.day} {wrong.flow} {wrong.family}: ledger "
        f"{format_kg(wrong.ledger_grams)}, counted {format_kg(wrong.counted_grams)}"
        for wrong in reconcile(software("doctor"))
    ]


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


def _books() -> Finding:
    """Say what the last nightly proofs found; `collecto ledger verify` proves the books now."""
    with in_platform(Purpose.COMMAND):
        banks = dict(FoodBank.objects.operating().values_list("pk", "slug"))
        checks = [check for check in BooksCheck.objects.all() if check.bank_id in banks]
    wrong = sorted(banks[check.bank_id] for check in checks if check.difference_count)
    stale = sorted(banks[check.bank_id] for check in checks if check.checked_at < clock.now() - STALE)
    if wrong:
        sentence = f"{', '.join(wrong)} differ: run `collecto ledger verify`, see docs/ledger.md"
        return Finding("books", is_fine=False, sentence=sentence)
    if stale:
        return Finding("books", is_fine=False, sentence=f"not proved for days: {', '.join(stale)}")
    return Finding("books", is_fine=True, sentence=f"{len(checks)} of {len(banks)} banks proved, all right")


def _broker() -> Finding:
    if not settings.CELERY_BROKER_URL:
        return Finding("broker", is_fine=True, sentence="none: what happens later happens after the commit")
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except OperationalError:
        return Finding("broker", is_fine=False, sentence="does not answer; the sweep delivers every minute")
    return Finding("broker", is_fine=True, sentence="answers")


def _mail() -> Finding:
    """Open a conversation with the mail server, as a letter would, and send none."""
    way = settings.EMAIL_BACKEND
    if way.rpartition(".")[0] in {f"django.core.mail.backends.{name}" for name in UNSENT}:
        sentence = f"no letter leaves: EMAIL_BACKEND is {way}"
        return Finding("mail", is_fine=settings.DEMO, sentence=sentence)
    if not way.endswith("smtp.EmailBackend"):
        return Finding("mail", is_fine=True, sentence=f"not looked at: letters leave through {way}")
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection(timeout=KNOCK_SECONDS):
            pass
    except OSError as error:
        return Finding("mail", is_fine=False, sentence=f"{place} does not take our letters: {_said(error)}")
    login = " and our login" if settings.EMAIL_HOST_USER else ""
    return Finding("mail", is_fine=True, sentence=f"{place} takes our letters{login}")


def _said(error: OSError) -> str:
    """Return what a mail server, or the way to it, said on one line."""
    if isinstance(error, SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        return " ".join(f"{error.smtp_code} {text}".split())
    return " ".join(str(error).split()) or type(error).__name__


def _notices() -> Finding:
    """Tell whether the public notices of recalls were read lately; who switched them off knows."""
    if not settings.RAPPELCONSO_ON:
        return Finding("notices", is_fine=True, sentence="public notices of recalls are not read here")
    with in_platform(Purpose.COMMAND):
        state = source_state()
    since = f"{state.complete.started_at:%Y-%m-%d %H:%M} UTC" if state.complete else "never"
    fresh = state.complete and state.complete.started_at > dt.datetime.now(dt.UTC) - UNREAD
    trouble = f"; last trouble: {state.last.trouble}" if state.last and state.last.trouble else ""
    waiting = f"; {state.to_read} to read by a person" if state.to_read else ""
    return Finding("notices", is_fine=bool(fresh), sentence=f"read to the end: {since}{trouble}{waiting}")


LOOKS: tuple[Callable[[], Finding], ...] = (
    _database,
    _login,
    _migrations,
    _spaces,
    _references,
    _outbox,
    _books,
    _broker,
    _mail,
    _notices,
)
