"""What lots were made of and what was made of them, with who gave and who got, at any depth.

Three statements, four where lots are known by how they arrived. Every row is found by an index, whatever
the planner believes of the sizes: links by child or parent, movements by lot, and what was reversed by a
look-up of its own. Nothing here leaves the open bank.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from apps.stock.states import MovementKind

ARRIVED: Final = """
SELECT DISTINCT made.lot_id FROM stock_movement made
WHERE made.transfer_line_id = ANY(%(lines)s) AND made.kind = 'arrive'
  AND (SELECT undone.id FROM stock_movement undone WHERE undone.reverses_id = made.id) IS NULL
"""

LINKS: Final = """
WITH RECURSIVE up (lot) AS (
    SELECT unnest(%(up)s::uuid[])
    UNION
    SELECT link.parent_id FROM up CROSS JOIN LATERAL (
        SELECT parent_id, movement_id FROM stock_lotlink WHERE child_id = up.lot OFFSET 0
    ) link
    WHERE (SELECT undone.id FROM stock_movement undone WHERE undone.reverses_id = link.movement_id) IS NULL
), down (lot) AS (
    SELECT unnest(%(down)s::uuid[])
    UNION
    SELECT link.child_id FROM down CROSS JOIN LATERAL (
        SELECT child_id, movement_id FROM stock_lotlink WHERE parent_id = down.lot OFFSET 0
    ) link
    WHERE (SELECT undone.id FROM stock_movement undone WHERE undone.reverses_id = link.movement_id) IS NULL
), found AS (
    SELECT true AS is_up, link.* FROM up
    CROSS JOIN LATERAL (SELECT * FROM stock_lotlink WHERE child_id = up.lot OFFSET 0) link
    UNION ALL
    SELECT false, link.* FROM down
    CROSS JOIN LATERAL (SELECT * FROM stock_lotlink WHERE parent_id = down.lot OFFSET 0) link
)
SELECT found.is_up, found.parent_id, found.child_id, found.kind, taken.document_id, taken.document_number,
       taken.occurred_on, found.grams
FROM found
CROSS JOIN LATERAL (
    SELECT made.document_id, made.document_number, made.occurred_on,
           (SELECT undone.id FROM stock_movement undone WHERE undone.reverses_id = made.id) AS undone
    FROM stock_movement made WHERE made.id = found.movement_id OFFSET 0
) taken
WHERE taken.undone IS NULL
ORDER BY found.id
"""
"""What stands of the making of lots, both ways from where one begins."""

LOTS: Final = """
SELECT lot.id, lot.number, lot.label, lot.date_kind, lot.expires_on, lot.received_on, lot.frozen_on,
       lot.donor_label, lot.supplier_lot, lot.status,
       (SELECT product.gtin FROM catalogue_product product WHERE product.id = lot.product_id)
FROM unnest(%(lots)s::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (SELECT * FROM stock_lot WHERE stock_lot.id = wanted.id OFFSET 0) lot
"""

STEPS: Final = """
WITH told AS MATERIALIZED (
    SELECT made.* FROM (
        SELECT unnest(%(above)s::uuid[]) AS id, ARRAY['receive', 'arrive', 'reverse'] AS kinds
        UNION ALL
        SELECT unnest(%(below)s::uuid[]), ARRAY['deliver', 'return', 'ship', 'lose', 'arrive', 'reverse']
    ) AS wanted
    CROSS JOIN LATERAL (
        SELECT id, lot_id, kind, grams, occurred_on, party_id, party_label, document_kind, document_id,
               document_number, transfer_line_id, reverses_id,
               CASE WHEN kind = 'arrive' THEN (
                   SELECT account.kind FROM stock_account account WHERE account.id = destination_id
               ) ELSE '' END AS taker
        FROM stock_movement
        WHERE stock_movement.lot_id = wanted.id
          AND kind NOT IN ('reserve', 'release', 'move') AND kind = ANY(wanted.kinds)
        OFFSET 0
    ) made
)
SELECT lot_id, CASE taker WHEN 'loss' THEN 'lose' ELSE kind END, party_id, party_label, document_kind,
       document_id, document_number, transfer_line_id, min(occurred_on), sum(grams)::bigint, min(id)
FROM (SELECT DISTINCT ON (id) * FROM told) AS told
WHERE reverses_id IS NULL
  AND id NOT IN (SELECT reverses_id FROM told WHERE reverses_id IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY 11
"""
"""What came and went of lots and still stands: one line per kind, party and document."""

CAME: Final = frozenset({MovementKind.RECEIVE, MovementKind.ARRIVE})


@dataclass(frozen=True, slots=True)
class Made:
    """Grams of a lot that went into another one; ``is_up`` on the way to where it began."""

    is_up: bool
    parent: UUID
    child: UUID
    kind: str
    document_id: UUID | None
    document_number: str
    day: dt.date
    grams: int


@dataclass(frozen=True, slots=True)
class KinLot:
    """A lot as a trace shows it."""

    id: UUID
    number: str
    label: str
    date_kind: str
    expires_on: dt.date | None
    received_on: dt.date
    frozen_on: dt.date | None
    donor_label: str
    supplier_lot: str
    status: str
    gtin: str | None


@dataclass(frozen=True, slots=True)
class KinStep:
    """Grams of a lot that came or went: who, on what paper, since when; ``first_movement`` orders them."""

    lot: UUID
    kind: str
    party_id: UUID | None
    party_label: str
    document_kind: str
    document_id: UUID | None
    document_number: str
    transfer_line_id: UUID | None
    day: dt.date
    grams: int
    first_movement: int


@dataclass(frozen=True, slots=True)
class Kin:
    """The part of a trace that lies in one bank: lots above and below, how they were made, who and when."""

    up: frozenset[UUID]
    down: frozenset[UUID]
    lots: dict[UUID, KinLot]
    made: list[Made]
    steps: list[KinStep]


def kin_of(*, up: Collection[UUID], down: Collection[UUID], arrived_by: Collection[UUID] = ()) -> Kin:
    """Return what some lots were made of (``up``) and what was made of others (``down``), in this bank.

    ``arrived_by`` are lines of transfers: the lots that came by them are looked at downwards too.
    """
    with connection.cursor() as cursor:
        below = set(down)
        if arrived_by:
            cursor.execute(ARRIVED, {"lines": list(arrived_by)})
            below |= {lot for (lot,) in cursor.fetchall()}
        cursor.execute(LINKS, {"up": list(up), "down": list(below)})
        made = [Made(*row) for row in cursor.fetchall()]
        above = frozenset(up) | {link.parent for link in made if link.is_up}
        below |= {link.child for link in made if not link.is_up}
        lots = list(above | below)
        cursor.execute(LOTS, {"lots": lots})
        known = {row[0]: KinLot(*row) for row in cursor.fetchall()}
        cursor.execute(STEPS, {"above": list(above), "below": list(below)})
        steps = [KinStep(*row) for row in cursor.fetchall()]
    lines = set(arrived_by)
    told = [
        step
        for step in steps
        if step.lot in (above if step.kind in CAME else below) or step.transfer_line_id in lines
    ]
    return Kin(up=above, down=frozenset(below), lots=known, made=made, steps=told)
