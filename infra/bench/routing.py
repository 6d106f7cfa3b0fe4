"""Bench: the rule that routes surplus against other rules and the hindsight plan, side by side in one run.

A hundred banks, twelve weeks of fifty lots, refusals of 15 %, seeds 0 to 4 (``--quick`` for one short seed).
Ours is the product's own ``rules.route``. Prints a table of means, ratios to the nearest-first cascade, the
bars and one line of JSON; exits 1 if a bar is missed. Source of the bars: the routing study of the project,
on a generator of the same make; the country is synthetic, so ratios speak, levels do not.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Final
from uuid import UUID

import numpy as np

from infra.bench.nation import CLASSES, PALLET, TRUCK, Nation, lots_of, nation, other_lots
from tenants.network.rules import Candidate, OfferToRoute, RoutingPolicy, route
from tenants.network.rules.fair import fair_field, open_banks
from tenants.network.rules.levels import Field, Indices, Numbers, best_set, shares, values
from tenants.network.rules.planning import expected_kilos, fair_plan, worst_raised

REFUSALS: Final = 0.15
ROUNDS: Final = 6
PLAN_WEEKS: Final = 4
CHECKED_EVERY: Final = 25
"""One first decision in so many is compared with every set of three of all banks in reach."""
CHUNK: Final = 20_000
SHARED: Final = RoutingPolicy(home_first=False)
RINGS: Final = ((0, 1), (1, 5), (5, 17), (17, 100))
GUARDED: Final = RoutingPolicy(home_first=False, guard=0.5)
OURS, PLANNED, HOME = "ours", "ours + weekly plan", "ours, home first"
PLANNED_GUARDED: Final = "ours + plan, guard .5"
NEAREST, TWO, RING = "nearest cascade", "Food Drop, two choices", "rings, pro rata"
HINDSIGHT: Final = "hindsight plan"


@dataclass(kw_only=True)
class Moment:
    """One lot at one round: what is left of it, the room of who can still be asked, what all received."""

    nation: Nation
    lot: int
    left: float
    room: Numbers
    received: Numbers
    asked: frozenset[UUID]

    @property
    def km(self) -> Numbers:
        """The road from the lot to each bank."""
        return np.asarray(self.nation.offers.km[self.lot])


Policy = Callable[[Moment], Numbers]


@dataclass(kw_only=True)
class Lived:
    """What became of every lot under one rule, and how long each decision took, in ms."""

    kilos: Numbers
    ms: list[float] = field(default_factory=list)


def lived(found: Nation, policy: Policy) -> Lived:
    """Let the lots come one by one; refusals are drawn alike for every rule, and the rest is put again."""
    offers, banks = found.offers, found.banks
    refuses = np.random.default_rng(1000 + found.seed).random(offers.km.shape) < REFUSALS
    done = Lived(kilos=np.zeros(offers.km.shape))
    received = np.zeros(len(banks.codes))
    for lot, kilos in enumerate(offers.kilos):
        week, kind = int(offers.week[lot]), int(offers.kind[lot])
        if lot == 0 or week != offers.week[lot - 1]:
            received = received + found.picked[week]
            rooms = banks.room.copy()
        asked, left = np.zeros(len(received), dtype=bool), float(kilos)
        for _ in range(min(ROUNDS, 1 + int(offers.days[lot]))):
            moment = Moment(
                nation=found,
                lot=lot,
                left=left,
                room=np.where(offers.within[lot] & ~asked, rooms[kind], 0.0),
                received=received,
                asked=frozenset(_id(int(bank)) for bank in np.flatnonzero(asked)),
            )
            started = time.perf_counter()
            put = policy(moment)
            done.ms.append((time.perf_counter() - started) * 1000)
            got = np.where(refuses[lot], 0.0, put)
            asked |= (put > 0) & refuses[lot]
            done.kilos[lot] += got
            rooms[kind] -= got
            received = received + got
            left -= float(got.sum())
            if left < 1 or not (put > 0).any():
                break
    return done


def in_order(moment: Moment, order: Indices) -> Numbers:
    """Fill banks in an order, each as far as it goes, at least a pallet."""
    put, left = np.zeros(len(moment.room)), moment.left
    for bank in order:
        kilos = min(left, moment.room[bank])
        if kilos >= min(PALLET, left) and kilos > 0:
            put[bank] = kilos
            left -= kilos
    return put


def nearest(moment: Moment) -> Numbers:
    """Ask the nearest bank for all it can hold, then the next."""
    return in_order(moment, np.argsort(moment.km))


def two_choices(moment: Moment) -> Numbers:
    """Give all to the emptier of the two nearest with room, as Food Drop in Indiana (arXiv 2406.06363)."""
    fills = moment.received / moment.nation.banks.need
    put, left = np.zeros(len(fills)), moment.left
    order = [bank for bank in np.argsort(moment.km) if moment.room[bank] >= min(left, PALLET)]
    while left > 1 and order:
        bank = min(order[:2], key=lambda number: float(fills[number]))
        put[bank] = min(left, moment.room[bank])
        left -= put[bank]
        order.remove(bank)
    return put


def rings(moment: Moment) -> Numbers:
    """Share in proportion to need: in the nearest bank, then four, then twelve, then all in reach."""
    order, need = np.argsort(moment.km), moment.nation.banks.need
    put, left = np.zeros(len(need)), moment.left
    for first, last in RINGS:
        ring = order[first:last]
        for _ in range(5):
            room = moment.room[ring] - put[ring]
            if left < 1 or not (room > 1).any():
                break
            parts = np.where(room > 1, need[ring], 0)
            kilos = np.minimum(room, left * parts / parts.sum())
            put[ring] += kilos
            left -= float(kilos.sum())
    return put


def ours(policy: RoutingPolicy) -> Policy:
    """Return the product's rule, need and received counted to this week."""

    def decide(moment: Moment) -> Numbers:
        weeks = int(moment.nation.offers.week[moment.lot]) + 1
        return _routed(moment, moment.nation.banks.need * weeks, moment.received, policy)

    return decide


