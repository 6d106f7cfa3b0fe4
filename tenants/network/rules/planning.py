"""What would have been best, and what a week will bring: linear programs over all lots at once. Pure.

Trips are relaxed: a kilo pays its share of the road of a full load. The fair plan maximises the logarithm of
the fills, cut into pieces; the other one raises the worst fill and ignores the road. HiGHS solves both for a
hundred banks and fifty lots in a fraction of a second; as columns of three entries, built with numpy.
"""

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np

from tenants.network.rules.asking import POLICY, RoutingPolicy
from tenants.network.rules.levels import Indices, Numbers

SEGMENTS: Final = 16
"""Pieces of the logarithm, per bank, on a geometric grid."""
LOWEST_FILL: Final = 1e-4
HIGHEST_FILL: Final = 1.6
"""Fills between which a further kilo is valued."""
PLACED: Final = 10.0
"""What placing a kilo is worth beside its good, as marginal value of fill: a trip never saves it."""
HIGHEST_WORST: Final = 10.0


class NoPlan(RuntimeError):
    """The solver found no optimum; holds its own word for why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """What is to be shared, in kg. ``km[lot, bank]`` is the road, infinite outside reach.

    ``room[group, bank]`` is what a bank takes of one group of lots (a temperature class in a week), and
    ``group[lot]`` the row of each lot there.
    """

    kilos: Numbers
    km: Numbers
    group: Indices
    room: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What each bank needs over the whole window, and has or will have received of it otherwise, in kg."""

    need: Numbers
    received: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """The lots and banks that may meet, a column of the program each, and the most kg of each."""

    lot: Indices
    bank: Indices
    group: Indices
    most: Numbers
    rooms: Numbers

    @classmethod
    def of(cls, lots: Lots) -> "_Pairs":
        """Return the lots and banks within reach of each other, where there is room."""
        lot, bank = np.nonzero(np.isfinite(lots.km) & (lots.room[lots.group] > 0))
        places, group = np.unique(lots.group[lot] * lots.room.shape[1] + bank, return_inverse=True)
        rooms = lots.room.reshape(-1)[places]
        most = np.minimum(lots.kilos[lot], rooms[group])
        return cls(lot=lot, bank=bank, group=group, most=most, rooms=rooms)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tail:
    """Columns beside the pairs: cost and upper bound of each, where its entries start, rows and values."""

    cost: Numbers
    upper: Numbers
    starts: Indices
    rows: Indices
    entries: Numbers


def fair_plan(
    lots: Lots, needs: Needs, *, mean_fill: float, policy: RoutingPolicy = POLICY, segments: int = SEGMENTS
) -> Numbers:
    """Return the kg of each lot that each bank gets in the fairest plan net of the road.

    Raises:
        NoPlan: the solver gave up.
    """
    pairs = _Pairs.of(lots)
    load = np.minimum(pairs.most, policy.truck_grams / 1000)
    road = lots.km[pairs.lot, pairs.bank] / np.maximum(load, 1)
    cost = policy.theta * road / mean_fill - PLACED
    zero = np.zeros(len(needs.need))
    return _solved(lots, pairs, cost, _pieces(needs, segments), lower=zero, upper=zero)


def worst_raised(lots: Lots, needs: Needs) -> Numbers:
    """Return the kg of each lot that each bank gets when the worst fill is as high as it can be.

    Raises:
        NoPlan: the solver gave up.
    """
    pairs = _Pairs.of(lots)
    banks = np.arange(len(needs.need))
    tail = _Tail(
        cost=np.array([-1.0]),
        upper=np.array([HIGHEST_WORST]),
        starts=np.array([0]),
        rows=banks,
        entries=-needs.need,
    )
    everything = np.full(len(banks), np.inf)
    return _solved(lots, pairs, np.zeros(len(pairs.lot)), tail, lower=-needs.received, upper=everything)


def expected_kilos(
    past: Lots,
    needs: Needs,
    *,
    weeks: int,
    weeks_left: int,
    mean_fill: float,
    policy: RoutingPolicy = POLICY,
) -> Numbers:
    """Return the kg each bank may expect in the weeks left of a window, past lots standing for those to come.

    ``past`` are the lots of so many recent ``weeks``; ``needs`` cover the whole window, with what will
    otherwise have been received at its end. Added to what a bank received, it makes the rule look ahead.

    Raises:
        NoPlan: the solver gave up.
    """
    if weeks_left <= 0 or not len(past.kilos):
        return np.zeros(len(needs.need))
    scale = weeks / weeks_left
    scaled = Needs(need=needs.need * scale, received=needs.received * scale)
    plan = fair_plan(past, scaled, mean_fill=mean_fill, policy=policy)
    return np.asarray(plan.sum(axis=0) / scale)


def _pieces(needs: Needs, segments: int) -> _Tail:
    """Return the columns of the logarithm: so many per bank, worth less and less, as wide as their fills."""
    lowest = np.maximum(needs.received / needs.need, LOWEST_FILL)
    ratio = np.maximum(HIGHEST_FILL, lowest * 1.5) / lowest
    grid = lowest[:, None] * ratio[:, None] ** (np.arange(segments + 1) / segments)
    width = np.diff(grid, axis=1)
    slope = np.diff(np.log(grid), axis=1) / width
    count = len(needs.need) * segments
    return _Tail(
        cost=-slope.reshape(-1),
        upper=(width * needs.need[:, None]).reshape(-1),
        starts=np.arange(count),
        rows=np.repeat(np.arange(len(needs.need)), segments),
        entries=np.full(count, -1.0),
    )


def _solved(
    lots: Lots, pairs: _Pairs, cost: Numbers, tail: _Tail, *, lower: Numbers, upper: Numbers
) -> Numbers:
    """Solve: each lot and each room is a row, then a row per bank within ``lower`` and ``upper``.

    A pair stands in three rows (its lot, its room, its bank); the columns of the tail in those of banks only.
    """
    lot_rows, room_rows = len(lots.kilos), len(pairs.rooms)
    banks_from = lot_rows + room_rows
    rows = np.column_stack([pairs.lot, lot_rows + pairs.group, banks_from + pairs.bank]).reshape(-1)
    program = highspy.HighsLp()
    program.num_col_ = len(cost) + len(tail.cost)
    program.num_row_ = banks_from + len(lower)
    program.col_cost_ = np.concatenate([cost, tail.cost])
    program.col_lower_ = np.zeros(program.num_col_)
    program.col_upper_ = np.concatenate([pairs.most, tail.upper])
    program.row_lower_ = np.concatenate([np.full(banks_from, -np.inf), lower])
    program.row_upper_ = np.concatenate([lots.kilos, pairs.rooms, upper])
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    ends = len(rows) + len(tail.rows)
    matrix.start_ = np.concatenate([np.arange(len(cost)) * 3, len(rows) + tail.starts, [ends]])
    matrix.index_ = np.concatenate([rows, banks_from + tail.rows])
    matrix.value_ = np.concatenate([np.ones(len(rows)), tail.entries])
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NoPlan(solver.modelStatusToString(solver.getModelStatus()))
    given = np.zeros(lots.km.shape)
    given[pairs.lot, pairs.bank] = np.array(solver.getSolution().col_value)[: len(cost)]
    return given
