"""The account of a public programme: what was there, what came, what went, what is there, by product.

Sources: separate physical and book accounts of European food, regulation (EU) 2021/1057; traceability at
reception, storage and distribution, CASF R.266-2.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.fields import BigIntegerField, CharField

from apps.catalogue.models import Product, ProductFamily
from apps.kernel.folding import by_words
from apps.stock.models import Movement
from apps.stock.states import INSIDE, AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeLine:
    """One product (or a family's mixes) of one campaign over a period, in grams; what left is below zero."""

    programme: str
    campaign: str
    family: ProductFamily
    product: Product | None
    opening_grams: int
    moved: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The goods as people name them."""
        return str(self.product or self.family)

    @property
    def received_grams(self) -> int:
        """What came from suppliers, donors and other banks."""
        kinds = (AccountKind.SUPPLIER, AccountKind.DONOR, AccountKind.TRANSIT)
        return sum(max(self.moved.get(kind, 0), 0) for kind in kinds)

    @property
    def shipped_grams(self) -> int:
        """What went to other banks, more than came from them."""
        return min(self.moved.get(AccountKind.TRANSIT, 0), 0)

    @property
    def handed_over_grams(self) -> int:
        """What partners got, less what they returned."""
        return self.moved.get(AccountKind.PARTNER, 0)

    @property
    def lost_grams(self) -> int:
        """What was lost."""
        return self.moved.get(AccountKind.LOSS, 0)

    @property
    def other_grams(self) -> int:
        """What counts found or missed, and what the workshop took or made."""
        return self.moved.get(AccountKind.COUNT, 0) + self.moved.get(AccountKind.WORKSHOP, 0)

    @property
    def stock_grams(self) -> int:
        """What is there at the end: the opening and everything that moved."""
        return self.opening_grams + sum(self.moved.values())


_KEPT: Final = [kind.value for kind in INSIDE]
_CAME = Q(destination__kind__in=_KEPT) & ~Q(source__kind__in=_KEPT)
_WENT = Q(source__kind__in=_KEPT) & ~Q(destination__kind__in=_KEPT)
_OPENING: Final = "opening"


def programme_lines(
    *, programme: str, campaign: str | None = None, since: dt.date, until: dt.date
) -> list[ProgrammeLine]:
    """Return the account of a programme, or of one campaign, over a period (both days included).

    For each product: opening + all that came and went = stock, to the gram. Three queries.
    """
    moved = Movement.objects.filter(_CAME | _WENT, lot__supply_source=programme, occurred_on__lte=until)
    if campaign is not None:
        moved = moved.filter(lot__campaign=campaign)
    rows = (
        moved.order_by()
        .annotate(
            outside=Case(
                When(occurred_on__lt=since, then=Value(_OPENING)),
                When(_CAME, then=F("source__kind")),
                default=F("destination__kind"),
                output_field=CharField(),
            ),
            signed=Case(When(_CAME, then=F("grams")), default=-F("grams"), output_field=BigIntegerField()),
        )
        .values_list("lot__campaign", "lot__family_id", "lot__product_id", "outside")
        .annotate(total=Sum("signed"))
    )
    found: defaultdict[tuple[str, UUID, UUID | None], dict[str, int]] = defaultdict(dict)
    for name, family, product, outside, total in rows:
        found[name, family, product][outside] = total
    families = ProductFamily.objects.in_bulk({family for _n, family, _p in found})
    products = Product.objects.in_bulk({product for _n, _f, product in found} - {None})
    lines = [
        ProgrammeLine(
            programme=programme,
            campaign=name,
            family=families[family],
            product=products.get(product) if product else None,
            opening_grams=grams.pop(_OPENING, 0),
            moved=grams,
        )
        for (name, family, product), grams in found.items()
    ]
    return sorted(lines, key=lambda line: (line.campaign, by_words(line.label), line.product is None))
