"""How the router sees the banks: their need, what they got, the room they have, the days they are closed.

Everything runs in the platform's scope. Weights are grams; a zone is one of the warehouse (``zones_for``).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.scope import current_bank_id
from apps.offers.states import OfferKind
from apps.receiving.rules import zones_for
from tenants.network import rules
from tenants.network.models import BankRouting, NetworkOffer, NetworkOfferLine, RoutingPolicy, RoutingStep
from tenants.network.poverty import weekly_need
from tenants.network.states import StepState
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks

HALF_LIFE_DAYS: Final = 56
WINDOW_DAYS: Final = 168
"""What a bank received counts half after eight weeks, and no more after three times as long."""
NEED_WEEKS: Final = sum(0.5 ** (day / HALF_LIFE_DAYS) for day in range(WINDOW_DAYS)) / 7
"""Weeks of need in the window, weighted as what was received: who gets all it needs stands at one."""
MOST_SHOWN: Final = 50
"""Settings of the past that a page shows."""
LONGEST_DAY: Final = dt.timedelta(hours=36)
"""Further back it is no longer today, wherever the bank is."""

RECEIVED: Final = """
SELECT bank_id, sum(CASE flow WHEN 'shipped' THEN -grams ELSE grams END
                    * power(0.5, (%(until)s::date - day) / %(half_life)s::float))
FROM public.network_figures(%(since)s, %(until)s)
WHERE flow IN ('in', 'arrived', 'shipped')
GROUP BY bank_id
"""
"""What came in, from donors and from other banks, less what went on to others; the older, the lighter."""

Weights = Mapping[tuple[UUID, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What is to be placed: grams by zone, and when it can be picked up."""

    grams: Mapping[str, int]
    pickup_from: dt.datetime
    pickup_until: dt.datetime


def zone_of_goods(temperature_class: str) -> str:
    """Return the zone of the warehouse where a temperature class is usually kept."""
    return zones_for(temperature_class)[0]


def candidates(goods: Goods | None = None) -> list[rules.Candidate]:
    """Return every bank and antenna at work as the router sees it, for some goods or for any."""
    banks = list(operating_banks())
    served = {bank.pk: frozenset(each.department for each in bank.territories.all()) for bank in banks}
    told = {row.bank_id: row for row in BankRouting.objects.filter(bank__in=banks)}
    needs = _needs(served, told)
    received = _received(needs)
    accepted = accepted_today(banks) if told and goods else {}
    return [
        rules.Candidate(
            bank_id=bank.pk,
            kind=bank.kind,
            parent_id=bank.parent_id,
            departments=served[bank.pk],
            latitude=bank.latitude,
            longitude=bank.longitude,
            is_active=not (goods and is_closed(told.get(bank.pk), bank, goods)),
            need_grams=needs[bank.pk],
            received_grams=received[bank.pk],
            room_grams=room(told.get(bank.pk), goods, accepted) if goods else None,
        )
        for bank in banks
    ]


def weekly_needs(banks: Sequence[FoodBank]) -> dict[UUID, int]:
    """Return the grams a week that each bank needs when nobody says so: its share of the poor it serves."""
    served = {bank.pk: frozenset(each.department for each in bank.territories.all()) for bank in banks}
    return _reckoned(served)


def _reckoned(served: Mapping[UUID, frozenset[str]]) -> dict[UUID, int]:
    serving = Counter(code for codes in served.values() for code in codes)
    return {bank_id: weekly_need(codes, serving) for bank_id, codes in served.items()}


def _needs(served: Mapping[UUID, frozenset[str]], told: Mapping[UUID, BankRouting]) -> dict[UUID, int]:
    """Return the need of each bank in the window: as the federation says, else as reckoned."""
    weekly = _reckoned(served)
    weekly |= {
        bank_id: row.weekly_need_grams for bank_id, row in told.items() if row.weekly_need_grams is not None
    }
    return {bank_id: round(grams * NEED_WEEKS) for bank_id, grams in weekly.items()}


