"""Reads of the consolidated figures, and their comparison with the ledger.

The figures live in the public schema. A bank reaches its own rows, and no others, through
``public.own_figures``, which takes the bank from the role of the connection; the federation reads all
of them through ``public.network_figures``. Both add unfolded movements to the folded ones in one
statement, so that a figure is exact at every commit.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection, connections
from django.db.models import Sum
from django.utils.translation import gettext
from psycopg import sql

from apps.catalogue.models import ProductFamily
from apps.delivery.models import DeliveryLine
from apps.impact.charts.flows import Ribbon
from apps.impact.rules import Total
from apps.impact.rules.periods import Period
from apps.impact.states import DEFINITIONS, Reading, read_all
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.scope import current_scope
from apps.partners.models import Partner


class Dimension(StrEnum):
    """What figures can be told apart by, besides their flow."""

    BANK = "bank_id"
    DAY = "day"
    SITE = "site"
    FAMILY = "family"
    SOURCE = "source"
    DETAIL = "detail"
    FOOD = "is_food"
    FRESH = "is_fresh"
    ORGANIC = "is_organic"


class Reach(StrEnum):
    """Whose figures a question is put to: the SQL function that answers."""

    OWN = "own_figures"
    NETWORK = "network_figures"


KINDS: Final = (Dimension.FOOD, Dimension.FRESH, Dimension.ORGANIC)
"""What the indicators need to tell apart."""

QUESTION: Final = """
SELECT {columns},
       coalesce(sum(grams) FILTER (WHERE day >= %(since)s), 0)::bigint AS grams,
       coalesce(sum(cents) FILTER (WHERE day >= %(since)s), 0)::bigint AS cents,
       coalesce(sum(lines) FILTER (WHERE day >= %(since)s), 0)::bigint AS lines,
       sum(grams)::bigint AS standing_grams
FROM public.{reach}(%(first)s, %(until)s)
WHERE %(banks)s::uuid[] IS NULL OR bank_id = ANY(%(banks)s::uuid[])
GROUP BY {columns}
"""

DIFFERENCES: Final = """
WITH ends AS (
    SELECT movement.*, outside.kind AS account, outside.detail AS account_detail, way.sense,
           coalesce(original.kind, movement.kind) AS act,
           (SELECT site.code
            FROM stock_account AS inside
            JOIN sites_location AS location ON location.id = inside.location_id
            JOIN sites_site AS site ON site.id = location.site_id
            WHERE inside.lot_id = movement.lot_id
            ORDER BY inside.id NOT IN (movement.source_id, movement.destination_id), inside.id
            LIMIT 1) AS site
    FROM stock_movement AS movement
    LEFT JOIN stock_movement AS original ON original.id = movement.reverses_id
    CROSS JOIN LATERAL (
        VALUES (movement.source_id, -1), (movement.destination_id, 1)
    ) AS way (account_id, sense)
    JOIN stock_account AS outside ON outside.id = way.account_id
    WHERE outside.kind NOT IN ('on_hand', 'reserved')
), counted AS (
    SELECT ends.*,
           CASE account WHEN 'partner' THEN 'out' WHEN 'loss' THEN 'loss' WHEN 'count' THEN 'count'
               WHEN 'transit' THEN CASE act WHEN 'ship' THEN 'shipped' ELSE 'arrived' END
               WHEN 'workshop' THEN CASE act WHEN 'produce' THEN 'made' ELSE 'used' END
               ELSE 'in' END AS flow,
           CASE account WHEN 'partner' THEN party_type WHEN 'loss' THEN account_detail ELSE '' END AS named,
           CASE WHEN account IN ('partner', 'loss') OR account = 'transit' AND act = 'ship'
               OR account = 'workshop' AND act <> 'produce'
               THEN sense ELSE -sense END AS sign
    FROM ends
), ledger AS (
    SELECT counted.occurred_on AS day, counted.site::text, family.code::text AS family,
           lot.supply_source::text AS source, counted.flow::text, counted.named::text AS detail,
           lot.is_food, lot.is_fresh, lot.is_organic,
           sum(counted.sign * counted.grams)::bigint AS grams,
           sum(counted.sign * ((counted.grams * lot.value_cents_per_kg + 500) / 1000))::bigint AS cents
    FROM counted
    JOIN stock_lot AS lot ON lot.id = counted.lot_id
    JOIN catalogue_productfamily AS family ON family.id = lot.family_id
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), figures AS (
    SELECT day, site::text, family::text, source::text, flow::text, detail::text,
           is_food, is_fresh, is_organic, sum(grams)::bigint AS grams, sum(cents)::bigint AS cents
    FROM public.own_figures('-infinity', 'infinity')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
)
SELECT day, site, family, source, flow, detail,
       coalesce(ledger.grams, 0) AS ledger_grams, coalesce(figures.grams, 0) AS counted_grams,
       coalesce(ledger.cents, 0) AS ledger_cents, coalesce(figures.cents, 0) AS counted_cents
