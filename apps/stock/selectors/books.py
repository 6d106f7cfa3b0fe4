"""Where a lot came from and went."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet, Sum

from apps.kernel.errors import Text
from apps.kernel.folding import by_words
from apps.stock.models import Balance, Lot, Movement
from apps.stock.states import AccountKind, MovementKind


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of a lot's account: what came in (above zero) or went out (below zero)."""

    kind: str
    label: Text
    grams: int


@dataclass(frozen=True, slots=True)
class Step:
    """One way goods of a lot came or went that still stands: who, on what paper, when, how much."""

    kind: str
    label: Text
    party_label: str
    document_number: str
    transfer_line_id: UUID | None
    day: dt.date
    grams: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a lot came from and where it went; ``inside_grams`` is what is still here."""

    lot: Lot
    came: list[Step]
    went: list[Step]
    inside_grams: int

    @property
    def partners(self) -> list[str]:
        """Names of the partners who hold goods of the lot, once each."""
        named = {step.party_label for step in self.went if step.kind == MovementKind.DELIVER}
        return sorted(named, key=by_words)


COMES = frozenset({MovementKind.RECEIVE, MovementKind.ARRIVE, MovementKind.PRODUCE, MovementKind.RETURN})
GOES = frozenset({MovementKind.DELIVER, MovementKind.SHIP, MovementKind.LOSE, MovementKind.TRANSFORM})


def movements_of(lot: Lot) -> QuerySet[Movement]:
    """Return the movements of a lot, newest first."""
    return lot.movements.select_related(
        "source__location__site", "destination__location__site", "reversed_by"
    ).order_by("-id")


def movements_journal() -> QuerySet[Movement]:
    """Return every movement with what the journal shows of it, newest first."""
    return Movement.objects.select_related(
        "lot__family", "source__location__site", "destination__location__site", "reversed_by"
    ).order_by("-id")


def trace_of(lot: Lot) -> Trace:
    """Return who gave a lot and who got it; movements that were reversed are left out."""
    standing = lot.movements.filter(kind__in=COMES | GOES, reversed_by=None).order_by("id")
    steps = [_step(movement) for movement in standing]
    inside = Balance.objects.filter(account__lot=lot, is_inside=True).aggregate(grams=Sum("grams", default=0))
    return Trace(
        lot=lot,
        came=[step for step in steps if step.kind in COMES],
        went=[step for step in steps if step.kind in GOES],
        inside_grams=inside["grams"],
    )


def _step(movement: Movement) -> Step:
    return Step(
        kind=movement.kind,
        label=movement.get_kind_display(),
        party_label=movement.party_label,
        document_number=movement.document_number,
        transfer_line_id=movement.transfer_line_id,
        day=movement.occurred_on,
        grams=movement.grams,
    )


def lot_explained(lot: Lot) -> list[Explained]:
    """Return what came into a lot and what went out, by kind; the lines add up to what is inside."""
    outside = Balance.objects.filter(account__lot=lot, is_inside=False).order_by()
    rows = outside.values_list("account__kind").annotate(total=Sum("grams"))
    found = {kind: -total for kind, total in rows if total}
    return [
        Explained(kind.value, kind.label, found[kind.value]) for kind in AccountKind if kind.value in found
    ]
