"""Any sequence of acts leaves the books right: a machine plays the warehouse against a dictionary.

Two banks, up to six kilograms at a time, every service, quarantine, repeats of what was already sent.
After each step the database checks what it would check at a commit.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.errors import DomainError
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.errors import (
    LotInQuarantine,
    LotIsBlocked,
    MovementAlreadyReversed,
    NotEnoughStock,
    NotInspected,
    UseByPassed,
)
from apps.stock.facts import LotBlocked, LotReleased
from apps.stock.models import Lot, Movement
from apps.stock.rules import is_expired, is_past_best_before
from apps.stock.selectors import origin_of
from apps.stock.services import (
    Item,
    Want,
    lot_block,
    lot_unblock,
    lots_receive,
    movement_reverse,
    stock_count,
    stock_deliver,
    stock_hold,
    stock_lose,
    stock_move,
    stock_release,
    stock_reserve,
    surplus_arrive,
    surplus_ship,
)
from apps.stock.states import LossDestination, LossReason, LotStatus
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.apps.stock.books import Books, Road
from tests.making.catalogue import make_family, make_product
from tests.making.facts import facts_told
from tests.making.network import make_transfer
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, paper, posted_receipt

grams = st.integers(1, 6_000)
share = st.integers(1, 115)
"""Per cent of what is there: now and then too much."""
which = st.integers(0, 1_000)
anywhere = st.integers(0, 2)
GRACE = 4


class Warehouse(RuleBasedStateMachine):
    """Two banks at work; ``twins`` is set by the test."""

    twins: tuple[Any, ...] = ()

    @initialize()
    def open_banks(self) -> None:
        """Give each bank a product and three locations of one site, the last one for quarantine."""
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.books: list[Books] = []
        self.movements: list[tuple[Books, Movement]] = []
        self.roads: list[Road] = []
        self.sent: list[tuple[Books, Callable[[], Any], Any]] = []
        self.reversed: set[tuple[UUID, int]] = set()
        for number, bank in enumerate(self.twins):
            with in_tenant(bank, Purpose.TEST):
                family = make_family(code="MACHINE", grace_days=GRACE)
                product = make_product(family, ref="MACHINE", grace_days=None)
                first = make_location()
                kept_back = make_location(first.site, purpose=LocationPurpose.QUARANTINE)
                places = [first, make_location(first.site), kept_back]
                self.books.append(Books(bank, product, make_partner(), places))
            self.receive(number, 0, 5_000, DateKind.NONE, 0)

    def teardown(self) -> None:
        """Forget this run."""
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def act(
        self, books: Books, service: Callable[..., Any], refusal: type[DomainError] | None, **given: Any
    ) -> Any:
        """Call a service; it must refuse exactly when the model says so. Returns ``None`` when refused."""
        given.setdefault("op_key", uuid4())
        with in_tenant(books.bank, Purpose.TEST):
            if refusal:
                with pytest.raises(refusal):
                    service(KEEPER, **given)
                return None
            done = service(KEEPER, **given)
        self.sent.append((books, lambda: service(KEEPER, **given), done))
        self.remember(books, done)
        return done

    def remember(self, books: Books, done: Any) -> None:
        """Keep the movements of an act, to reverse them later."""
        made = done if isinstance(done, list) else [done]
        self.movements += [(books, m) for m in made if isinstance(m, Movement)]

    def part(self, percent: int, there: int) -> int:
        """Return a share of what is there; of nothing, a weight that is too much."""
        return -(-there * percent // 100) or percent

    def some_lot(self, number: int) -> tuple[Books, Lot]:
        """Return one of the lots of the two banks."""
        lots = [(books, lot) for books in self.books for lot in books.lots.values()]
        return lots[number % len(lots)]

    def leaving(self, lot: Lot, here: Location, there: int, weight: int) -> type[DomainError] | None:
        """Say how the ledger must answer to goods that leave."""
        if lot.status == LotStatus.BLOCKED:
            return LotIsBlocked
        if here.purpose == LocationPurpose.QUARANTINE:
            return LotInQuarantine
        if lot.date_kind == DateKind.USE_BY and lot.expires_on and lot.expires_on < clock.today():
            return UseByPassed
        if is_past_best_before(lot.date_kind, lot.expires_on, on=clock.today()):
            return NotInspected
        return NotEnoughStock if weight > there else None

    @rule(
        bank=st.integers(0, 1),
        place=st.integers(0, 1),
        weight=grams,
        kind=st.sampled_from(DateKind.values),
        days=st.integers(-6, 6),
    )
    def another_receipt(self, bank: int, place: int, weight: int, kind: str, days: int) -> None:
        """Post one more receipt."""
        self.receive(bank, place, weight, kind, days)

    def receive(self, bank: int, place: int, weight: int, kind: str, days: int) -> None:
        """Post a receipt of one line."""
        books = self.books[bank]
        day = None if kind == DateKind.NONE else clock.today() + dt.timedelta(days=days)
        with in_tenant(books.bank, Purpose.TEST):
            goods = (books.product, weight, books.places[place])
            receipt = posted_receipt(books.places[place], goods, date_kind=kind, expires_on=day)
            (lot,) = lots_receive(KEEPER, receipt=receipt)
            self.remember(books, lot.movements.get())
        self.sent.append((books, lambda: lots_receive(KEEPER, receipt=receipt), [lot]))
        books.lots[lot.pk] = lot
        books.add(lot, books.places[place], weight)
        books.told["in"] += weight

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, further=st.integers(1, 2), percent=share)
    def move(self, number: int, place: int, further: int, percent: int) -> None:
        """Move goods to another location: into quarantine, out of it, or between two shelves."""
        books, lot = self.some_lot(number)
        here, there = books.places[place], books.places[(place + further) % 3]
        weight = self.part(percent, books.free(lot, here))
        refusal = NotEnoughStock if weight > books.free(lot, here) else None
        if self.act(books, stock_move, refusal, lot=lot, location=here, to=there, grams=weight):
            books.add(lot, here, -weight)
            books.add(lot, there, weight)

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, percent=share)
    def hold(self, number: int, place: int, percent: int) -> None:
        """Reserve more of one very lot where it is, as a picker does who weighed more."""
        books, lot = self.some_lot(number)
        here = books.places[place]
        weight = self.part(percent, books.free(lot, here))
        refusal = self.leaving(lot, here, books.free(lot, here), weight)
        if self.act(books, stock_hold, refusal, items=[Item(lot, here, weight)], document=paper()):
            books.add(lot, here, -weight)
            books.add(lot, here, weight, "reserved")

    @rule(bank=st.integers(0, 1), weights=st.lists(grams, min_size=1, max_size=3), past=st.booleans())
    def reserve(self, bank: int, weights: list[int], past: bool) -> None:
        """Reserve for up to three wishes."""
        books = self.books[bank]
        site, product, today = books.places[0].site_id, books.product, clock.today()
        wants = [Want(uuid4(), site, product.family_id, product.pk, weight) for weight in weights]
        given = {"accepts_past_best_before": past, "excluded_sources": frozenset()}
        holds = self.act(books, stock_reserve, None, wants=wants, document=paper(), for_day=today, **given)
        self.assert_first_expired_first_out(books, holds, sum(weights))
        for hold in holds:
            books.add(hold.lot, hold.location, -hold.grams)
            books.add(hold.lot, hold.location, hold.grams, "reserved")

    def assert_first_expired_first_out(self, books: Books, holds: list[Any], wanted: int) -> None:
        """As much as there is; no lot is taken while an earlier one still had some."""
        may = [
            lot
            for lot in books.lots.values()
            if lot.status == LotStatus.AVAILABLE
            and not is_expired(lot.date_kind, lot.expires_on, grace_days=0, on=clock.today())
        ]
        free = {lot.pk: sum(books.free(lot, place) for place in books.places[:2]) for lot in may}
        taken = {lot.pk: sum(hold.grams for hold in holds if hold.lot.pk == lot.pk) for lot in may}
        assert sum(hold.grams for hold in holds) == min(wanted, sum(free.values())) == sum(taken.values())
        dates = sorted(may, key=lambda lot: (lot.expires_on or dt.date.max, lot.number))
        left = wanted
        for lot in dates:
            assert taken[lot.pk] == min(left, free[lot.pk])
            left -= taken[lot.pk]

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, percent=share)
    def release(self, number: int, place: int, percent: int) -> None:
        """Give reserved goods back."""
        books, lot = self.some_lot(number)
        here = books.places[place]
        weight = self.part(percent, books.reserved(lot, here))
        refusal = NotEnoughStock if weight > books.reserved(lot, here) else None
        items = [Item(lot, here, weight)]
        if self.act(books, stock_release, refusal, items=items, document=paper()):
            books.add(lot, here, -weight, "reserved")
            books.add(lot, here, weight)
            books.settle(lot, here)

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, percent=share)
    def deliver(self, number: int, place: int, percent: int) -> None:
        """Hand reserved goods over."""
        books, lot = self.some_lot(number)
        here = books.places[place]
        weight = self.part(percent, books.reserved(lot, here))
        refusal = self.leaving(lot, here, books.reserved(lot, here), weight)
        items, note = [Item(lot, here, weight)], paper("delivery_note")
        if self.act(books, stock_deliver, refusal, items=items, partner=books.partner, document=note):
            books.add(lot, here, -weight, "reserved")
            books.told["out"] += weight

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, percent=share, reason=st.sampled_from(LossReason))
    def lose(self, number: int, place: int, percent: int, reason: LossReason) -> None:
        """Record a loss."""
        books, lot = self.some_lot(number)
        here = books.places[place]
        weight = self.part(percent, books.free(lot, here))
        refusal = NotEnoughStock if weight > books.free(lot, here) else None
        given = {"reason": reason, "destination": LossDestination.COMPOST}
        if self.act(books, stock_lose, refusal, lot=lot, location=here, grams=weight, **given):
            books.add(lot, here, -weight)
            books.told["loss"] += weight

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, found=st.integers(0, 6_000))
    def count(self, number: int, place: int, found: int) -> None:
        """Count a lot at a location, reserved goods included."""
        books, lot = self.some_lot(number)
        here = books.places[place]
        difference = found - books.reserved(lot, here) - books.free(lot, here)
        posted = max(difference, -books.free(lot, here))
        entry = self.act(books, stock_count, None, lot=lot, location=here, counted_grams=found, reason="July")
        assert (entry.posted_grams, entry.unsettled_grams) == (posted, posted - difference)
        books.add(lot, here, posted)
        books.told["count"] += posted
        books.short[lot.pk, here.pk] = (entry.pk, posted - difference)
        with in_tenant(books.bank, Purpose.TEST):
            self.remember(books, list(Movement.objects.filter(op_key=entry.pk)))

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, blocked=st.sampled_from([True, False, False]))
    def block(self, number: int, blocked: bool) -> None:
        """Block a lot, or free it."""
        books, lot = self.some_lot(number)
        with facts_told(LotBlocked, LotReleased), in_tenant(books.bank, Purpose.TEST):
            act = lot_block if blocked else lot_unblock
            books.lots[lot.pk] = act(KEEPER, lot=lot, reason="Doubt")

    @precondition(lambda self: any(books.lots for books in self.books))
    @rule(number=which, place=anywhere, percent=share)
    def ship(self, number: int, place: int, percent: int) -> None:
        """Send goods to the other bank."""
        books, lot = self.some_lot(number)
        here, other = books.places[place], self.books[1 - self.books.index(books)]
        weight = self.part(percent, books.free(lot, here))
        refusal = self.leaving(lot, here, books.free(lot, here), weight)
        road = Road(make_transfer(books.bank, other.bank), books, other, lot, here, 0 if refusal else weight)
        road.say()
        given = {"lot": lot, "location": here, "grams": weight, "transfer_line_id": road.line.pk}
        if self.act(books, surplus_ship, refusal, document=paper("transfer"), **given):
            self.roads.append(road)
            books.add(lot, here, -weight)
            books.told["shipped"] += weight

    @precondition(lambda self: any(road.shipped and not road.arrived_as for road in self.roads))
    @rule(number=which, place=st.integers(0, 1), percent=st.integers(0, 100))
    def arrive(self, number: int, place: int, percent: int) -> None:
        """Take what is on the road into stock, some of it lost."""
        roads = [road for road in self.roads if road.shipped and not road.arrived_as]
        road = roads[number % len(roads)]
        books, here = road.receiver, road.receiver.places[place]
        road.received = road.shipped * percent // 100
        road.lost = road.shipped - road.received
        road.say()
        with in_tenant(road.sender.bank, Purpose.TEST):
            origin = origin_of(road.lot, bank_id=road.sender.bank.pk, bank_label=road.sender.bank.name)
        given = {"received_grams": road.received, "lost_grams": road.lost, "transfer_line_id": road.line.pk}
        document = paper("transfer")
        lot = self.act(books, surplus_arrive, None, origin=origin, location=here, document=document, **given)
        with in_tenant(books.bank, Purpose.TEST):
            self.remember(books, list(lot.movements.all()))
        road.arrived_as, road.place = lot, here
        books.lots[lot.pk] = lot
        books.add(lot, here, road.received)
        books.told.update(arrived=road.shipped, loss=road.lost)

    @precondition(lambda self: self.movements)
    @rule(number=which)
    def reverse(self, number: int) -> None:
        """Reverse any movement that may be reversed."""
        books, movement = self.movements[number % len(self.movements)]
        with in_tenant(books.bank, Purpose.TEST):
            movement = Movement.objects.select_related("lot").get(pk=movement.pk)
            giver, taker = movement.source, movement.destination
            if movement.kind in ("reserve", "release", "reverse"):
                return
            places: dict[UUID | None, Location] = {place.pk: place for place in books.places}
            came_from, went_to = (places.get(end.location_id) for end in (giver, taker))
        lot, weight = books.lots[movement.lot_id], movement.grams
        road = next((r for r in self.roads if r.line.pk == movement.transfer_line_id), None)
        if movement.kind == "ship" and road and road.arrived_as:
            return
        refusal: type[DomainError] | None = None
        if (movement.op_key, movement.leg) in self.reversed:
            refusal = MovementAlreadyReversed
        elif went_to and weight > books.free(lot, went_to):
            refusal = NotEnoughStock
        elif road:
            self.take_back(road, movement)
        if self.act(books, movement_reverse, refusal, movement=movement, reason="Mistake") is None:
            return
        self.reversed.add((movement.op_key, movement.leg))
        if went_to:
            books.add(lot, went_to, -weight)
        if came_from:
            books.add(lot, came_from, weight)
        self.untell(books, giver.kind, taker.kind, weight)
        books.forget(movement.op_key)

    def take_back(self, road: Road, movement: Movement) -> None:
        """Write in the document of a transfer that a movement did not happen."""
        if movement.kind == "ship":
            road.shipped = 0
        elif movement.destination.kind == "loss":
            road.lost = 0
        else:
            road.received = 0
        road.say()

    def untell(self, books: Books, giver: str, taker: str, weight: int) -> None:
        """Count a movement backwards."""
        leaves = {"donor": "in", "supplier": "in", "transit": "arrived", "count": "count"}
        enters = {"partner": "out", "loss": "loss", "transit": "shipped"}
        if giver in leaves:
            books.told[leaves[giver]] -= weight
        if taker in enters:
            books.told[enters[taker]] -= weight
        if taker == "count":
            books.told["count"] += weight

    @precondition(lambda self: self.sent)
    @rule(number=which)
    def repeat(self, number: int) -> None:
        """Send again what was sent before: the answer is the same and nothing moves."""
        books, again, first = self.sent[number % len(self.sent)]
        if first != []:
            with in_tenant(books.bank, Purpose.TEST):
                assert again() == first

    @invariant()
    def books_are_kept(self) -> None:
        """Hold the commit-time checks, the model, the movements and the deltas against each other."""
        if hasattr(self, "books"):
            with in_tenant(self.books[0].bank, Purpose.TEST), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            for books in self.books:
                books.assert_kept()
            on_the_road = sum(books.told["shipped"] - books.told["arrived"] for books in self.books)
            assert on_the_road == sum(r.shipped - r.received - r.lost for r in self.roads)


def play(twins: tuple[Any, ...], *, examples: int, steps: int) -> None:
    machine = type("TwoBanks", (Warehouse,), {"twins": twins})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.pitfall(25)
def test_any_sequence_of_acts_leaves_the_books_right(bank: FoodBank, twin_b: FoodBank) -> None:
    play((bank, twin_b), examples=10, steps=25)


@pytest.mark.slow
def test_any_long_sequence_of_acts_leaves_the_books_right(bank: FoodBank, twin_b: FoodBank) -> None:
    play((bank, twin_b), examples=150, steps=30)