FROM ledger FULL JOIN figures
    USING (day, site, family, source, flow, detail, is_food, is_fresh, is_organic)
WHERE (coalesce(ledger.grams, 0), coalesce(ledger.cents, 0))
    <> (coalesce(figures.grams, 0), coalesce(figures.cents, 0))
ORDER BY day, site, family, source, flow, detail
"""
"""Every figure that disagrees with the ledger, recomputed from the accounts; one statement, one snapshot."""


EXCHANGES: Final = """
SELECT CASE giver.status WHEN 'erased' THEN %(erased)s || giver.name ELSE giver.name END AS giver,
       CASE receiver.status WHEN 'erased' THEN %(erased)s || receiver.name ELSE receiver.name END AS receiver,
       sum(line.shipped_grams)::bigint AS grams
FROM public.network_transfer AS transfer
JOIN public.network_transferline AS line ON line.transfer_id = transfer.id
JOIN public.registry_foodbank AS giver ON giver.id = transfer.from_bank_id
JOIN public.registry_foodbank AS receiver ON receiver.id = transfer.to_bank_id
WHERE line.shipped_grams > 0 AND transfer.shipped_on BETWEEN %(since)s AND %(until)s
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
"""
"""A bank's role sees the transfers that it sends or receives, and no other (row-level security); of an erased
bank its row keeps a number."""

SUBSCRIBED: Final = """
SELECT 1 FROM public.federation_reportsubscription
WHERE user_id = %(person)s AND bank_id = %(space)s AND ended_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A figure of the open bank that is not what its ledger says."""

    day: dt.date
    site: str
    family: str
    source: str
    flow: str
    detail: str
    ledger_grams: int
    counted_grams: int
    ledger_cents: int
    counted_cents: int


def totals(
    period: Period,
    *by: Dimension,
    reach: Reach = Reach.OWN,
    banks: Sequence[UUID] | None = None,
    standing: bool = False,
) -> list[Total]:
    """Return the figures of a period by flow and by the dimensions asked for, in one statement.

    ``standing`` also adds up everything before the period, which the stock needs; ``banks`` narrows the
    network's figures.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, ("flow", *by)))
    statement = sql.SQL(QUESTION).format(columns=columns, reach=sql.Identifier(reach))
    first = dt.date.min if standing else period.since
    values = {"since": period.since, "until": period.until, "first": first, "banks": _listed(banks)}
    return [Total(**row) for row in _rows(statement, values)]


def indicators(period: Period) -> list[Reading]:
    """Return every indicator of the open bank over a period, beside the period before."""
    today = clock.today()
    now = totals(period.so_far(today), Dimension.SOURCE, *KINDS, standing=True)
    before = totals(period.compared_with(today), Dimension.SOURCE, *KINDS, standing=True)
    return read_all(DEFINITIONS, now, before)


def disagreements() -> list[Disagreement]:
    """Return every figure of the open bank that differs from its ledger, to the gram and the cent."""
    return [Disagreement(**row) for row in _rows(sql.SQL(DIFFERENCES), {})]


def exchanges(period: Period) -> list[Ribbon]:
    """Return what the open bank gave to others and got from them: the database shows it no other transfer."""
    values = {
        "since": period.since,
        "until": period.until,
        "erased": gettext("Erased bank %(number)s") % {"number": ""},
    }
    return [Ribbon(**row) for row in _rows(sql.SQL(EXCHANGES), values)]


def handed_over_by_department(period: Period) -> dict[str, int]:
    """Return the grams handed over by department of the partner, on the delivery notes of a period."""
    lines = DeliveryLine.objects.filter(note__delivered_on__range=(period.since, period.until))
    rows = lines.order_by().values_list("note__partner__department").annotate(Sum("grams"))
    return dict(rows)


def partner_departments() -> set[str]:
    """Return the departments in which the open bank has partners."""
    return set(Partner.objects.active().order_by().values_list("department", flat=True).distinct())


def is_subscribed(actor: Actor) -> bool:
    """Tell whether a person gets the monthly report of the open space by e-mail."""
    values = {"person": actor.id, "space": current_scope().bank_id}
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIBED, values)
        return cursor.fetchone() is not None


def family_names() -> dict[str, str]:
    """Return the name of each product family of the open bank by its code."""
    return dict(ProductFamily.objects.values_list("code", "name"))


def _listed(banks: Sequence[UUID] | None) -> list[UUID] | None:
    return None if banks is None else list(banks)


def _rows(statement: sql.Composable, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connections[current_scope().reads_from].cursor() as cursor:
        cursor.execute(statement.as_string(None), values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
