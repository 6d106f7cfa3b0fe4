"""A dictionary that does what the ledger should: the model the state machine compares it with."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Sum

from apps.catalogue.models import Product
from apps.impact.rules import STOCK_SIGNS
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.stock.models import Balance, Lot
from apps.stock.selectors import ledger_verify
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.models import Delta
from tenants.network.models import TransferLine
from tenants.registry.models import FoodBank

Seat = tuple[UUID, UUID, str]


@dataclass
class Books:
    """What one bank should hold (lot, location, free or reserved) and should have told the federation."""

    bank: FoodBank
    product: Product
    partner: Partner
    places: list[Location] = field(default_factory=list)
    lots: dict[UUID, Lot] = field(default_factory=dict)
    grams: Counter[Seat] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    short: dict[tuple[UUID, UUID], tuple[UUID, int]] = field(default_factory=dict)
    """What the last count of a lot at a place found missing of reserved goods, and the key of that count."""

    def free(self, lot: Lot, place: Location) -> int:
        """Return what nobody has reserved there."""
        return self.grams[lot.pk, place.pk, "on_hand"]

    def reserved(self, lot: Lot, place: Location) -> int:
        """Return what orders have reserved there."""
        return self.grams[lot.pk, place.pk, "reserved"]

    def add(self, lot: Lot, place: Location, grams: int, kind: str = "on_hand") -> None:
        """Put grams somewhere, or take them away."""
        self.grams[lot.pk, place.pk, kind] += grams

    def settle(self, lot: Lot, place: Location) -> None:
        """Take what a count found missing from the goods that were just given back."""
        key, missing = self.short.get((lot.pk, place.pk), (lot.pk, 0))
        taken = min(missing, self.free(lot, place))
        self.add(lot, place, -taken)
        self.told["count"] -= taken
        self.short[lot.pk, place.pk] = (key, missing - taken)

    def forget(self, count: UUID) -> None:
        """Nothing stays to be settled of a count that is reversed."""
        for seat, (key, _missing) in self.short.items():
            if key == count:
                self.short[seat] = (key, 0)

    @property
    def stock(self) -> int:
        """Everything that should be inside the bank."""
        return sum(self.grams.values())

    def assert_kept(self) -> None:
        """Compare the ledger with the model, the balances with the movements, the deltas with both."""
        with in_tenant(self.bank, Purpose.TEST):
            inside = Balance.objects.filter(is_inside=True, grams__gt=0, account__lot__in=self.lots)
            seats = inside.values_list("account__lot_id", "account__location_id", "account__kind", "grams")
            assert {tuple(seat): grams for *seat, grams in seats} == +self.grams
            sums = Balance.objects.values("account__lot").annotate(total=Sum("grams"))
            assert not [row for row in sums if row["total"]]
            assert ledger_verify() == []
        self._assert_told()

    def _assert_told(self) -> None:
        with in_platform(Purpose.TEST):
            deltas = Delta.objects.filter(bank_id=self.bank.pk).order_by().values_list("flow")
            told = dict(deltas.annotate(total=Sum("grams")).values_list("flow", "total"))
        assert {flow: grams for flow, grams in told.items() if grams} == {
            flow: grams for flow, grams in self.told.items() if grams
        }
        told = Counter(told)
        assert sum(sign * told[flow] for flow, sign in STOCK_SIGNS.items()) == self.stock


@dataclass
class Road:
    """A line of a transfer: what the document says is on the road, and where it goes."""

    line: TransferLine
    sender: Books
    receiver: Books
    lot: Lot
    place: Location
    shipped: int
    received: int = 0
    lost: int = 0
    arrived_as: Lot | None = None

    def say(self) -> None:
        """Write the document as the ledgers are about to move."""
        with in_platform(Purpose.TEST):
            TransferLine.objects.filter(pk=self.line.pk).update(
                shipped_grams=self.shipped, received_grams=self.received, lost_grams=self.lost
            )
