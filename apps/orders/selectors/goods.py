"""What a partner can order now: goods by family, and the lines of an order made of them."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import TemperatureClass
from apps.kernel import clock
from apps.kernel.folding import by_words
from apps.kernel.quantity import GRAMS_PER_KG
from apps.orders.rules import equipment_missing, refused_sources, units_to_cover
from apps.partners.models import Partner
from apps.sites.models import Site
from apps.sites.states import Programme
from apps.stock.selectors import Available, stock_by_product

FAMILY_STEP_KG: Final = 5
"""A family taken as it comes is ordered by 5 kg at a tap."""

_KEY: Final = re.compile(
    rf"(?P<kind>product|family)_(?P<id>[0-9a-f]{{32}})(_(?P<programme>{'|'.join(Programme.values)}))?"
)

Named = tuple[UUID, str]
"""A product or a family, and the programme of its goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A product, or a family taken as it comes, and the grams wanted of it.

    ``programme`` names the public programme whose goods are wanted, empty for goods of none.
    """

    product: Product | None
    family: ProductFamily
    grams: int
    programme: str = ""

    @property
    def label(self) -> str:
        """The goods in words."""
        return self.product.name if self.product else self.family.name

    @property
    def temperature_class(self) -> str:
        """The temperature class these goods are kept at."""
        return self.product.temperature_class if self.product else self.family.temperature_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Something a partner can order now: grams free for it, first date, and the unit it is counted in.

    ``step`` is how many units go together: a case of a product, 5 kg of a family taken as it comes.
    ``too_soon_grams`` are in date but expire before the partner would have given them out.
    """

    product: Product | None
    family: ProductFamily
    available_grams: int
    earliest_on: dt.date | None
    too_soon_grams: int = 0
    programme: str = ""

    @property
    def key(self) -> str:
        """The name of its quantity in a form."""
        return goods_key(self.product.pk if self.product else None, self.family.pk, self.programme)

    @property
    def label(self) -> str:
        """The goods in words, with the programme they belong to."""
        name = self.product.name if self.product else _("%(family)s, as it comes") % {"family": self.family}
        return f"{name} · {Programme(self.programme).label}" if self.programme else name

    @property
    def date_kind(self) -> str:
        """What the date means."""
        return (self.product or self.family).date_kind

    @property
    def unit_grams(self) -> int:
        """The weight of one unit."""
        return self.product.unit_grams if self.product else GRAMS_PER_KG

    @property
    def unit_label(self) -> str:
        """The unit in words."""
        return self.product.unit_label if self.product else _("kg")

    @property
    def step(self) -> int:
        """How many units are taken at a time."""
        return self.product.units_per_case if self.product else FAMILY_STEP_KG

    @property
    def available_units(self) -> int:
        """How many units, the last one perhaps incomplete, are free."""
        return units_to_cover(self.available_grams, self.unit_grams)

    @property
    def available_packed(self) -> str:
        """What is free in the units of the product; an empty text for what is only weighed."""
        return self.product.packed(self.available_grams) if self.product else ""

    def wanted(self, units: int) -> WantedLine:
        """Return an order line for a number of units."""
        return WantedLine(
            product=self.product,
            family=self.family,
            grams=units * self.unit_grams,
            programme=self.programme,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The goods of one family that a partner can order, the soonest date first."""

    family: ProductFamily
    goods: list[Goods]

    @property
    def earliest_on(self) -> dt.date:
        """The soonest date on the shelf; far away when nothing on it is dated."""
        return min((goods.earliest_on or dt.date.max for goods in self.goods), default=dt.date.max)


def shelves_for(*, partner: Partner, site: Site, wanted_on: dt.date) -> list[Shelf]:
    """Return what a partner can order at a site for a day, by family, what must go soonest first.

    Left out: sources the partner may not receive, goods it cannot keep cold, dates it refuses, and what
    expires before it would have given it out (told on the shelf).
    """
    by_family: dict[UUID, list[Available]] = {}
    for available in _available(partner, site, wanted_on, life_days=partner.life_days):
        by_family.setdefault(available.family.pk, []).append(available)
    in_date = _available(partner, site, wanted_on, life_days=0) if partner.life_days else []
    whole: Counter[Named] = Counter()
    for available in in_date:
        whole[available.family.pk, available.programme] += available.grams
        if available.product:
            whole[available.product.pk, available.programme] += available.grams
    shelves = [_shelf(rows, whole) for rows in by_family.values()]
    return sorted(shelves, key=lambda shelf: (shelf.earliest_on, by_words(shelf.family.name)))


def _available(partner: Partner, site: Site, wanted_on: dt.date, *, life_days: int) -> list[Available]:
    return stock_by_product(
        site=site,
        for_day=max(wanted_on, clock.today()),
        accepts_past_best_before=partner.accepts_past_best_before,
        life_days=life_days,
        excluded_sources=sources_refused_to(partner, wanted_on),
        excluded_temperature_classes=classes_refused_to(partner),
    )


def _shelf(rows: list[Available], whole: Mapping[Named, int]) -> Shelf:
    """Return the shelf of a family; mixed lots stand for the whole family, taken as it comes.

    ``whole`` says what is in date of each product, and of each family, however soon it expires.
    """
    goods = [
        Goods(
            product=row.product,
            family=row.family,
            available_grams=(free := _free(row, rows)),
            too_soon_grams=max(whole.get(((row.product or row.family).pk, row.programme), free) - free, 0),
            earliest_on=row.earliest_on,
            programme=row.programme,
        )
        for row in rows
    ]
    goods.sort(key=lambda each: (each.earliest_on or dt.date.max, each.label))
    return Shelf(family=rows[0].family, goods=goods)


def _free(row: Available, rows: list[Available]) -> int:
    """Return what is free of a product; of mixes, everything of their family and programme."""
    if row.product:
        return row.grams
    return sum(each.grams for each in rows if each.programme == row.programme)


def goods_key(product_id: UUID | None, family_id: UUID, programme: str) -> str:
    """Return the name that goods have in a form: what they are, then the programme if any."""
    name = f"product_{product_id.hex}" if product_id else f"family_{family_id.hex}"
    return f"{name}_{programme}" if programme else name


def goods_named(keys: Iterable[str]) -> list[Goods]:
    """Return goods by their form names, none of them in stock; names of nothing are left out."""
    asked: dict[str, list[Named]] = {kind: [] for kind in ("product", "family")}
    for key in keys:
        found = _KEY.fullmatch(key)
        if found:
            asked[found["kind"]].append((UUID(hex=found["id"]), found["programme"] or ""))
    products = Product.objects.select_related("family").in_bulk([pk for pk, _p in asked["product"]])
    families = ProductFamily.objects.in_bulk([pk for pk, _p in asked["family"]])
    named = [_gone(products[pk], products[pk].family, p) for pk, p in asked["product"] if pk in products]
    named.sort(key=lambda goods: by_words(goods.label))
    mixes = [_gone(None, families[pk], programme) for pk, programme in asked["family"] if pk in families]
    return named + sorted(mixes, key=lambda goods: by_words(goods.label))


def _gone(product: Product | None, family: ProductFamily, programme: str) -> Goods:
    return Goods(product=product, family=family, available_grams=0, earliest_on=None, programme=programme)


def sources_refused_to(partner: Partner, on: dt.date) -> frozenset[str]:
    """Return the supply sources whose lots a partner may not receive on a day."""
    return refused_sources(is_accredited=partner.is_accredited(on), distributes_free=partner.distributes_free)


def classes_refused_to(partner: Partner) -> frozenset[str]:
    """Return the temperature classes that a partner has no equipment for."""
    return frozenset(
        str(each)
        for each in TemperatureClass
        if equipment_missing(each, has_chilled=partner.has_chilled, has_frozen=partner.has_frozen)
    )
