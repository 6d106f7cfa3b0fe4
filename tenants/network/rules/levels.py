"""The arithmetic of a fair share: common fill levels, what they are worth, the best set of banks.

Inside a set of banks the best split of a lot is one common fill level, clipped by the room of each, whatever
the aversion to inequality: only the set is searched.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenants.network.rules.asking import RoutingPolicy

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]

MOST_DESERVING: Final = 18
NEAREST: Final = 8
"""Banks among which every set is tried: those where a lot is worth most net of the road, and the nearest."""
EXACT: Final = 3
"""Largest set found by trying all of them; a further bank is added one at a time."""
WIDE: Final = 2
WIDEST: Final = 4
"""At most so many times the banks of the policy, where each adds value; and for a lot that does not fit."""
UNPLACED: Final = 1000.0
"""What a kilo left over costs, in kilos at the average bank."""
BETTER: Final = 1e-6
"""Kilos by which a further bank must raise the value."""


def _sets_of(banks: int, most: int) -> Indices:
    """Return every set of at most ``most`` of ``banks``, a row each, padded with -1."""
    rows = [
        (*chosen, *(-1,) * (most - size))
        for size in range(1, most + 1)
        for chosen in combinations(range(banks), size)
    ]
    return np.array(rows, dtype=np.int64)


SETS: Final = _sets_of(MOST_DESERVING + NEAREST + 1, EXACT)
"""The sets tried; one bank more than on the list, for the one the guard puts there."""
SIZES: Final = (SETS >= 0).sum(axis=1)
LAST: Final = SETS.max(axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The banks that may take a lot, an entry each, in kg; ``km`` by road.

    ``received`` is never 0. ``mean_fill`` is what all banks received over what all need.
    """

    need: Numbers
    received: Numbers
    room: Numbers
    km: Numbers
    mean_fill: float
    lot: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A set of banks, the kg of each at their common level, and the value of the whole in kg."""

    members: Indices
    kilos: Numbers
    value: float


def shares(field: Field, sets: Indices) -> Numbers:
    """Return the kg of each member of each set (a row; -1 pads) when all rise to one common fill level.

    Exact: what a level holds is linear between the fills at which a bank starts or stops taking.
    """
    none = sets < 0
    need = np.where(none, 1.0, field.need[sets])
    received = np.where(none, 1.0, field.received[sets])
    room = np.where(none, 0.0, field.room[sets])
    levels = np.sort(np.concatenate([received / need, (received + room) / need], axis=1), axis=1)
    held = np.clip(levels[:, :, None] * need[:, None, :] - received[:, None, :], 0, room[:, None, :]).sum(
        axis=2
    )
    after = np.minimum((held < field.lot).sum(axis=1), levels.shape[1] - 1)
    before = np.maximum(after - 1, 0)
    row = np.arange(len(sets))
    step = held[row, after] - held[row, before]
    part = np.clip((field.lot - held[row, before]) / np.where(step > 0, step, 1.0), 0, 1)
    level = levels[row, before] + np.where(step > 0, part, 1.0) * (levels[row, after] - levels[row, before])
    return np.asarray(np.clip(level[:, None] * need - received, 0, room))


def worth(kilos: Numbers, need: Numbers, received: Numbers, mean_fill: float, alpha: float) -> Numbers:
    """Return what some kg are worth, in kg at the average bank: ``(mean / fill) ** alpha`` summed up."""
    mean = mean_fill * need
    if alpha == 1:
        return np.asarray(mean * np.log1p(kilos / received))
    rise = (received / mean) ** (1 - alpha) - ((received + kilos) / mean) ** (1 - alpha)
    return np.asarray(mean * rise / (alpha - 1))


def values(field: Field, sets: Indices, kilos: Numbers, policy: RoutingPolicy) -> Numbers:
    """Return the value of each set in kg: what its kilos are worth, less its trips and what is left over."""
    none = sets < 0
    need = np.where(none, 1.0, field.need[sets])
    received = np.where(none, 1.0, field.received[sets])
    good = worth(kilos, need, received, field.mean_fill, policy.alpha).sum(axis=1)
    trips = np.maximum(1, np.ceil(kilos * 1000 / policy.truck_grams - 1e-9))
    road = np.where(none, 0.0, (field.km[sets] + policy.trip_km) * trips).sum(axis=1)
    left = np.maximum(field.lot - kilos.sum(axis=1), 0)
    return np.asarray(good - policy.theta * road - UNPLACED * left)


def best_set(field: Field, policy: RoutingPolicy) -> Choice:
    """Return the best set of at most three banks (fewer where the policy says so), all sets tried at once."""
    near = _shortlist(field, policy)
    must = _must(field, policy)
    if must is not None and must not in near:
        near = np.append(near, must)
    rows = SETS[(len(near) > LAST) & (min(policy.most_banks, EXACT) >= SIZES)]
    sets = np.where(rows < 0, -1, near[rows])
    if must is not None:
        sets = sets[(sets == must).any(axis=1)]
    return _best(field, sets, policy)


def widened(field: Field, found: Choice, policy: RoutingPolicy) -> Choice:
    """Add banks to a set one at a time while the value rises: a few for their need, more for what is left."""
    everybody, near = np.arange(len(field.need)), _shortlist(field, policy)
    while True:
        is_placed = found.kilos.sum() >= field.lot - BETTER
        others = np.setdiff1d(near if is_placed else everybody, found.members)
        if not len(others) or len(found.members) >= (WIDE if is_placed else WIDEST) * policy.most_banks:
            return found
        sets = np.column_stack([np.tile(found.members, (len(others), 1)), others])
        wider = _best(field, sets, policy)
        if wider.value <= found.value + BETTER:
            return found
        found = wider


def whole_pallets(kilos: Numbers, rooms: Numbers, *, lot: float, pallet: float) -> Numbers:
    """Round shares to whole pallets by largest remainder, all in one unit; a begun pallet goes to one bank.

    Never above the room of a bank, never more than the lot in all. A lot that the banks cannot hold leaves
    its begun pallet; one of less than a pallet that fits nowhere whole is split as it fits.
    """
    if lot < pallet and not (rooms >= lot).any():
        return np.floor(np.minimum(kilos, rooms))
    units = np.floor(kilos / pallet + 1e-9)
    total = min(lot, float(kilos.sum()) + BETTER)
    missing = int(total // pallet - units.sum())
    by_remainder = np.argsort(-(kilos / pallet - units), kind="stable")
    while missing > 0:
        before = missing
        for bank in by_remainder:
            if missing > 0 and (units[bank] + 1) * pallet <= rooms[bank]:
                units[bank] += 1
                missing -= 1
        if missing == before:
            break
    given = np.asarray(units * pallet)
    begun = lot - lot // pallet * pallet
    open_to_it = np.flatnonzero(given + begun <= rooms)
    if 0 < begun <= lot - given.sum() and missing == 0 and total >= lot - 2 * BETTER and len(open_to_it):
        given[open_to_it[np.argmax((kilos - given)[open_to_it])]] += begun
    return given


def _shortlist(field: Field, policy: RoutingPolicy) -> Indices:
    """Return the banks worth trying: most deserving net of the road, and nearest; in their order."""
    kilos = np.minimum(field.lot, field.room)
    good = worth(kilos, field.need, field.received, field.mean_fill, policy.alpha) - policy.theta * field.km
    deserving = np.argsort(-good, kind="stable")[:MOST_DESERVING]
    nearest = np.argsort(field.km, kind="stable")[:NEAREST]
    return np.asarray(np.union1d(deserving, nearest))


def _must(field: Field, policy: RoutingPolicy) -> int | None:
    """Return the bank that the guard puts into every set: the emptiest, when far below the mean."""
    fills = field.received / field.need
    emptiest = int(np.argmin(fills))
    return emptiest if fills[emptiest] < policy.guard * field.mean_fill else None


def _best(field: Field, sets: Indices, policy: RoutingPolicy) -> Choice:
    kilos = shares(field, sets)
    found = values(field, sets, kilos, policy)
    best = int(np.argmax(found))
    members = sets[best] >= 0
    return Choice(members=sets[best][members], kilos=kilos[best][members], value=float(found[best]))
