"""A person's name leaves the histories and the working papers of every bank; what the person did stays.

Histories are append-only for everybody but the owner of the tables, so this runs with the owner's login. What
the law has a bank prove keeps its names: see ``KEPT``.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from apps.delivery.models import DeliveryNote, PickingList
from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import DomainError
from apps.kernel.models import AuditEntry, Job
from apps.kernel.scope import OWNER_DATABASE
from apps.offers.models import Offer
from apps.orders.models import Order
from apps.recalls.models import RecallCase, RecallMatch, RecallReach
from apps.receiving.models import GoodsReceipt
from apps.rounds.models import Round, Stop
from apps.stock.models import CountEntry, CountSheet, Inspection, Movement
from tenants.accounts.models import HatEvent, Invitation, InvitationEvent, Membership, User
from tenants.accounts.signing_in.models import SignInEvent
from tenants.crossing import Purpose, in_owner
from tenants.federation.alerts.models import NoticeRecord, RecallNotice
from tenants.isolation.schemas import schema_exists
from tenants.network.models import RoutingActor, RoutingPolicy
from tenants.registry.models import BankEvent, BankStep, ErasureProof, FoodBank
from tenants.registry.services import event_write

WORKING: Final[tuple[tuple[Any, str], ...]] = (
    (Order, "placed_by"),
    (Offer, "answered_by"),
    (Stop, "done_by"),
    (PickingList, "picked_by"),
)
"""Working papers that say who did something: the name goes, where the history knows it for the person's."""
NUMBERED: Final[tuple[tuple[Any, str, str], ...]] = (
    (Round, "driver_id", "driver_label"),
    (Job, "asked_by_id", "asked_by_label"),
)
"""Rows of a bank that hold a person's number beside the name."""
SHARED: Final[tuple[tuple[Any, str, str], ...]] = (
    (HatEvent, "actor_id", "actor_label"),
    (SignInEvent, "actor_id", "actor_label"),
    (Invitation, "invited_by_id", "invited_by_label"),
    (InvitationEvent, "actor_id", "actor_label"),
    (BankStep, "actor_id", "actor_label"),
    (RoutingPolicy, "actor_id", "actor_label"),
    (RoutingActor, "actor_id", "actor_label"),
)
"""Shared rows that hold it too."""
KEPT: Final[dict[tuple[Any, str], str]] = {
    (
        Movement,
        "actor_label",
    ): "the ledger: who moved food belongs to its traceability",
    (
        GoodsReceipt,
        "received_by",
    ): "who controlled goods at the dock: proof of the hygiene plan",
    (Inspection, "inspector_label"): "who let food leave past best before: proof of the hygiene plan",
    (CountSheet, "opened_by_label"): "who asked for a count answers for it, as the ledger does",
    (CountSheet, "closed_by_label"): "who closed a count answers for it, as the ledger does",
    (CountEntry, "counted_by_label"): "who counted: the movement of the ledger names the same person",
    (CountEntry, "decided_by_label"): "who approved a difference: the ledger is right by this word",
    (RecallCase, "told_by"): "who warned of dangerous food: the report of the recall proves it",
    (RecallCase, "opened_by"): "who opened a recall: its report proves it",
    (RecallCase, "closed_by"): "who closed a recall: its report proves it",
    (RecallMatch, "decided_by"): "who decided about a lot of a recall: its report proves it",
    (RecallReach, "answered_by"): "who answered for a partner: the report of the recall proves it",
    (NoticeRecord, "settled_by"): "who read a notice that the software could not: proof for every bank",
    (RecallNotice, "published_by"): "who published a national recall: proof for every bank",
    (DeliveryNote, "handed_over_by"): "a signature on an issued paper, which never changes",
    (DeliveryNote, "received_by"): "a signature on an issued paper, which never changes",
    (BankEvent, "actor_label"): "who opened, closed or erased a bank answers for it",
    (ErasureProof, "actor_label"): "part of the statement whose digest proves the erasure",
}
"""Names that stay as long as their document is kept, and why."""


NAME_FORGOTTEN: Final = "name_forgotten"
"""What the history of a bank calls it."""


class _Told(NamedTuple):
    """A value of the history that is a name, beside the number of who has it."""

    number: str
    name: str


_TOLD: Final = (_Told("driver_id", "driver_label"),)