def _received(needs: Mapping[UUID, int]) -> dict[UUID, float]:
    """Return the weighted grams that each bank received; one without any figure counts as the mean bank."""
    today = clock.today()
    with connection.cursor() as cursor:
        window: dict[str, Any] = {
            "since": today - dt.timedelta(days=WINDOW_DAYS - 1),
            "until": today,
            "half_life": HALF_LIFE_DAYS,
        }
        cursor.execute(RECEIVED, window)
        known = {bank_id: max(float(grams), 0.0) for bank_id, grams in cursor.fetchall()}
    counted = [bank_id for bank_id in needs if bank_id in known]
    needed = sum(needs[bank_id] for bank_id in counted)
    mean = sum(known[bank_id] for bank_id in counted) / needed if needed else 0.0
    return {bank_id: known.get(bank_id, mean * need) for bank_id, need in needs.items()}


def accepted_today(banks: Iterable[FoodBank], *, automatic: bool = False) -> Weights:
    """Return the grams of the network that each bank took today, its own day, by zone.

    ``automatic``: only what its standing rules took, with what they have just taken.
    """
    now = clock.now()
    zones = {bank.pk: ZoneInfo(bank.timezone) for bank in banks}
    recent = RoutingStep.objects.filter(asked_at__gte=now - 3 * LONGEST_DAY, bank_id__in=list(zones))
    found: Counter[tuple[UUID, str]] = Counter()
    for step in recent.exclude(state__in=[StepState.DECLINED, StepState.TIMED_OUT, StepState.CANCELLED]):
        by_itself = bool(step.reason.get("is_automatic"))
        at = step.asked_at if by_itself else step.answered_at
        zone = zones[step.bank_id]
        if at is None or at.astimezone(zone).date() != now.astimezone(zone).date():
            continue
        if by_itself or not automatic:
            for name, grams in _taken(step):
                found[step.bank_id, name] += grams
    return found


def _taken(step: RoutingStep) -> Iterator[tuple[str, int]]:
    """Yield the zone and the grams of each line that a bank took, or is about to take by its rules."""
    asked: list[dict[str, Any]] = step.asked
    for line in asked:
        yield line.get("zone", ""), line["grams"] if step.state == StepState.ASKED else line.get("taken", 0)