def planned(policy: RoutingPolicy) -> Policy:
    """Return the product's rule looking ahead: what each bank may still expect, by the weekly plan."""
    expected: dict[int, Numbers] = {}

    def decide(moment: Moment) -> Numbers:
        found = moment.nation
        week = int(found.offers.week[moment.lot])
        if week not in expected:
            expected[week] = _expected(moment, week, policy)
        return _routed(moment, found.needs.need, moment.received + expected[week], policy)

    return decide


def _expected(moment: Moment, week: int, policy: RoutingPolicy) -> Numbers:
    found, left = moment.nation, moment.nation.weeks - 1 - week
    local = found.banks.local * left
    needs = found.needs
    past = other_lots(found, weeks=PLAN_WEEKS, per_week=len(found.offers.kilos) // found.weeks)
    plan = expected_kilos(
        past,
        type(needs)(need=needs.need, received=moment.received + local),
        weeks=PLAN_WEEKS,
        weeks_left=left,
        mean_fill=found.mean_fill,
        policy=policy,
    )
    return np.asarray(local + plan)


def _routed(moment: Moment, need: Numbers, received: Numbers, policy: RoutingPolicy) -> Numbers:
    """Ask ``rules.route`` and return the kg put to each bank."""
    put = np.zeros(len(need))
    for ask in route(as_offer(moment), as_candidates(moment, need, received), moment.asked, policy):
        put[ask.bank_id.int - 1] = ask.grams / 1000
    return put


def as_offer(moment: Moment) -> OfferToRoute:
    """Return the lot as the product sees it."""
    offers = moment.nation.offers
    latitude, longitude = offers.places[moment.lot]
    return OfferToRoute(
        department=offers.codes[moment.lot],
        latitude=float(latitude),
        longitude=float(longitude),
        grams=round(moment.left * 1000),
        temperature_class=CLASSES[offers.kind[moment.lot]],
        days_left=int(offers.days[moment.lot]),
        neighbours=frozenset(),
        region=frozenset(),
    )


def as_candidates(moment: Moment, need: Numbers, received: Numbers) -> list[Candidate]:
    """Return the banks as the product sees them."""
    banks = moment.nation.banks
    return [
        Candidate(
            bank_id=_id(bank),
            kind="bank",
            parent_id=None,
            departments=frozenset({code}),
            latitude=float(banks.places[bank, 0]),
            longitude=float(banks.places[bank, 1]),
            need_grams=round(need[bank] * 1000),
            received_grams=float(received[bank] * 1000),
            room_grams=int(moment.room[bank] * 1000),
        )
        for bank, code in enumerate(banks.codes)
    ]


def _id(bank: int) -> UUID:
    return UUID(int=bank + 1)


def figures(found: Nation, kilos: Numbers, best_worst: float) -> dict[str, float]:
    """Return what the study measures; ``km/t`` counts one way, a trip per truck."""
    banks, offers = found.banks, found.offers
    received = kilos.sum(axis=0) + found.picked.sum(axis=0)
    fills = received / (banks.need * found.weeks)
    order = np.argsort(fills)
    needed = np.concatenate([[0], np.cumsum(banks.need[order])]) / banks.need.sum()
    got = np.concatenate([[0], np.cumsum(received[order])]) / received.sum()
    drops = kilos > 1e-6
    km = float((offers.km * drops * np.ceil(kilos / TRUCK)).sum())
    return {
        "gini": 1 - 2 * float(np.trapezoid(got, needed)),
        "km/t": km / float(kilos.sum() / 1000),
        "worst": float(fills.min()),
        "worst/best %": 100 * float(fills.min()) / best_worst,
        "p5": float(np.quantile(fills, 0.05)),
        "waste %": 100 * (1 - float(kilos.sum() / offers.kilos.sum())),
        "drops": float(drops.sum()) / len(offers.kilos),
    }


def agreements(found: Nation, every: int) -> list[bool]:
    """Compare the set chosen with every set of at most three of all banks in reach, on some of the lots."""
    random = np.random.default_rng(found.seed)
    agreed = []
    for lot in range(0, len(found.offers.kilos), every):
        week = int(found.offers.week[lot]) + 1
        need = found.banks.need * week
        room = found.banks.room[found.offers.kind[lot]] * random.uniform(0.2, 1, len(need))
        moment = Moment(
            nation=found,
            lot=lot,
            left=float(found.offers.kilos[lot]),
            room=np.where(found.offers.within[lot], room, 0.0),
            received=need * random.uniform(0.2, 0.9, len(need)),
            asked=frozenset(),
        )
        known = as_candidates(moment, need, moment.received)
        open_to_it = open_banks(as_offer(moment), known, moment.asked, SHARED)
        if open_to_it:
            numbers = fair_field(as_offer(moment), known, open_to_it)
            agreed.append(best_set(numbers, SHARED).value >= enumerated(numbers) - 1e-6)
    return agreed


def enumerated(numbers: Field) -> float:
    """Return the value of the best set of at most three of all banks, every one tried."""
    best = -np.inf
    for size in (1, 2, 3):
        sets: Iterator[tuple[int, ...]] = combinations(range(len(numbers.need)), size)
        while chunk := list(islice(sets, CHUNK)):
            rows = np.array(chunk, dtype=np.int64)
            best = max(best, float(values(numbers, rows, shares(numbers, rows), SHARED).max()))
    return best


def seed_figures(seed: int, *, weeks: int, per_week: int, every: int) -> dict[str, dict[str, float]]:
    """Return the figures of every rule for one seed; under ``ours`` also those of the decision itself."""
    found = nation(seed, weeks=weeks, per_week=per_week)
    lots, needs = lots_of(found.offers, found.banks, weeks=weeks), found.needs
    highest = worst_raised(lots, needs).sum(axis=0) + needs.received
    best_worst = float((highest / needs.need).min())
    rules: dict[str, Policy] = {
        NEAREST: nearest,
        TWO: two_choices,
        RING: rings,
        OURS: ours(SHARED),
        PLANNED: planned(SHARED),
        PLANNED_GUARDED: planned(GUARDED),
        HOME: ours(RoutingPolicy()),
    }
    told = {}
    for name, rule in rules.items():
        life = lived(found, rule)
        told[name] = figures(found, life.kilos, best_worst) | {"p95 ms": float(np.quantile(life.ms, 0.95))}
    for theta in (10.0, 3.0):
        plan = fair_plan(
            lots, needs, mean_fill=found.mean_fill, policy=RoutingPolicy(theta=theta), segments=30
        )
        told[f"{HINDSIGHT}, theta {theta:.0f}"] = figures(found, plan, best_worst)
    agreed = agreements(found, every)
    told[OURS]["optimal %"] = 100 * float(np.mean(agreed)) if agreed else 100.0
    return told


def bars(mean: dict[str, dict[str, float]]) -> dict[str, bool]:
    """Return each bar and whether it is met, by the rule as it is set at first: no plan, no guard."""
    plain, first, two = mean[OURS], mean[NEAREST], mean[TWO]
    held = [
        ("Gini", plain["gini"], "<=", 0.095),
        ("Gini, to half of the nearest cascade's", plain["gini"], "<=", first["gini"] / 2),
        ("Gini, to Food Drop's", plain["gini"], "<=", two["gini"]),
        ("km/t", plain["km/t"], "<=", 41.1),
        ("km/t, to the nearest cascade's", plain["km/t"], "<=", first["km/t"]),
        ("worst fill, % of the best possible", plain["worst/best %"], ">=", 46.0),
        ("waste %", plain["waste %"], "<=", 0.85),
        ("drops per lot", plain["drops"], "<=", 2.05),
        ("p95 of a decision, ms", plain["p95 ms"], "<=", 50.0),
        ("chosen set = enumerated optimum, %", plain["optimal %"], ">=", 100.0),
    ]
    return {
        f"{name}: {value:.3f} {sign} {bar:.3f}": value <= bar if sign == "<=" else value >= bar
        for name, value, sign, bar in held
    }


def told_as_table(mean: dict[str, dict[str, float]]) -> str:
    """Return the means as a table, and beside each Gini and km/t its ratio to the nearest cascade."""
    columns = list(mean[NEAREST])
    first = mean[NEAREST]
    lines = [" | ".join(["rule".ljust(24), *(name.rjust(12) for name in columns), "gini x", "km/t x"])]
    for rule, row in mean.items():
        cells = [f"{row[name]:12.3f}" if name in row else " " * 12 for name in columns]
        ratios = [f"{row[name] / first[name]:6.2f}" for name in ("gini", "km/t")]
        lines.append(" | ".join([rule.ljust(24), *cells, *ratios]))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the bench; 1 when a bar is missed (never with ``--quick``, which only shows that it runs)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--per-week", type=int, default=50)
    parser.add_argument("--quick", action="store_true", help="one seed, one week; bars told, not held")
    options = parser.parse_args(arguments)
    seeds, weeks, per_week = (1, 1, 50) if options.quick else (options.seeds, options.weeks, options.per_week)
    every = 10 if options.quick else CHECKED_EVERY
    found = []
    for seed in range(seeds):
        found.append(seed_figures(seed, weeks=weeks, per_week=per_week, every=every))
        sys.stderr.write(f"seed {seed} done\n")
    mean = {
        rule: {name: float(np.mean([seed[rule][name] for seed in found])) for name in row}
        for rule, row in found[0].items()
    }
    held = bars(mean)
    sys.stdout.write(f"{seeds} seeds, {weeks} weeks of {per_week} lots, refusals {REFUSALS:.0%}\n")
    sys.stdout.write(told_as_table(mean) + "\n")
    sys.stdout.writelines(f"{'met   ' if met else 'MISSED'} {bar}\n" for bar, met in held.items())
    sys.stdout.write(
        json.dumps({"rules": mean, "missed": [bar for bar, met in held.items() if not met]}) + "\n"
    )
    return 0 if options.quick or all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
