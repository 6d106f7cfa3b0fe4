"""Reads of the network's recalls: how far each bank is, how the public source answers, what is to read."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from apps.kernel.errors import Text
from tenants.federation.alerts.models import NoticeReading, NoticeRecord, RecallNotice, RecallStatus
from tenants.federation.alerts.states import TO_READ, BankStanding
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A bank and how far it is with a recall; ``status`` is ``None`` while it has not been reached."""

    bank: FoodBank
    status: RecallStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How the public source answers: the last reading, the last complete one, what waits for a person."""

    last: NoticeReading | None
    complete: NoticeReading | None
    to_read: int

    @property
    def trouble(self) -> Text:
        """Why the last reading is not complete, in words; an empty text when it is, or goes on."""
        return self.last.get_trouble_display() if self.last and self.last.trouble else ""


def notices_listed() -> QuerySet[RecallNotice]:
    """Return the recalls of the network with how many banks found lots, have answered, and the weights."""
    found = ~Q(statuses__standing=BankStanding.NO_LOT) & Q(statuses__isnull=False)
    return RecallNotice.objects.annotate(
        reached_count=Count("statuses"),
        found_count=Count("statuses", filter=found),
        matched_grams=Sum("statuses__matched_grams", default=0),
        kept_grams=Sum("statuses__quarantined_grams", default=0),
    ).order_by("-published_on", "-created_at", "-id")


def bank_lines_of(notice: RecallNotice) -> list[BankLine]:
    """Return every bank at work with how far it is, by name (a constant number of queries)."""
    statuses = {status.bank_id: status for status in RecallStatus.objects.filter(notice=notice)}
    return [
        BankLine(bank=bank, status=statuses.get(bank.pk)) for bank in operating_banks() if bank.has_schema
    ]


def records_to_read() -> QuerySet[NoticeRecord]:
    """Return the records of the public source that wait for a person."""
    return NoticeRecord.objects.filter(state__in=TO_READ)


def source_state() -> SourceState:
    """Return how the public source answers (three queries)."""
    return SourceState(
        last=NoticeReading.objects.first(),
        complete=NoticeReading.objects.filter(is_complete=True).first(),
        to_read=records_to_read().count(),
    )
