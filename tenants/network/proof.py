"""Whether what is on the road between two banks is what both ledgers and the documents say it is."""

from dataclasses import dataclass
from typing import Final, LiteralString
from uuid import UUID

from django.db import connection

from apps.kernel.scope import current_scope

LEGS: Final[LiteralString] = """
WITH moved AS (
    SELECT movement.transfer_line_id, CASE WHEN (giver.kind = 'transit') = (movement.reverses_id IS NULL)
               THEN 'in' ELSE 'out' END AS direction,
           sum(CASE WHEN movement.reverses_id IS NULL THEN movement.grams ELSE -movement.grams END)::bigint
               AS grams
    FROM stock_movement AS movement
    JOIN stock_account AS giver ON giver.id = movement.source_id
    JOIN stock_account AS taker ON taker.id = movement.destination_id
    WHERE movement.transfer_line_id IS NOT NULL AND 'transit' IN (giver.kind, taker.kind)
    GROUP BY 1, 2
), legs AS (
    SELECT transfer_line_id, direction::text, sum(grams)::bigint AS grams
    FROM public.network_transitleg WHERE bank_id = %(bank)s GROUP BY 1, 2
), lines AS (
    SELECT coalesce(moved.transfer_line_id, legs.transfer_line_id) AS id,
           coalesce(moved.direction, legs.direction) AS direction,
           coalesce(moved.grams, 0) AS moved, coalesce(legs.grams, 0) AS legs
    FROM moved FULL JOIN legs USING (transfer_line_id, direction)
)
SELECT coalesce(line.lot_number, lines.id::text), 'transit ' || lines.direction,
       lines.moved, 'this ledger', lines.legs, 'the road'
FROM lines LEFT JOIN public.network_transferline AS line ON line.id = lines.id
WHERE lines.moved <> lines.legs ORDER BY 1, 2
"""
DOCUMENTS: Final[LiteralString] = """
WITH legs AS (
    SELECT leg.transfer_line_id AS id,
           coalesce(sum(leg.grams) FILTER (WHERE leg.direction = 'out'), 0)::bigint AS gone,
           coalesce(sum(leg.grams) FILTER (WHERE leg.direction = 'in'), 0)::bigint AS arrived,
           coalesce(sum(abs(leg.grams)) FILTER (WHERE leg.bank_id <> CASE leg.direction
               WHEN 'out' THEN transfer.from_bank_id ELSE transfer.to_bank_id END), 0)::bigint AS strange
    FROM public.network_transitleg AS leg
    JOIN public.network_transferline AS line ON line.id = leg.transfer_line_id
    JOIN public.network_transfer AS transfer ON transfer.id = line.transfer_id
    GROUP BY leg.transfer_line_id
), said AS (
    SELECT line.lot_number, transfer.from_bank_id, transfer.to_bank_id, line.shipped_grams,
           line.received_grams + line.lost_grams AS ended_grams,
           coalesce(legs.gone, 0) AS gone, coalesce(legs.arrived, 0) AS arrived,
           coalesce(legs.strange, 0) AS strange
    FROM public.network_transferline AS line
    JOIN public.network_transfer AS transfer ON transfer.id = line.transfer_id
    LEFT JOIN legs ON legs.id = line.id
)
SELECT said.lot_number, wrong.account, wrong.one_grams, wrong.one, wrong.other_grams, wrong.other
FROM said CROSS JOIN LATERAL (VALUES
    ('transit out', said.gone, 'the road', said.shipped_grams, 'the document'),
    ('transit in', said.arrived, 'the road', said.ended_grams, 'the document'),
    ('transit of another bank', said.strange, 'the road', 0, 'the document')
) AS wrong (account, one_grams, one, other_grams, other)
WHERE wrong.one_grams <> wrong.other_grams
  AND %(bank)s IN (said.from_bank_id, said.to_bank_id)
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class RoadDifference:
    """A lot on the road about which two books disagree: which account, what each says, in grams."""

    lot_number: str
    account: str
    one_grams: int
    one: str
    other_grams: int
    other: str

    @property
    def grams(self) -> int:
        """How much the first says beyond the second."""
        return self.one_grams - self.other_grams

    def __str__(self) -> str:
        return (
            f"lot {self.lot_number}, {self.account}: {self.one} says {self.one_grams} g, "
            f"{self.other} {self.other_grams} g, difference {self.grams:+d} g"
        )


def road_verify_here() -> list[RoadDifference]:
    """Compare the open bank's ledger with the legs that the road has of it."""
    return _differences(LEGS, current_scope().bank_id)


def road_verify(bank_id: UUID) -> list[RoadDifference]:
    """Compare the legs of both ends with the documents of a bank's transfers; in the platform's scope."""
    return _differences(DOCUMENTS, bank_id)


def _differences(question: LiteralString, bank_id: UUID | None) -> list[RoadDifference]:
    with connection.cursor() as cursor:
        cursor.execute(question, {"bank": bank_id})
        return [RoadDifference(*row) for row in cursor.fetchall()]
