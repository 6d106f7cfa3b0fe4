"""Reads about the members of the network."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from apps.kernel.folding import Fold, by_words
from tenants.federation.models import BooksCheck, Delta, Rollup
from tenants.outbox.models import OutboxMessage
from tenants.registry.models import BankStep, FoodBank
from tenants.registry.states import UNFINISHED, BankKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a bank does, as the operator sees it: last movement, what waits, what is set aside, its books."""

    last_activity: dt.date | None = None
    waiting_since: dt.datetime | None = None
    parked: int = 0
    books: BooksCheck | None = None
    step: BankStep | None = None


def operating_banks() -> QuerySet[FoodBank]:
    """Return banks and antennas at work, with their hosts and territories, by name."""
    return (
        FoodBank.objects.operating()
        .select_related("parent")
        .prefetch_related("domains", "territories")
        .order_by(Fold("name"))
    )


def all_banks() -> QuerySet[FoodBank]:
    """Return every member there ever was, with its parent and its hosts."""
    return FoodBank.objects.select_related("parent").prefetch_related("domains")


def standings(banks: Iterable[UUID] | None = None) -> dict[UUID, Standing]:
    """Return how banks do, all of them by default: six statements, whatever the number of banks."""
    wanted = Q() if banks is None else Q(bank_id__in=list(banks))
    outbox = _outbox(wanted)
    days = _last_days(Rollup.objects.filter(wanted)) | _last_days(Delta.objects.filter(wanted))
    steps = {step.bank_id: step for step in BankStep.objects.filter(wanted, state__in=UNFINISHED)}
    books = {check.bank_id: check for check in BooksCheck.objects.filter(wanted)}
    found = {}
    for bank_id in {*outbox, *days, *steps, *books}:
        since, parked = outbox.get(bank_id, (None, 0))
        found[bank_id] = Standing(
            last_activity=days.get(bank_id),
            waiting_since=since,
            parked=parked,
            books=books.get(bank_id),
            step=steps.get(bank_id),
        )
    return found


def _outbox(wanted: Q) -> dict[UUID, tuple[dt.datetime | None, int]]:
    """Return by bank since when its oldest work waits, and how much is set aside."""
    rows = (
        OutboxMessage.objects.filter(wanted, done_at=None, discarded_at=None, bank_id__isnull=False)
        .order_by()
        .values_list("bank_id")
        .annotate(
            since=Min("due_at", filter=Q(parked_at=None)), parked=Count("id", filter=~Q(parked_at=None))
        )
    )
    return {bank_id: (since, parked) for bank_id, since, parked in rows if bank_id}


def federation() -> FoodBank | None:
    """Return the federation, if the installation has one."""
    return FoodBank.objects.filter(kind=BankKind.FEDERATION).first()


def banks_serving(department: str) -> list[FoodBank]:
    """Return who serves a department, antennas before their parent, then by name."""
    banks = operating_banks().filter(territories__department=department)
    return sorted(banks, key=lambda bank: (bank.kind != BankKind.ANTENNA, by_words(bank.name)))


def _last_days(figures: QuerySet[Any]) -> dict[UUID, dt.date]:
    rows = figures.order_by().values("bank_id").annotate(last=Max("day"))
    return {row["bank_id"]: row["last"] for row in rows}
