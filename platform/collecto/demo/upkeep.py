"""What people put right in their files in the course of a week, so that histories have something to tell."""

from collections.abc import Mapping

from apps.kernel.abilities import Actor, Role
from apps.partners.models import Partner
from apps.partners.services import partner_archive, partner_update
from apps.sites.models import OpeningSlot, Vehicle
from apps.sites.services import opening_slot_update, vehicle_update
from apps.stock.models import Lot
from apps.stock.services import lot_block, lot_unblock


def put_right(people: Mapping[Role, Actor]) -> None:
    """Change a few files of the open bank, for reasons that everybody knows."""
    manager, stock = people[Role.MANAGER], people[Role.STOCK]
    partners = list(Partner.objects.order_by("code")[:2])
    for partner in partners[:1]:
        partner_update(
            manager, partner=partner, phone="03 80 00 00 12", person_count=partner.person_count + 14
        )
    for partner in partners[1:]:
        partner_archive(manager, partner=partner, reason="Fermeture estivale annoncée par erreur")
        partner_archive(manager, partner=partner, archived=False)
    for lot in Lot.objects.order_by("number")[:1]:
        lot_block(stock, lot=lot, reason="Étiquette illisible")
        lot_unblock(stock, lot=lot, reason="Étiquette refaite et vérifiée")
    for slot in OpeningSlot.objects.order_by("weekday", "opens_at")[:1]:
        opening_slot_update(manager, slot=slot, opens_at=slot.opens_at.replace(minute=30))
    for vehicle in Vehicle.objects.order_by("name")[:1]:
        vehicle_update(people[Role.ROUNDS], vehicle=vehicle, plate="AB-123-CD")