def room(row: BankRouting | None, goods: Goods, accepted: Weights) -> int | None:
    """Return the most grams of some goods that a bank has room for today; ``None`` when it says nothing.

    Goods of several zones are shared out evenly: the fullest zone decides.
    """
    if row is None:
        return None
    whole = sum(goods.grams.values())
    rooms = []
    for zone, grams in goods.grams.items():
        for what in ("most", "free"):
            limit = row.grams_of(zone, what)
            if limit is not None and grams:
                left = max(limit - accepted.get((row.bank_id, zone), 0), 0)
                rooms.append(min(left * whole // grams, whole) if left < grams else whole)
    return min(rooms, default=None)


def is_closed(row: BankRouting | None, bank: FoodBank, goods: Goods) -> bool:
    """Tell whether a bank is closed on every day that goods can be picked up."""
    if row is None or not (row.closed_weekdays or row.closed_days):
        return False
    zone = ZoneInfo(bank.timezone)
    first = max(goods.pickup_from, clock.now()).astimezone(zone).date()
    last = goods.pickup_until.astimezone(zone).date()
    days = (first + dt.timedelta(days=after) for after in range(max((last - first).days, 0) + 1))
    return all(day.weekday() in row.closed_weekdays or day.isoformat() in row.closed_days for day in days)


def takes_by_itself(row: BankRouting | None, step: RoutingStep, offer: NetworkOffer) -> bool:
    """Tell whether a bank's standing rules take all of a gift, within what is left of the day.

    What asks an amount waits for its people: no rule spends a bank's money. So does what comes when the bank
    is closed, or above what it has room for.
    """
    if row is None or not row.takes_automatically or offer.kind != OfferKind.GIFT:
        return False
    wanted: Counter[str] = Counter()
    for line in step.asked:
        wanted[line["zone"]] += line["grams"]
    goods = Goods(grams=wanted, pickup_from=offer.pickup_from, pickup_until=offer.pickup_until)
    space = room(row, goods, accepted_today([step.bank]))
    if is_closed(row, step.bank, goods) or (space is not None and space < sum(wanted.values())):
        return False
    automatic = accepted_today([step.bank], automatic=True)
    limits = {zone: row.grams_of(zone, "auto") for zone in wanted}
    return all(
        limit is not None and automatic.get((step.bank_id, zone), 0) + wanted[zone] <= limit
        for zone, limit in limits.items()
    )


def policy_now() -> RoutingPolicy:
    """Return what the federation has set, or what holds before it sets anything."""
    return RoutingPolicy.objects.first() or RoutingPolicy()


def rule_of(policy: RoutingPolicy) -> rules.RoutingPolicy:
    """Return settings as the router takes them."""
    return rules.RoutingPolicy(
        theta=policy.theta,
        alpha=policy.alpha,
        trip_km=policy.trip_km,
        guard=policy.guard,
        most_banks=policy.most_banks,
        home_first=policy.home_first,
    )


def deadline_of(policy: RoutingPolicy, *, days_left: int | None, pickup_until: dt.datetime) -> dt.datetime:
    """Return until when a bank asked now may answer about food that still keeps so many days."""
    return rules.answer_deadline(
        clock.now(),
        days_left=days_left,
        pickup_until=pickup_until,
        response_hours=(
            (1, policy.hours_day),
            (3, policy.hours_days),
            (7, policy.hours_week),
            (30, policy.hours_month),
        ),
        longest_hours=policy.hours_longest,
    )


def goods_of(lines: Iterable[NetworkOfferLine], free: Mapping[UUID, int], window: Any) -> Goods:
    """Return the goods that are still to be placed, of an offer (``window``) and its lines."""
    grams: Counter[str] = Counter()
    for line in lines:
        grams[zone_of_goods(line.temperature_class)] += free.get(line.pk, 0)
    return Goods(grams=grams, pickup_from=window.pickup_from, pickup_until=window.pickup_until)


def rules_here() -> BankRouting | None:
    """Return the standing rules of the open bank, if it has any."""
    return BankRouting.objects.filter(bank_id=current_bank_id()).first()


def need_here() -> int:
    """Return the grams a week that the open bank is counted to need."""
    row, bank_id = rules_here(), current_bank_id()
    if row is not None and row.weekly_need_grams is not None:
        return row.weekly_need_grams
    return weekly_needs(list(operating_banks())).get(bank_id, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankNeed:
    """A bank, what it needs in a week as reckoned, and what is said of it (``None``: nothing)."""

    bank: FoodBank
    reckoned_grams: int
    said_grams: int | None
    takes_automatically: bool

    @property
    def basis(self) -> str:
        """Return where the need that counts comes from."""
        return _("Reckoned") if self.said_grams is None else _("Set by the federation")

    @property
    def departments(self) -> str:
        """Return the codes of the departments it serves."""
        return ", ".join(sorted(each.department for each in self.bank.territories.all()))


def bank_needs() -> list[BankNeed]:
    """Return every bank at work with its need, by name (a constant number of queries)."""
    banks = list(operating_banks())
    reckoned = weekly_needs(banks)
    told = {row.bank_id: row for row in BankRouting.objects.filter(bank__in=banks)}
    return [
        BankNeed(
            bank=bank,
            reckoned_grams=reckoned[bank.pk],
            said_grams=told[bank.pk].weekly_need_grams if bank.pk in told else None,
            takes_automatically=bank.pk in told and told[bank.pk].takes_automatically,
        )
        for bank in banks
    ]


def policies_so_far() -> list[RoutingPolicy]:
    """Return the last settings of the federation, the present ones first."""
    return list(RoutingPolicy.objects.all()[:MOST_SHOWN])
