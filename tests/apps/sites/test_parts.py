"""Storage locations, vehicles and opening slots of a site."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.sites.errors import SiteArchived, SlotOverlaps
from apps.sites.models import Location, OpeningSlot
from apps.sites.services import (
    location_archive,
    location_create,
    location_update,
    opening_slot_create,
    opening_slot_remove,
    opening_slot_update,
    site_archive,
    vehicle_archive,
    vehicle_create,
    vehicle_update,
)
from apps.sites.states import SlotPurpose
from tests.making.sites import make_location, make_opening_slot, make_site, make_vehicle
from tests.people import actor_as

RACK: dict[str, Any] = {"code": "A1", "name": "Rack", "zone": Location.Zone.AMBIENT}
VAN: dict[str, Any] = {"name": "Van", "capacity_grams": 600_000}
MORNING: dict[str, Any] = {
    "weekday": 0,
    "opens_at": dt.time(8),
    "closes_at": dt.time(12),
    "purpose": SlotPurpose.RECEIVING,
}


def test_a_location_belongs_to_its_site(bank, manager):
    site = make_site()
    assert location_create(manager, site=site, **RACK).site == site


def test_a_location_code_is_given_once_in_a_site_and_again_in_another(bank, manager):
    site = make_site()
    location_create(manager, site=site, **RACK)
    location_create(manager, site=make_site(), **RACK)
    with pytest.raises(ValidationError, match="has a location with this code"):
        location_create(manager, site=site, **RACK)


def test_a_location_is_changed_and_put_away(bank, manager):
    location = location_update(manager, location=make_location(), capacity_grams=5_000_000)
    assert location.capacity_grams == 5_000_000
    assert location_archive(manager, location=location).is_archived


def test_nothing_is_added_to_an_archived_site(bank, manager):
    site = site_archive(manager, site=make_site())
    for act, fields in ((location_create, RACK), (vehicle_create, VAN), (opening_slot_create, MORNING)):
        with pytest.raises(SiteArchived):
            act(manager, site=site, **fields)


def test_who_plans_rounds_keeps_the_vehicles_and_nothing_else(bank):
    planner = actor_as(Role.ROUNDS)
    vehicle = vehicle_create(planner, site=make_site(), **VAN)
    vehicle_update(planner, vehicle=vehicle, plate="AB-123-CD")
    assert vehicle_archive(planner, vehicle=vehicle).is_archived
    with pytest.raises(Forbidden):
        location_create(planner, site=vehicle.site, **RACK)


def test_a_slot_is_told_by_the_history_of_its_site(bank, manager):
    site = make_site()
    opening_slot_create(manager, site=site, **MORNING)
    [slot] = history_of(site).get().changes["opening_slots"].values()
    assert slot["changes"] == {
        "weekday": [None, 0],
        "opens_at": [None, "08:00:00"],
        "closes_at": [None, "12:00:00"],
        "purpose": [None, "receiving"],
    }


def test_a_slot_ends_after_it_begins(bank, manager):
    with pytest.raises(ValidationError) as refusal:
        opening_slot_create(manager, site=make_site(), **MORNING | {"closes_at": dt.time(7)})
    assert list(refusal.value.error_dict) == ["closes_at"]


def test_slots_for_one_purpose_do_not_overlap(bank, manager):
    slot = make_opening_slot()
    later = {"opens_at": dt.time(11), "closes_at": dt.time(14)}
    with pytest.raises(SlotOverlaps) as refusal:
        opening_slot_create(manager, site=slot.site, **MORNING | later)
    assert refusal.value.field == "opens_at"
    assert OpeningSlot.objects.count() == 1


def test_slots_may_touch_and_serve_two_purposes_at_once(bank, manager):
    site = make_opening_slot().site
    opening_slot_create(manager, site=site, **MORNING | {"opens_at": dt.time(12), "closes_at": dt.time(14)})
    opening_slot_create(manager, site=site, **MORNING | {"purpose": SlotPurpose.HANDOVER})
    assert site.opening_slots.count() == 3


def test_a_slot_moves_unless_the_dock_is_taken(bank, manager):
    slot = make_opening_slot()
    other = make_opening_slot(slot.site, weekday=1)
    opening_slot_update(manager, slot=slot, closes_at=dt.time(13))
    with pytest.raises(SlotOverlaps):
        opening_slot_update(manager, slot=other, weekday=0)
    other.refresh_from_db()
    assert other.weekday == 1


def test_a_slot_is_removed_once(bank, manager):
    slot = make_opening_slot()
    opening_slot_remove(manager, slot=OpeningSlot.objects.get())
    opening_slot_remove(manager, slot=slot)
    assert not OpeningSlot.objects.exists()
    assert history_of(slot.site).count() == 1


def test_a_vehicle_keeps_its_history(bank, manager):
    vehicle = make_vehicle(name="Old")
    vehicle_update(manager, vehicle=vehicle, name="New")
    assert history_of(vehicle).get().changes == {"name": ["Old", "New"]}
