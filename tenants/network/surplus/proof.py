"""Whether what a bank's surplus and its transfers hold is what its ledger keeps reserved for them."""

from typing import Final, LiteralString

from django.db import connection

from apps.kernel.scope import current_bank_id
from tenants.network.proof import RoadDifference

HELD: Final[LiteralString] = """
WITH kept AS (
    SELECT movement.lot_id, account.location_id,
           sum(CASE movement.kind WHEN 'reserve' THEN movement.grams ELSE -movement.grams END)::bigint
               AS grams
    FROM stock_movement AS movement
    JOIN stock_account AS account ON account.id =
        CASE movement.kind WHEN 'reserve' THEN movement.destination_id ELSE movement.source_id END
    WHERE movement.document_kind = 'surplus' AND movement.kind IN ('reserve', 'release')
    GROUP BY 1, 2
), promised AS (
    SELECT lot_id, location_id, sum(grams)::bigint AS grams FROM (
        SELECT line.lot_id, line.location_id, line.grams - line.allocated_grams - line.freed_grams AS grams
        FROM public.network_surplusline AS line
        JOIN public.network_surplus AS surplus ON surplus.id = line.surplus_id
        WHERE surplus.bank_id = %(bank)s
        UNION ALL
        SELECT line.lot_id, line.location_id, line.held_grams
        FROM public.network_transferline AS line
        JOIN public.network_transfer AS transfer ON transfer.id = line.transfer_id
        WHERE transfer.from_bank_id = %(bank)s
    ) AS held GROUP BY lot_id, location_id
)
SELECT lot.number, 'reserved for other banks', coalesce(promised.grams, 0), 'the surplus',
       coalesce(kept.grams, 0), 'this ledger'
FROM promised FULL JOIN kept USING (lot_id, location_id)
LEFT JOIN stock_lot AS lot ON lot.id = coalesce(promised.lot_id, kept.lot_id)
WHERE coalesce(promised.grams, 0) <> coalesce(kept.grams, 0)
ORDER BY 1
"""


def surplus_verify_here() -> list[RoadDifference]:
    """Compare what the open bank's surplus holds with what its ledger reserved under that paper.

    One statement: it sees one instant, and may be asked while everybody works.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"bank": current_bank_id()})
        return [RoadDifference(*row) for row in cursor.fetchall()]
