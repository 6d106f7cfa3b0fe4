"""Goods that go to the workshop and come back from it, goods that partners return: kept and counted."""

from collections.abc import Iterable
from uuid import uuid4

import pytest
from django.db.models import Sum

from apps.impact.rules import STOCK_SIGNS, Total, stock
from apps.impact.selectors import disagreements
from apps.sites.models import Location
from apps.stock import ledger
from apps.stock.errors import MovementNotReversible
from apps.stock.ledger import Leg, Party, Place, post
from apps.stock.models import Balance, Lot, Movement
from apps.stock.services import movement_reverse, stock_deliver
from apps.stock.states import LossReason, MovementKind
from tenants.registry.models import FoodBank
from tests.making.partners import make_partner
from tests.making.stock import KEEPER, counted, make_lot, paper, reserved_item

BURNT = ledger.lost(LossReason.DAMAGED)


def moved(lot: Lot, kind: MovementKind, source: Place, destination: Place, grams: int) -> Movement:
    party = Party(uuid4(), "Charity", "CCAS") if kind == MovementKind.RETURN else None
    leg = Leg(kind=kind, lot=lot, source=source, destination=destination, grams=grams, party=party)
    return post(KEEPER, op_key=uuid4(), legs=[leg])[0]


def cook(shelf: Location) -> Iterable[Movement]:
    """Ten kilograms go to the workshop: eight come out as soup, two are burnt."""
    carrots, soup = make_lot(15_000, location=shelf), make_lot(0, location=shelf)
    yield moved(carrots, MovementKind.TRANSFORM, ledger.on_hand(shelf), ledger.WORKSHOP, 10_000)
    yield moved(soup, MovementKind.PRODUCE, ledger.WORKSHOP, ledger.on_hand(shelf), 8_000)
    yield moved(carrots, MovementKind.LOSE, ledger.WORKSHOP, BURNT, 2_000)


def books_hold(bank: FoodBank) -> None:
    """Compare what the bank told with what is on its shelves, and with its ledger."""
    inside = Balance.objects.filter(is_inside=True).aggregate(grams=Sum("grams", default=0))["grams"]
    told = [Total(flow=flow, standing_grams=grams) for flow, _detail, grams in counted(bank)]
    assert stock(told) == inside
    assert disagreements() == []


def test_what_the_workshop_used_made_and_lost_is_counted_to_the_gram(bank: FoodBank, shelf: Location) -> None:
    made = list(cook(shelf))
    assert counted(bank)[1:] == [
        ("used", "", 10_000), ("made", "", 8_000), ("loss", "damaged", 2_000), ("used", "", -2_000),
    ]  # fmt: skip
    workshop = Balance.objects.filter(account__kind="workshop").aggregate(grams=Sum("grams"))
    assert workshop["grams"] == 0
    books_hold(bank)
    assert [movement.kind for movement in made] == ["transform", "produce", "lose"]


def test_a_reversed_batch_leaves_the_books_as_if_it_had_never_been(bank: FoodBank, shelf: Location) -> None:
    for made in reversed(list(cook(shelf))):
        leg = Leg(
            kind=MovementKind.REVERSE,
            lot=made.lot,
            source=Place.of(made.destination),
            destination=Place.of(made.source),
            grams=made.grams,
            reverses=made,
        )
        post(KEEPER, op_key=uuid4(), legs=[leg])
    books_hold(bank)
    told = {flow: sum(grams for name, _d, grams in counted(bank) if name == flow) for flow in STOCK_SIGNS}
    assert {flow: grams for flow, grams in told.items() if grams} == {"in": 15_000}


def test_a_return_is_handed_over_backwards(bank: FoodBank, shelf: Location) -> None:
    lot, partner = make_lot(10_000, location=shelf), make_partner()
    items = [reserved_item(lot, shelf, 4_000)]
    stock_deliver(KEEPER, op_key=uuid4(), items=items, partner=partner, document=paper("delivery_note"))
    moved(lot, MovementKind.RETURN, ledger.PARTNER, ledger.on_hand(shelf), 1_500)
    assert [grams for flow, _detail, grams in counted(bank) if flow == "out"] == [4_000, -1_500]
    books_hold(bank)


def test_a_loss_in_the_workshop_is_changed_with_its_batch(bank: FoodBank, shelf: Location) -> None:
    *_cooked, burnt = cook(shelf)
    with pytest.raises(MovementNotReversible):
        movement_reverse(KEEPER, op_key=uuid4(), movement=burnt, reason="weighed wrong")
    books_hold(bank)


@pytest.mark.parametrize("kind", [MovementKind.TRANSFORM, MovementKind.RETURN])
def test_the_workshop_and_partners_are_reached_only_from_where_they_are(
    shelf: Location, kind: MovementKind
) -> None:
    lot = make_lot(1_000, location=shelf)
    with pytest.raises(Exception, match="a movement of kind"):
        moved(lot, kind, ledger.DONOR, ledger.on_hand(shelf), 1)
