"""Reads about offers, and about the goods that can be offered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from apps.catalogue.models import Product, ProductFamily
from apps.offers.models import Offer
from apps.offers.states import OfferStatus


def offers_listed() -> QuerySet[Offer]:
    """Return offers with their donor, the grams offered and accepted, and the earliest date."""
    return Offer.objects.select_related("donor").annotate(
        offered_grams=Sum("lines__offered_grams"),
        accepted_grams=Sum("lines__accepted_grams"),
        line_count=Count("lines"),
        earliest_on=Min("lines__expires_on"),
    )


def offers_with_lines() -> QuerySet[Offer]:
    """Return offers with their donor and lines, for a sheet."""
    return offers_listed().prefetch_related("lines__product", "lines__family")


def counts_by_status() -> dict[str, int]:
    """Return how many offers stand in each state; states without any are absent."""
    rows = Offer.objects.order_by().values_list("status").annotate(found=Count("pk"))
    return dict(rows)


def offers_overdue(*, now: dt.datetime) -> QuerySet[Offer]:
    """Return the offers whose time to answer ended without an answer."""
    return Offer.objects.filter(status=OfferStatus.PROPOSED, answer_by__lt=now).order_by("answer_by", "pk")


def answers_due(*, soon: dt.datetime) -> dict[str, int]:
    """Return how many offers wait, and how many of them must be answered before an instant."""
    waiting = Offer.objects.filter(status=OfferStatus.PROPOSED)
    return waiting.aggregate(waiting=Count("pk"), urgent=Count("pk", filter=Q(answer_by__lt=soon)))


@dataclass(frozen=True, slots=True)
class Goods:
    """What a line is made of: a product, or a mix of a family when ``product`` is ``None``."""

    product: Product | None
    family: ProductFamily

    @property
    def date_kind(self) -> str:
        """Kind of date that these goods usually bear."""
        return (self.product or self.family).date_kind


class GoodsList:
    """Every product and family mix in use, read once for all the lines of a form (two queries)."""

    def __init__(self) -> None:
        self._found: dict[str, Goods] = {}
        groups: dict[ProductFamily, list[tuple[str, str]]] = {}
        for family in ProductFamily.objects.active():
            mix = _("%(family)s: mixed") % {"family": family.name}
            groups[family] = [(self._known(f"family-{family.pk}", Goods(None, family)), mix)]
        for product in Product.objects.active().select_related("family"):
            if product.family in groups:
                key = self._known(f"product-{product.pk}", Goods(product, product.family))
                groups[product.family].append((key, product.name))
        self.choices: list[Any] = [("", _("Choose"))]
        self.choices += [(family.name, goods) for family, goods in groups.items()]

    def _known(self, key: str, goods: Goods) -> str:
        self._found[key] = goods
        return key

    def goods(self, key: str) -> Goods | None:
        """Return the goods behind a choice."""
        return self._found.get(key)
