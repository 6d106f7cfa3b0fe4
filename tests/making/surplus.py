"""Builders of surplus between banks, through the services."""

import datetime as dt
from typing import Any
from uuid import uuid4

from apps.catalogue.models import ProductFamily
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.stock.models import Lot
from apps.stock.selectors import balances_of
from apps.stock.services import Item
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import Surplus, SurplusLine, SurplusRequest, Transfer
from tenants.network.services import transfer_cancel
from tenants.network.surplus.asking import request_allocate, surplus_ask
from tenants.network.surplus.publishing import surplus_publish, surplus_withdraw
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.network import FAMILY
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.people import actor_as

KEEPER = actor_as(Role.STOCK)


def shared_family() -> ProductFamily:
    """Return the family that every bank of the story knows, in the open bank."""
    return ProductFamily.objects.filter(code=FAMILY).first() or make_family(code=FAMILY)


def pantries(giver: FoodBank, *takers: FoodBank) -> None:
    """Give the banks the same family, and each taker a quay."""
    for taker in takers:
        with in_tenant(taker, Purpose.TEST):
            shared_family()
            make_location(code="QUAI")
    with in_tenant(giver, Purpose.TEST):
        shared_family()


def lot_of(bank: FoodBank, grams: int = 100_000, **fields: Any) -> Lot:
    """Put goods of the shared family into a bank's stock."""
    with in_tenant(bank, Purpose.TEST):
        family = fields.pop("family", None) or shared_family()
        return make_lot(grams, family=family, **fields)


def offer(bank: FoodBank, *goods: tuple[Lot, int], days: int = 2, **overrides: Any) -> Surplus:
    """Publish grams of lots as surplus of a bank, for two days."""
    with in_tenant(bank, Purpose.TEST):
        items = [Item(lot, balances_of(lot)[0].location, grams) for lot, grams in goods]
        values: dict[str, Any] = {
            "op_key": uuid4(),
            "items": items,
            "until": clock.now() + dt.timedelta(days=days),
        }
        return surplus_publish(KEEPER, **values | overrides)


def lines_of(surplus: Surplus) -> list[SurplusLine]:
    """Return the lines of a surplus as they are now."""
    with in_platform(Purpose.TEST):
        return list(SurplusLine.objects.filter(surplus=surplus.pk).order_by("position"))


def ask(bank: FoodBank, surplus: Surplus, *grams: int, **overrides: Any) -> SurplusRequest:
    """Ask, as a bank, for grams of each line in turn."""
    wanted = {line.pk: each for line, each in zip(lines_of(surplus), grams, strict=False)}
    with in_tenant(bank, Purpose.TEST):
        return surplus_ask(KEEPER, surplus=surplus, wanted=wanted, **{"op_key": uuid4(), **overrides})


def allocate(bank: FoodBank, request: SurplusRequest, *grams: int, **overrides: Any) -> Transfer:
    """Give, as the publisher, grams of each line in turn."""
    with in_platform(Purpose.TEST):
        surplus = Surplus.objects.get(pk=request.surplus_id)
    granted = {line.pk: each for line, each in zip(lines_of(surplus), grams, strict=False)}
    with in_tenant(bank, Purpose.TEST):
        return request_allocate(KEEPER, request=request, granted=granted, **overrides)


def exchange(bank: FoodBank, other: FoodBank) -> None:
    """Let two banks each offer surplus, ask for it, be granted a part, and end all of it; each signs."""
    pantries(bank, other)
    for giver, taker in ((bank, other), (other, bank)):
        surplus = offer(giver, (lot_of(giver), 5_000), comment=giver.name)
        request = ask(taker, surplus, 5_000, comment=taker.name)
        transfer = allocate(giver, request, 2_000, reason=giver.name)
        with in_tenant(giver, Purpose.TEST):
            transfer_cancel(KEEPER, transfer=transfer, comment="no truck")
            surplus_withdraw(KEEPER, surplus=surplus)


def quay(bank: FoodBank) -> Location:
    """Return where a taker puts what arrives."""
    with in_tenant(bank, Purpose.TEST):
        return Location.objects.get(code="QUAI")
