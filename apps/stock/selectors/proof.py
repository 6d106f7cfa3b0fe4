"""Whether the books of the bank hold: balances against movements, and what a lot's movements add up to.

Each question is one statement, so that it may be put while everybody works: it sees one instant.
"""

from dataclasses import dataclass
from typing import Final

from django.db import connections
from django.db.models import Count, F, Sum

from apps.kernel.scope import current_scope
from apps.stock.models import Lot
from apps.stock.states import INSIDE

VERIFY: Final = """
WITH moved AS MATERIALIZED (
    SELECT ends.account_id, ends.lot_id, sum(ends.grams)::bigint AS grams
    FROM (SELECT destination_id AS account_id, lot_id, grams FROM stock_movement
          UNION ALL SELECT source_id, lot_id, -grams FROM stock_movement) AS ends
    GROUP BY ends.account_id, ends.lot_id
)
SELECT coalesce(lot.number, ''), account.id, account.kind,
       coalesce(location.name, account.detail), coalesce(balance.grams, 0), coalesce(moved.grams, 0),
       CASE WHEN balance.account_id IS NULL THEN 'no balance'
            WHEN balance.is_inside <> (account.kind = ANY (%(inside)s)) THEN 'wrong side'
            WHEN balance.is_inside AND balance.grams < 0 THEN 'negative' ELSE '' END
FROM stock_account AS account
LEFT JOIN stock_lot AS lot ON lot.id = account.lot_id
LEFT JOIN sites_location AS location ON location.id = account.location_id
LEFT JOIN stock_balance AS balance ON balance.account_id = account.id
LEFT JOIN moved ON moved.account_id = account.id AND moved.lot_id = account.lot_id
WHERE balance.grams IS DISTINCT FROM coalesce(moved.grams, 0)
   OR balance.is_inside <> (account.kind = ANY (%(inside)s))
   OR balance.is_inside AND balance.grams < 0
ORDER BY account.id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose balance is not what its movements add up to, or may not be what it is.

    ``place`` is the location of goods in the bank, the reason of a loss; ``fault`` is empty for a mere
    difference, else ``no balance``, ``wrong side`` or ``negative``.
    """

    lot_number: str
    account_id: int
    account_kind: str
    place: str
    balance_grams: int
    movements_grams: int
    fault: str = ""

    @property
    def grams(self) -> int:
        """How much the balance is above what the movements say."""
        return self.balance_grams - self.movements_grams

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        fault = f", {self.fault}" if self.fault else ""
        return (
            f"lot {self.lot_number}, account {self.account_id} {self.account_kind}{place}: balance "
            f"{self.balance_grams} g, movements {self.movements_grams} g, difference {self.grams:+d} g{fault}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """What the movements of one kind did to a lot: grams that came in, went out, or did neither.

    A reservation stays inside; what was lost on the road between two banks never came in.
    """

    kind: str
    count: int
    in_grams: int = 0
    out_grams: int = 0
    other_grams: int = 0


def ledger_verify() -> list[Difference]:
    """Recompute every balance of the bank from its movements; return the differences, none when it holds.

    One pass over the movements, whatever their number; nobody waits for it. A restored copy is proved before
    it is committed, on the owner's connection. A movement that names a lot
    other than its accounts' counts for neither.
    """
    with connections[current_scope().database].cursor() as cursor:
        cursor.execute(VERIFY, {"inside": sorted(str(kind) for kind in INSIDE)})
        return [Difference(*row) for row in cursor.fetchall()]


def lot_turnover(lot: Lot) -> list[Turnover]:
    """Return what the movements of a lot add up to, a line for each kind."""
    rows = (
        lot.movements.order_by()
        .values("kind", giver=F("source__kind"), taker=F("destination__kind"))
        .annotate(times=Count("id"), total=Sum("grams"))
        .order_by("kind")
    )
    lines: dict[str, dict[str, int]] = {}
    for row in rows:
        line = lines.setdefault(row["kind"], {"count": 0, "in_grams": 0, "out_grams": 0, "other_grams": 0})
        line["count"] += row["times"]
        line[_column(row["giver"] in INSIDE, row["taker"] in INSIDE)] += row["total"]
    return [Turnover(kind=kind, **line) for kind, line in lines.items()]


def _column(leaves: bool, enters: bool) -> str:
    if leaves == enters:
        return "other_grams"
    return "in_grams" if enters else "out_grams"
