"""Where the grams of recalled lots are now, to the gram, and which partners got some."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, Q, Sum, When

from apps.stock.models import Balance, Movement
from apps.stock.states import INSIDE, AccountKind, MovementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Grams:
    """Grams of lots: entered, and where they are now. ``other`` is what counts and the workshop took.

    ``entered = in_stock + served + lost + shipped + other``, to the gram.
    """

    in_stock: int = 0
    served: int = 0
    lost: int = 0
    shipped: int = 0
    other: int = 0

    @property
    def entered(self) -> int:
        """Grams that ever entered the bank as these lots."""
        return self.in_stock + self.served + self.lost + self.shipped + self.other

    def __add__(self, more: "Grams") -> "Grams":
        return Grams(
            in_stock=self.in_stock + more.in_stock,
            served=self.served + more.served,
            lost=self.lost + more.lost,
            shipped=self.shipped + more.shipped,
            other=self.other + more.other,
        )


def grams_by_lot(lots: Collection[UUID]) -> dict[UUID, Grams]:
    """Return where the grams of each lot are (two queries)."""
    held: defaultdict[UUID, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    balances = Balance.objects.filter(account__lot__in=lots).values_list("account__lot_id", "account__kind")
    for lot, kind, grams in balances.annotate(total=Sum("grams")):
        held[lot][kind] += grams
    shipped = _shipped(lots)
    return {lot: _grams(held[lot], shipped.get(lot, 0)) for lot in lots}


def grams_together(lots: Collection[UUID]) -> Grams:
    """Return where the grams of lots are, together."""
    return sum(grams_by_lot(lots).values(), Grams())


def _grams(held: dict[str, int], shipped: int) -> Grams:
    return Grams(
        in_stock=sum(held.get(kind, 0) for kind in INSIDE),
        served=held.get(AccountKind.PARTNER, 0),
        lost=held.get(AccountKind.LOSS, 0),
        shipped=shipped,
        other=held.get(AccountKind.COUNT, 0) + held.get(AccountKind.WORKSHOP, 0),
    )


def _shipped(lots: Collection[UUID]) -> dict[UUID, int]:
    """Return the grams of each lot that left for another bank, shipments undone left out."""
    made = Movement.objects.filter(lot__in=lots).filter(
        Q(kind=MovementKind.SHIP) | Q(kind=MovementKind.REVERSE, reverses__kind=MovementKind.SHIP)
    )
    signed = Sum(Case(When(kind=MovementKind.SHIP, then=F("grams")), default=-F("grams")))
    return dict(made.values_list("lot_id").annotate(total=signed))


def served_by_partner(lots: Collection[UUID]) -> dict[UUID, int]:
    """Return the grams of lots that each partner took; a delivery undone did not happen, a return did."""
    made = Movement.objects.filter(lot__in=lots, party_id__isnull=False).filter(
        Q(kind=MovementKind.DELIVER) | Q(kind=MovementKind.REVERSE, reverses__kind=MovementKind.DELIVER)
    )
    signed = Sum(Case(When(kind=MovementKind.DELIVER, then=F("grams")), default=-F("grams")))
    found = made.order_by().values_list("party_id").annotate(total=signed)
    return {partner: grams for partner, grams in found if grams > 0}


def served_lots(lots: Collection[UUID], partner_id: UUID) -> list[tuple[UUID, int]]:
    """Return the grams of each lot that one partner took."""
    made = Movement.objects.filter(lot__in=lots, party_id=partner_id).filter(
        Q(kind=MovementKind.DELIVER) | Q(kind=MovementKind.REVERSE, reverses__kind=MovementKind.DELIVER)
    )
    signed = Sum(Case(When(kind=MovementKind.DELIVER, then=F("grams")), default=-F("grams")))
    found = made.order_by().values_list("lot_id").annotate(total=signed)
    return [(lot, grams) for lot, grams in found if grams > 0]
