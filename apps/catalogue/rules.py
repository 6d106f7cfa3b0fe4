"""Rules of the catalogue: article numbers as they are stored, codes of families, units that convert.

Goods are kept in whole grams whatever they are counted in. What a unit weighs is a whole number of grams
too, so that a count put into grams and back is the same count, and no gram is made or lost on the way.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_NOT_IN_CODE: Final = re.compile(r"[^A-Z0-9]+")


def gtin14(text: str) -> str:
    """Return an article number as it is stored: fourteen digits, zeros in front, no spaces."""
    digits = "".join(text.split())
    return digits.zfill(14) if digits else ""


def family_code(name: str) -> str:
    """Return the code of a family made from its name: ``Pâtes et riz`` → ``PATES_ET_RIZ``."""
    spelled = name.upper().replace("Œ", "OE").replace("Æ", "AE")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return _NOT_IN_CODE.sub("_", plain).strip("_")[:40].rstrip("_")


KG: Final = "kg"
UNIT: Final = "unit"
PACK: Final = "pack"
CASE: Final = "case"
CRATE: Final = "crate"
PALLET: Final = "pallet"
GRAMS_PER_KG: Final = 1000
EURO_PALLET_GRAMS: Final = 25_000
"""An empty EUR pallet of 800 × 1200 mm weighs 20 to 25 kg when dry (UIC 435-2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How goods are packed: grams of a unit, units of what holds them; 0 or 1 where a level is not in use.

    ``unit_grams`` 0 means goods that nobody counts: they are weighed. ``is_variable`` says that two units
    never weigh quite the same (cheese, fruit): counts are then near enough, and the scales decide.
    ``crate_grams`` and ``pallet_grams`` are what a crate and a pallet weigh empty.
    """

    unit_grams: int = 0
    units_per_pack: int = 1
    units_per_case: int = 1
    units_per_crate: int = 0
    cases_per_pallet: int = 0
    crate_grams: int = 0
    pallet_grams: int = EURO_PALLET_GRAMS
    is_variable: bool = False

    @property
    def sizes(self) -> dict[str, int]:
        """Grams of one of each unit in use, from the smallest."""
        sizes = {
            KG: GRAMS_PER_KG,
            UNIT: self.unit_grams,
            PACK: self.unit_grams * self.units_per_pack if self.units_per_pack > 1 else 0,
            CASE: self.unit_grams * self.units_per_case if self.units_per_case > 1 else 0,
            CRATE: self.unit_grams * self.units_per_crate,
            PALLET: self.unit_grams * self.units_per_case * self.cases_per_pallet,
        }
        return {unit: grams for unit, grams in sizes.items() if grams}


WEIGHED: Final = Packing()
"""Goods that are only weighed, such as the mixes of a family."""


def grams_of(packing: Packing, amount: Decimal | int, unit: str) -> int:
    """Return what so many of a unit weigh.

    Raises:
        ValueError: the goods are not counted in this unit, or that is no whole number of grams.
    """
    size = packing.sizes.get(unit)
    if size is None:
        raise ValueError(f"these goods are not counted in {unit}")
    grams = Decimal(amount) * size
    if grams != grams.to_integral_value() or grams < 0:
        raise ValueError(f"{amount} {unit} is not a whole number of grams")
    return int(grams)


def counted_in(packing: Packing, grams: int, unit: str) -> tuple[int, int]:
    """Return how many whole ones of a unit a weight makes, and the grams that are over.

    Raises:
        ValueError: the goods are not counted in this unit.
    """
    size = packing.sizes.get(unit)
    if size is None:
        raise ValueError(f"these goods are not counted in {unit}")
    return divmod(grams, size)


def packed_as(packing: Packing, grams: int) -> list[tuple[str, int, int]]:
    """Return a weight in every unit in use but kg: unit, whole ones, and the grams that are over.

    A unit of which there is not a whole one is left out, unless it is the smallest.
    """
    told = [(unit, *counted_in(packing, grams, unit)) for unit in packing.sizes if unit != KG]
    return [(unit, count, over) for unit, count, over in told if count or unit == UNIT]


def is_exact(packing: Packing, grams: int) -> bool:
    """Tell whether a weight is a whole number of units, all of one weight."""
    return not packing.is_variable and packing.unit_grams > 0 and grams % packing.unit_grams == 0


def net_grams(gross: int, *tares: int) -> int:
    """Return what the goods weigh: what the scales say, less everything empty that stood on them.

    Raises:
        ValueError: the containers weigh more than the scales say.
    """
    net = gross - sum(tares)
    if net < 0:
        raise ValueError("the containers weigh more than the scales say")
    return net


def grace_days(own_days: int | None, *, family_days: int, is_infant_food: bool) -> int:
    """Return the days after best before during which food may leave once inspected.

    A product's own days come before its family's; food for infants has none, whatever is set.
    """
    if is_infant_food:
        return 0
    return family_days if own_days is None else own_days