_NAMES: Final = "SELECT DISTINCT actor_label FROM {} WHERE actor_id = %(person)s AND actor_label <> ''"
_DONE: Final = """
UPDATE {table} SET {name} = '' WHERE {name} = ANY (%(names)s) AND id::text IN (
    SELECT record_id FROM {history} WHERE record_kind = %(kind)s AND actor_id = %(person)s
)
"""
_HELD: Final = "UPDATE {table} SET {name} = '' WHERE {number} = %(person)s AND {name} <> ''"
_SAID: Final = """
UPDATE {history} SET changes = jsonb_set(changes, ARRAY[%(name)s, %(place)s], '""')
WHERE changes #>> ARRAY[%(number)s, %(place)s] = %(person)s::text
  AND changes #>> ARRAY[%(name)s, %(place)s] <> ''
"""


class StillWorks(DomainError):
    """The person has a role: their next act would write the name again."""

    code = "still_works"

    def __init__(self) -> None:
        super().__init__(_("This person still has a role. End it first: each act writes the name again."))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How often a name stood in one bank (``None``: in the shared tables): in the history, and elsewhere."""

    bank: FoodBank | None
    lines: int
    papers: int

    @property
    def is_something(self) -> bool:
        """Tell whether the name stood there at all."""
        return bool(self.lines or self.papers)


def name_forgotten(actor: Actor, *, person_id: UUID, rehearse: bool = False) -> list[Forgotten]:
    """Take a person's name from every bank, and tell each bank's history; returns where it stood.

    A rehearsal does all of it and takes it back: it answers the same and changes nothing.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        StillWorks: the person holds a role somewhere.
        NoOwner: this process was not given the owner's login.
    """
    require(verbs("forget", when=actor.is_any(Role.OPERATOR)), "forget")
    with in_owner(Purpose.PROVISIONING), transaction.atomic(using=OWNER_DATABASE):
        _require_gone(person_id)
        shared = sum(_held("public", model, number, name, person_id) for model, number, name in SHARED)
        SignInEvent.objects.filter(user_id=person_id).update(changes={})
        banks = [bank for bank in FoodBank.objects.order_by("pk") if schema_exists(bank.schema_name)]
        found = [Forgotten(None, lines=0, papers=shared), *(_forgotten(bank, person_id) for bank in banks)]
        stood = [each for each in found if each.is_something]
        for each in stood:
            _tell(actor, each, person_id)
        transaction.set_rollback(rehearse, using=OWNER_DATABASE)
    return stood


def _require_gone(person_id: UUID) -> None:
    works = Membership.objects.filter(user_id=person_id, ended_at=None).exists()
    if works or User.objects.filter(pk=person_id, is_staff=True).exists():
        raise StillWorks


def _tell(actor: Actor, stood: Forgotten, person_id: UUID) -> None:
    """Tell in the history of a bank that a name left it; the person is told by number alone."""
    if stood.bank is not None:
        facts = {"person": str(person_id), "lines": stood.lines, "papers": stood.papers}
        event_write(actor, bank=stood.bank, action=NAME_FORGOTTEN, facts=facts)


def _forgotten(bank: FoodBank, person_id: UUID) -> Forgotten:
    """Take a person's name from one bank; the working papers first, which the history leads to."""
    schema, papers = bank.schema_name, 0
    history = sql.Identifier(schema, AuditEntry._meta.db_table)
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(sql.SQL(_NAMES).format(history), {"person": person_id})
        names = [name for (name,) in cursor.fetchall()]
        for model, name in WORKING:
            done = sql.SQL(_DONE).format(
                table=_table(schema, model), name=sql.Identifier(name), history=history
            )
            values = {"names": names, "kind": model._meta.label_lower, "person": person_id}
            cursor.execute(done, values)
            papers += int(cursor.rowcount)
    for model, number, name in NUMBERED:
        papers += _held(schema, model, number, name, person_id)
    lines = _unsaid(history, person_id)
    lines += _held(schema, AuditEntry, "actor_id", "actor_label", person_id)
    return Forgotten(bank, lines=lines, papers=papers)


def _unsaid(history: sql.Identifier, person_id: UUID) -> int:
    """Take a name out of the values that a history tells, before and after; return how often it was told."""
    told = 0
    with connections[OWNER_DATABASE].cursor() as cursor:
        for said in _TOLD:
            for place in ("0", "1"):
                values = {**said._asdict(), "place": place, "person": person_id}
                cursor.execute(sql.SQL(_SAID).format(history=history), values)
                told += int(cursor.rowcount)
    return told


def _held(schema: str, model: Any, number: str, name: str, person_id: UUID) -> int:
    columns = {"number": sql.Identifier(number), "name": sql.Identifier(name)}
    statement = sql.SQL(_HELD).format(table=_table(schema, model), **columns)
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute(statement, {"person": person_id})
        return int(cursor.rowcount)


def _table(schema: str, model: Any) -> sql.Identifier:
    return sql.Identifier(schema, model._meta.db_table)
