"""Goods that go from bank to bank, and are cooked on the way."""

from typing import Any
from uuid import uuid4

from apps.catalogue.models import ProductFamily
from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.stock.models import Lot, Movement
from apps.stock.services import stock_deliver
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import TransferLine
from tenants.network.services import transfer_accept, transfer_propose, transfer_receive, transfer_ship
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.network import FAMILY
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot, paper, reserved_item
from tests.making.workshop import soup_of
from tests.people import actor_as

STOCK = actor_as(Role.STOCK)


def shelf_of(bank: FoodBank) -> Location:
    """Give a bank the shared family and a shelf, once; return the shelf."""
    with in_tenant(bank, Purpose.TEST):
        known = Location.objects.filter(code="RACK").first()
        if known is None:
            make_family(code=FAMILY)
            known = make_location(code="RACK")
        return known


def lot_in(bank: FoodBank, grams: int, **fields: Any) -> Lot:
    """Return a new lot on the shelf of a bank, from a donor."""
    shelf = shelf_of(bank)
    with in_tenant(bank, Purpose.TEST):
        return make_lot(grams, family=_family(), location=shelf, **fields)


def _family() -> ProductFamily:
    return ProductFamily.objects.get(code=FAMILY)


def cooked_in(bank: FoodBank, *taken: tuple[Lot, int]) -> Lot:
    """Cook lots of a bank into one of the shared family."""
    shelf = shelf_of(bank)
    with in_tenant(bank, Purpose.TEST):
        return soup_of(shelf, *taken, family=_family())


def sent(giver: FoodBank, taker: FoodBank, lot: Lot, grams: int) -> Lot:
    """Send grams of a lot to another bank; return the lot that arrives there."""
    from_shelf, to_shelf = shelf_of(giver), shelf_of(taker)
    with in_tenant(giver, Purpose.TEST):
        transfer = transfer_propose(
            STOCK, op_key=uuid4(), from_bank=giver, to_bank=taker, lot=lot, location=from_shelf, grams=grams
        )
    with in_tenant(taker, Purpose.TEST):
        transfer_accept(STOCK, transfer=transfer)
    with in_tenant(giver, Purpose.TEST):
        transfer_ship(STOCK, transfer=transfer)
    with in_platform(Purpose.TEST):
        line = TransferLine.objects.get(transfer=transfer)
    with in_tenant(taker, Purpose.TEST):
        transfer_receive(STOCK, transfer=transfer, received={line.pk: grams}, location=to_shelf)
        return Movement.objects.select_related("lot").get(transfer_line_id=line.pk, kind="arrive").lot


def given_out(bank: FoodBank, lot: Lot, grams: int, name: str) -> None:
    """Hand grams of a lot over to a new partner of a bank."""
    shelf = shelf_of(bank)
    with in_tenant(bank, Purpose.TEST):
        item = reserved_item(lot, shelf, grams)
        partner = make_partner(name=name)
        stock_deliver(KEEPER, op_key=uuid4(), items=[item], partner=partner, document=paper("delivery_note"))
