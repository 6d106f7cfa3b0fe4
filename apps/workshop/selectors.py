"""Reads of the workshop: batches, what they took and gave, and what may still be used."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.kernel import clock
from apps.stock.models import Balance
from apps.stock.selectors import reservable
from apps.workshop.models import BatchLine, ProductionBatch
from apps.workshop.states import BatchStatus, LineRole


@dataclass(frozen=True, slots=True)
class Sum3:
    """Grams of a batch: taken, made, lost."""

    taken: int
    made: int
    lost: int

    @property
    def open_grams(self) -> int:
        """What was taken and has not come out yet."""
        return self.taken - self.made - self.lost


def standing() -> QuerySet[BatchLine]:
    """Return the lines whose movement was not reversed."""
    return BatchLine.objects.filter(movement__reversed_by=None)


def _grams(role: LineRole) -> Coalesce:
    lines = standing().filter(batch=OuterRef("pk"), role=role).order_by().values("batch")
    return Coalesce(Subquery(lines.annotate(total=Sum("movement__grams")).values("total")), 0)


def batches_listed() -> QuerySet[ProductionBatch]:
    """Return the batches with their site and what they took, made and lost (grams)."""
    return ProductionBatch.objects.select_related("site", "family", "product").annotate(
        taken_grams=_grams(LineRole.INPUT),
        made_grams=_grams(LineRole.OUTPUT),
        lost_grams=_grams(LineRole.LOSS),
    )


def lines_of(batch: ProductionBatch) -> QuerySet[BatchLine]:
    """Return the standing lines of a batch, in the order they were written."""
    found = standing().filter(batch=batch)
    return found.select_related(
        "lot__family", "lot__product", "movement__source__location", "movement__destination__location"
    ).order_by("movement_id")


def grams_of(batch: ProductionBatch) -> Sum3:
    """Return what a batch took, made and lost."""
    rows = (
        standing().filter(batch=batch).order_by().values_list("role").annotate(total=Sum("movement__grams"))
    )
    found = dict(rows)
    return Sum3(found.get(LineRole.INPUT, 0), found.get(LineRole.OUTPUT, 0), found.get(LineRole.LOSS, 0))


def usable_at(batch: ProductionBatch) -> QuerySet[Balance]:
    """Return the free goods of the batch's site that may still be used, first expired first."""
    free = reservable(for_day=clock.today(), accepts_past_best_before=True, excluded_sources=frozenset())
    return free.filter(account__location__site=batch.site_id).select_related(
        "account__lot", "account__location"
    )


def open_counts() -> dict[str, int]:
    """Return how many batches are open, and how many of them since before today (one query)."""
    return ProductionBatch.objects.filter(status=BatchStatus.OPEN).aggregate(
        waiting=Count("pk"), late=Count("pk", filter=Q(started_on__lt=clock.today()))
    )


def counts_by_status() -> dict[str, int]:
    """Return how many batches there are in each state."""
    rows = ProductionBatch.objects.order_by().values_list("status").annotate(count=Count("pk"))
    return dict(rows)
