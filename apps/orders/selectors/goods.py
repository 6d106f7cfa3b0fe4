"""What a partner can order now: goods by family, and the lines of an order made of them."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import TemperatureClass
from apps.kernel import clock
from apps.kernel.quantity import GRAMS_PER_KG
from apps.orders.rules import equipment_missing, refused_sources, units_to_cover
from apps.partners.models import Partner
from apps.sites.models import Site
from apps.stock.selectors import Available, stock_by_product

FAMILY_STEP_KG: Final = 5
"""A family taken as it comes is ordered by 5 kg at a tap."""

_HEX: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A product, or a family taken as it comes, and the grams wanted of it."""

    product: Product | None
    family: ProductFamily
    grams: int

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
    """

    product: Product | None
    family: ProductFamily
    available_grams: int
    earliest_on: dt.date | None

    @property
    def key(self) -> str:
        """The name of its quantity in a form."""
        return f"product_{self.product.pk.hex}" if self.product else f"family_{self.family.pk.hex}"

    @property
    def label(self) -> str:
        """The goods in words."""
        return self.product.name if self.product else _("%(family)s, as it comes") % {"family": self.family}

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

    def wanted(self, units: int) -> WantedLine:
        """Return an order line for a number of units."""
        return WantedLine(product=self.product, family=self.family, grams=units * self.unit_grams)


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

    Left out: sources the partner may not receive, goods it cannot keep cold, dates it refuses.
    """
    found = stock_by_product(
        site=site,
        for_day=max(wanted_on, clock.today()),
        accepts_past_best_before=partner.accepts_past_best_before,
        excluded_sources=sources_refused_to(partner, wanted_on),
        excluded_temperature_classes=classes_refused_to(partner),
    )
    by_family: dict[UUID, list[Available]] = {}
    for available in found:
        by_family.setdefault(available.family.pk, []).append(available)
    shelves = [_shelf(rows) for rows in by_family.values()]
    return sorted(shelves, key=lambda shelf: (shelf.earliest_on, shelf.family.name))


def _shelf(rows: list[Available]) -> Shelf:
    """Return the shelf of a family; mixed lots stand for the whole family, taken as it comes."""
    goods = [
        Goods(
            product=row.product,
            family=row.family,
            available_grams=row.grams if row.product else sum(each.grams for each in rows),
            earliest_on=row.earliest_on,
        )
        for row in rows
    ]
    goods.sort(key=lambda each: (each.earliest_on or dt.date.max, each.label))
    return Shelf(family=rows[0].family, goods=goods)


def goods_named(keys: Iterable[str]) -> list[Goods]:
    """Return goods by their form names, none of them in stock; names of nothing are left out."""
    ids: dict[str, list[UUID]] = {kind: [] for kind in ("product", "family")}
    for key in keys:
        kind, _sep, name = key.partition("_")
        if kind in ids and _HEX.fullmatch(name):
            ids[kind].append(UUID(hex=name))
    products = Product.objects.select_related("family").filter(pk__in=ids["product"]).order_by("name")
    families = ProductFamily.objects.filter(pk__in=ids["family"]).order_by("name")
    return [
        Goods(product=product, family=product.family, available_grams=0, earliest_on=None)
        for product in products
    ] + [Goods(product=None, family=family, available_grams=0, earliest_on=None) for family in families]


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
