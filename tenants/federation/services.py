"""Keeping the consolidated figures: folding them, and proving them against the ledgers."""

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from apps.impact.rules import Total
from apps.impact.selectors import Disagreement, disagreements
from apps.kernel.abilities import Actor, require
from tenants.crossing import Purpose, each_tenant, in_platform
from tenants.federation.abilities import abilities
from tenants.federation.selectors import strays
from tenants.registry.models import FoodBank

logger = logging.getLogger("collecto.federation")

BATCH: Final = 5_000
"""Deltas folded in one transaction: small enough to hold rollup rows for milliseconds."""

FOLD: Final = """
WITH batch AS MATERIALIZED (
    SELECT id FROM public.federation_delta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM public.federation_delta AS delta USING batch WHERE delta.id = batch.id
    RETURNING delta.*
), folded AS (
    INSERT INTO public.federation_rollup AS rollup (
        bank_id, day, site, family, source, flow, detail, is_food, is_fresh, is_organic, grams, cents, lines
    )
    SELECT bank_id, day, site, family, source, flow, detail, is_food, is_fresh, is_organic,
           sum(grams), sum(cents), sum(lines)
    FROM taken
    GROUP BY bank_id, day, site, family, source, flow, detail, is_food, is_fresh, is_organic
    ORDER BY bank_id, day, site, family, source, flow, detail, is_food, is_fresh, is_organic
    ON CONFLICT (bank_id, day, site, family, source, flow, detail, is_food, is_fresh, is_organic)
    DO UPDATE SET grams = rollup.grams + excluded.grams,
                  cents = rollup.cents + excluded.cents,
                  lines = rollup.lines + excluded.lines
)
SELECT count(*) FROM taken
"""
"""Two workers never take the same delta (no double count) and upsert in one order (no deadlock)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure that is not what a bank's ledger says."""

    bank_label: str
    day: dt.date
    flow: str
    family: str
    ledger_grams: int
    counted_grams: int
    ledger_cents: int
    counted_cents: int

    @property
    def grams(self) -> int:
        """Grams counted too many (too few when negative)."""
        return self.counted_grams - self.ledger_grams

    def __str__(self) -> str:
        return (
            f"{self.bank_label}, {self.day:%Y-%m-%d}, {self.flow}, {self.family}: "
            f"counted {self.counted_grams} g, ledger {self.ledger_grams} g, difference {self.grams:+d} g, "
            f"{self.counted_cents - self.ledger_cents:+d} cents"
        )


def fold(limit: int = BATCH) -> int:
    """Move up to ``limit`` deltas into the rollup and return how many were moved.

    One statement, one transaction: a reader sees each gram once, before or after, never twice.
    """
    with in_platform(Purpose.INDICATORS), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FOLD, [limit])
        return int(cursor.fetchone()[0])


def fold_all() -> int:
    """Fold batch after batch until nothing waits; return how many deltas were moved."""
    moved = 0
    while batch := fold():
        moved += batch
    return moved


def reconcile(actor: Actor) -> list[Difference]:
    """Recompute every figure from every bank's ledger and return those that differ.

    Each bank is compared inside its own scope, in one statement, while everybody works. Figures of a
    bank that the register does not know are differences too.

    Raises:
        Forbidden: only the federation, or the software.
    """
    require(abilities(actor), "reconcile")
    found = [
        difference_of(bank.name, disagreement)
        for bank, wrong in each_tenant(Purpose.INDICATORS, _visit)
        for disagreement in wrong
    ]
    found += strays_found()
    for difference in found:
        logger.error("a figure differs from its ledger: %s", difference)
    return found


def strays_found() -> list[Difference]:
    """Return the figures of banks that the register does not know: no ledger explains them."""
    with in_platform(Purpose.INDICATORS):
        return [_stray(total) for total in strays()]


def _visit(bank: FoodBank) -> list[Disagreement]:
    return disagreements()


def difference_of(bank_label: str, wrong: Disagreement) -> Difference:
    """Return a disagreement of a bank's figures as one of the network's."""
    return Difference(
        bank_label=bank_label,
        day=wrong.day,
        flow=wrong.flow,
        family=wrong.family,
        ledger_grams=wrong.ledger_grams,
        counted_grams=wrong.counted_grams,
        ledger_cents=wrong.ledger_cents,
        counted_cents=wrong.counted_cents,
    )


def _stray(total: Total) -> Difference:
    return Difference(
        bank_label=str(total.bank_id),
        day=total.day or dt.date.min,
        flow=total.flow,
        family="",
        ledger_grams=0,
        counted_grams=total.grams,
        ledger_cents=0,
        counted_cents=total.cents,
    )
