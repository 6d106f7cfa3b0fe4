"""Goods that go from one bank to another, from the proposal to the scale of whoever gets them."""

from uuid import uuid4

from apps.kernel.abilities import Role
from apps.kernel.quantity import grams_from_kg
from apps.sites.models import Location
from apps.stock.selectors import available_by_lot
from collecto.demo.closing import books
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.services import transfer_accept, transfer_propose, transfer_receive, transfer_ship
from tenants.registry.models import FoodBank
from tests.people import actor_as

MANAGER = actor_as(Role.MANAGER)


def surplus_travels(giver: FoodBank, taker: FoodBank, *, kg: int, missing_kg: int) -> None:
    """Take what one bank has of its only lot to another, which weighs less of it."""
    with in_tenant(giver, Purpose.TEST):
        (held,) = available_by_lot()
        transfer = transfer_propose(
            MANAGER,
            op_key=uuid4(),
            from_bank=giver,
            to_bank=taker,
            lot=held.lot,
            location=held.location,
            grams=grams_from_kg(kg),
        )
    with in_tenant(taker, Purpose.TEST):
        transfer_accept(MANAGER, transfer=transfer)
    with in_tenant(giver, Purpose.TEST):
        transfer_ship(MANAGER, transfer=transfer)
    assert books().in_transit == grams_from_kg(kg)
    with in_platform(Purpose.TEST):
        line = transfer.lines.get()
    with in_tenant(taker, Purpose.TEST):
        transfer_receive(
            MANAGER,
            transfer=transfer,
            received={line.pk: grams_from_kg(kg - missing_kg)},
            location=Location.objects.get(),
            reason="Some fell",
        )
