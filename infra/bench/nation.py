"""A nation of food banks for the routing bench: a hundred banks, twelve weeks of lots, one seed.

Synthetic but for the map: positions are those of the prefectures; population (thousands) and poverty (per
cent) are orders of magnitude of about 2021, not statistics, and give need and supply their places. Supply is
60 % of the need, and 45 % of it is local, steered by nobody: some banks are lucky. Read ratios, not levels.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenants.network.rules.fair import DETOUR, reach_km
from tenants.network.rules.levels import Indices, Numbers
from tenants.network.rules.planning import Lots, Needs
from tenants.registry.territory import EARTH_RADIUS_KM, departments

PALLET, TRUCK = 500.0, 24_000.0
CLASSES: Final = ("AMBIENT", "CHILLED", "FROZEN")
CLASS_SHARES: Final = (0.45, 0.40, 0.15)
ROOM_SHARES: Final = (0.55, 0.40, 0.18)
SUPPLY_RATIO, LOCAL_SHARE = 0.6, 0.45
TWICE: Final = ("59", "13", "69", "33")
"""Departments with two banks, which share its need."""
PEOPLE: Final = """
01 663 10.5|02 527 18.2|03 335 15.6|04 166 16.6|05 141 14.0|06 1104 15.8|07 331 14.5|08 268 18.8|09 154 18.5
10 311 16.4|11 377 20.7|12 279 14.2|13 2057 18.5|14 700 13.3|15 144 14.2|16 351 14.9|17 661 13.0|18 299 15.5
19 239 13.6|21 536 11.7|22 606 11.5|23 115 18.7|24 413 16.2|25 548 12.9|26 521 14.6|27 599 13.5|28 431 12.6
29 921 11.0|2A 161 16.5|2B 185 19.5|30 756 19.7|31 1434 13.2|32 192 14.5|33 1655 12.5|34 1201 19.0
35 1098 10.4|36 217 15.6|37 612 13.0|38 1284 11.4|39 259 12.1|40 422 12.1|41 329 13.5|42 767 15.3|43 228 12.4
44 1457 10.3|45 684 13.5|46 175 14.8|47 331 16.9|48 77 14.4|49 821 11.8|50 495 11.7|51 565 14.9|52 169 15.8
53 306 10.9|54 732 15.3|55 181 15.8|56 768 10.8|57 1050 14.5|58 202 15.9|59 2611 18.7|60 830 13.5|61 277 15.1
62 1461 18.5|63 664 13.2|64 692 12.1|65 230 15.4|66 487 20.9|67 1152 13.2|68 767 13.2|69 1892 14.0|70 232 13.7
71 549 13.2|72 566 13.7|73 442 10.5|74 841 9.2|75 2133 15.4|76 1256 15.2|77 1438 11.8|78 1457 9.8|79 375 11.8
80 566 16.2|81 393 15.6|82 263 16.4|83 1095 15.8|84 562 19.7|85 694 9.4|86 439 14.2|87 372 15.9|88 360 15.4
89 334 15.2|90 139 15.6|91 1313 13.0|92 1627 11.8|93 1668 27.9|94 1416 16.6|95 1256 17.1
"""
GROWING: Final = {
    **dict.fromkeys(("22", "29", "35", "56"), 4.0),
    **dict.fromkeys(("62", "59", "80", "02", "49", "85", "84", "66", "47"), 2.0),
    **dict.fromkeys(("13", "45", "51", "21"), 1.5),
    "75": 0.2,
    "92": 0.3,
}
"""How much more the food industry of a department gives than its people suggest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banks:
    """A hundred banks; ``need`` and ``local`` (expected pick-ups) in kg a week, ``room[class]`` too."""

    codes: tuple[str, ...]
    places: Numbers
    need: Numbers
    local: Numbers
    room: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Lots in the order of their coming: kg, class, days of life, week, place, and the road to each bank."""

    codes: tuple[str, ...]
    places: Numbers
    kilos: Numbers
    kind: Indices
    days: Indices
    week: Indices
    km: Numbers
    within: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nation:
    """One seed of the scenario; ``picked[week, bank]`` is the local supply in kg."""

    seed: int
    weeks: int
    banks: Banks
    offers: Offers
    picked: Numbers

    @property
    def needs(self) -> Needs:
        """Return the need of the whole time, and what came locally."""
        return Needs(need=self.banks.need * self.weeks, received=self.picked.sum(axis=0))

    @property
    def mean_fill(self) -> float:
        """Return what there is to share over what is needed."""
        supply = self.offers.kilos.sum() + self.picked.sum()
        return float(supply / (self.banks.need.sum() * self.weeks))


def nation(seed: int, *, weeks: int, per_week: int) -> Nation:
    """Return the nation of one seed."""
    random = np.random.default_rng(seed)
    people = {code: (float(count), float(poor)) for code, count, poor in map(str.split, _rows())}
    spots = {found.code: (found.latitude, found.longitude) for found in departments()}
    codes = (*people, *TWICE)
    places = np.array([spots[code] for code in codes])
    places[len(people) :] += 0.25
    offered = _lots(random, people, spots, places, weeks=weeks, per_week=per_week)
    need = np.array([np.prod(people[code]) / (2 if code in TWICE else 1) for code in codes])
    total = offered.kilos.sum() / weeks
    need *= total / (1 - LOCAL_SHARE) / SUPPLY_RATIO / need.sum()
    local = need * np.exp(random.normal(0, 0.45, len(codes)))
    local *= total * LOCAL_SHARE / (1 - LOCAL_SHARE) / local.sum()
    picked = local * np.exp(random.normal(0, 0.2, (weeks, len(codes))))
    shares = np.array(ROOM_SHARES)[:, None] * np.exp(random.normal(0, 0.5, (3, len(codes))))
    banks = Banks(codes=codes, places=places, need=need, local=local, room=need * shares)
    return Nation(seed=seed, weeks=weeks, banks=banks, offers=offered, picked=picked)


def other_lots(found: Nation, *, weeks: int, per_week: int) -> Lots:
    """Return lots of another season in the same country: the past, as the weekly plan knows it."""
    people = {code: (float(count), float(poor)) for code, count, poor in map(str.split, _rows())}
    spots = {place.code: (place.latitude, place.longitude) for place in departments()}
    random = np.random.default_rng(500 + found.seed)
    past = _lots(random, people, spots, found.banks.places, weeks=weeks, per_week=per_week)
    return lots_of(past, found.banks, weeks=weeks)


def lots_of(offers: Offers, banks: Banks, *, weeks: int) -> Lots:
    """Return lots as the linear programs take them: a group is a temperature class in a week."""
    return Lots(
        kilos=offers.kilos,
        km=np.where(offers.within, offers.km, np.inf),
        group=offers.week * len(CLASSES) + offers.kind,
        room=np.tile(banks.room, (weeks, 1)),
    )


def _rows() -> list[str]:
    return PEOPLE.replace("|", "\n").split("\n")[1:-1]


def _lots(
    random: np.random.Generator,
    people: dict[str, tuple[float, float]],
    spots: dict[str, tuple[float, float]],
    places: Numbers,
    *,
    weeks: int,
    per_week: int,
) -> Offers:
    """Draw lots: around 4 t, chilled food keeps 2 to 10 days, and where the food industry is."""
    count = weeks * per_week
    codes = list(people)
    weights = np.array([people[code][0] * GROWING.get(code, 1.0) for code in codes])
    drawn = [codes[index] for index in random.choice(len(codes), count, p=weights / weights.sum())]
    from_places = np.array([spots[code] for code in drawn]) + random.normal(0, 0.15, (count, 2))
    kilos = np.exp(random.normal(np.log(4000), 0.9, count))
    kind = random.choice(3, count, p=CLASS_SHARES)
    chilled, ambient = random.integers(2, 11, count), random.integers(20, 200, count)
    days = np.where(kind == 1, chilled, np.where(kind == 2, 60, ambient))
    km = DETOUR * _crow_km(from_places, places)
    reach = np.array([reach_km(int(left)) for left in days])
    return Offers(
        codes=tuple(drawn),
        places=from_places,
        kilos=np.clip(np.round(kilos / PALLET) * PALLET, PALLET, TRUCK),
        kind=kind,
        days=days,
        week=np.repeat(np.arange(weeks), per_week),
        km=km,
        within=km <= reach[:, None],
    )


def _crow_km(one: Numbers, other: Numbers) -> Numbers:
    a, b = np.radians(one)[:, None, :], np.radians(other)[None, :, :]
    half = np.sin((b - a) / 2) ** 2
    inner = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(inner)))
