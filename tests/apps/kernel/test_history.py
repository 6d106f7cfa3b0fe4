"""Who, when, from which value to which, why: what services write into a record's history."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import translation

from apps.donors.services import donor_archive, donor_create, donor_update
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, software
from apps.kernel.history import history_of
from apps.kernel.models import AuditEntry, StoredFile
from apps.kernel.telling import Change, record_label, told
from apps.offers.services import offer_accept, offer_expire
from apps.orders.services import order_cancel
from apps.receiving.services import limit_set, receipt_cancel
from apps.rounds.services import RoundPlan, round_replan
from apps.sites.services import opening_slot_remove, opening_slot_update
from apps.stock.services import stock_count
from tests.making.donors import make_donor
from tests.making.offers import make_offer
from tests.making.orders import make_order
from tests.making.receiving import make_receipt
from tests.making.rounds import make_round, make_stop
from tests.making.sites import make_location, make_opening_slot, make_site, make_vehicle
from tests.making.stock import make_lot
from tests.people import actor_as
from tests.watching import Watch

pytestmark = pytest.mark.usefixtures("bank")

DONOR: dict[str, Any] = {
    "name": "Alba",
    "kind": "SUPERMARKET",
    "supply_source": "GMS_RAMASSE",
    "city": "Dijon",
    "department": "21",
}
NOTHING = "–"


def changes_of(record, *, language: str = "en", names: bool = True) -> list[tuple[str, str, str]]:
    """Return the latest act on a record in words."""
    with translation.override(language):
        line = told(history_of(record)[0], names=names)
        return [(str(c.name), str(c.before), str(c.after)) for c in line.changes]


def who_of(record, *, names: bool = True) -> str:
    """Return who did the latest act on a record."""
    return str(told(history_of(record)[0], names=names).who)


def test_a_history_begins_with_the_first_values(manager: Actor):
    made = history_of(donor_create(manager, **DONOR)).get().changes
    assert made["name"] == [None, "Alba"]
    assert "phone" not in made
    assert {"id", "created_at", "op_key"}.isdisjoint(made)


def test_a_change_says_both_values_and_why(manager: Actor):
    donor = make_donor(city="Dijon")
    donor_update(manager, donor=donor, city="Dole")
    assert changes_of(donor) == [("Town", "Dijon", "Dole")]


def test_what_did_not_change_is_not_told(manager: Actor):
    donor = donor_create(manager, **DONOR)
    donor_update(manager, donor=donor, city="Dijon")
    assert [entry.action for entry in history_of(donor)] == ["created"]


def test_the_reader_reads_their_own_language(manager: Actor):
    slot = make_opening_slot()
    with translation.override("fr"):
        opening_slot_update(manager, slot=slot, weekday=2, closes_at=dt.time(13, 30))
    assert ("Opening slot Wednesday · Day", "Monday", "Wednesday") in changes_of(slot.site)
    told_in_french = [
        (before.lower(), after.lower()) for _name, before, after in changes_of(slot.site, language="fr")
    ]
    assert ("lundi", "mercredi") in told_in_french


def test_a_slot_that_is_removed_leaves_its_last_values(manager: Actor):
    slot = make_opening_slot()
    site = slot.site
    opening_slot_remove(manager, slot=slot)
    assert {after for _name, _before, after in changes_of(site)} == {NOTHING}


def test_another_record_is_told_by_its_name_then(manager: Actor):
    site, small, large = make_site(), make_vehicle(), make_vehicle()
    planned = make_round(make_stop(), site=site, vehicle=small)
    plan = RoundPlan(day=planned.day, site=site, vehicle=large, driver_label="Sam")
    round_replan(manager, round=planned, plan=plan)
    was, large.name = large.name, "Sold"
    large.save()
    assert changes_of(planned) == [("Vehicle", small.name, was)]


def test_weights_and_lines_are_told_with_the_answer(manager: Actor):
    offer = make_offer()
    [line] = offer.lines.all()
    offer_accept(manager, offer=offer, accepted={line.pk: 60_000}, comment="Half a truck")
    assert (f"{line.label} · Accepted", "0\u00a0kg", "60\u00a0kg") in changes_of(offer)
    assert history_of(offer)[0].reason == "Half a truck"


def test_a_count_is_told_by_place_in_kg(manager: Actor):
    location = make_location()
    lot = make_lot(50_000, location=location)
    stock_count(manager, op_key=uuid4(), lot=lot, location=location, counted_grams=49_500, reason="Inventory")
    assert changes_of(lot) == [(f"{location} · Weight", "50\u00a0kg", "49.5\u00a0kg")]


def test_a_limit_is_named_by_its_class_in_the_readers_language(manager: Actor):
    limit = limit_set(manager, temperature_class="CHILLED_0_4", max_c=Decimal(3), tolerance_c=Decimal(0))
    entry = history_of(limit)[0]
    assert entry.record_label == "CHILLED_0_4"
    assert record_label(entry) == limit.get_temperature_class_display()


def test_an_entry_of_before_still_reads_well():
    old = {
        "status": ["proposed", "accepted"],
        "opening_slots": [None, "lundi 08:00–12:00"],
        "gone": ["a", "b"],
    }
    entry = AuditEntry(record_kind="offers.offer", record_label="OF-1", action="changed", changes=old)
    assert told(entry).changes == [
        Change("State", "To answer", "Accepted"),
        Change("Opening_slots", NOTHING, "lundi 08:00–12:00"),
        Change("Gone", "a", "b"),
    ]
    unknown = AuditEntry(record_kind="attic.thing", action="polished", changes={"x": [None, 3]})
    assert [str(told(unknown).label), *told(unknown).changes[0][:1]] == ["polished", "X"]


def test_no_bare_identifier_is_shown(manager: Actor):
    offer = make_offer(network_step_id=uuid4())
    line = told(history_of(offer).get(action="created"))
    assert not any(str(offer.network_step_id) in str(change) for change in line.changes)


def test_a_person_is_named_with_what_acted_for_them(manager: Actor):
    donor = make_donor()
    donor_update(replace(manager, label="Inès Morel", via="Till of the shop"), donor=donor, city="Dole")
    assert who_of(donor) == "Inès Morel (Till of the shop)"
    assert history_of(donor)[0].actor_role == "manager"


def test_the_software_says_what_it_was_doing():
    offer = make_offer()
    offer_expire(software("offers"), offer=offer)
    assert who_of(offer) == "COLLECTO, at the deadline for an answer"


def test_whose_name_was_erased_is_a_former_member(manager: Actor):
    donor = make_donor()
    donor_update(replace(manager, label=""), donor=donor, city="Dole")
    assert who_of(donor) == "A former member"


def test_a_charity_reads_the_bank_and_not_its_people(manager: Actor):
    order = make_order()
    order_cancel(manager, order=order, reason="The cold room broke down")
    assert who_of(order, names=False) == "The food bank"
    own = actor_as(Role.PARTNER, partner_id=order.partner_id)
    other = make_order(partner=order.partner)
    order_cancel(replace(own, label="Awa"), order=other, reason="Too much")
    assert who_of(other, names=False) == "Awa"


def test_an_act_and_its_undoing_are_both_told(manager: Actor):
    donor = donor_create(manager, **DONOR)
    donor_archive(manager, donor=donor, reason="Closed")
    donor_archive(manager, donor=donor, archived=False)
    told_acts = [(entry.action, entry.reason) for entry in history_of(donor)]
    assert told_acts == [("restored", ""), ("archived", "Closed"), ("created", "")]


def test_a_file_is_told_without_its_secrets():
    assert {"storage_name", "sha256"} <= StoredFile.UNTOLD


def test_a_waiting_receipt_has_no_name_in_the_writers_language(manager: Actor):
    with translation.override("fr"):
        receipt = receipt_cancel(manager, receipt=make_receipt(), reason="Never came")
    assert history_of(receipt)[0].record_label == ""


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE kernel_auditentry SET reason = 'another'",
        "DELETE FROM kernel_auditentry",
        "TRUNCATE kernel_auditentry",
        "ALTER TABLE kernel_auditentry ADD COLUMN x int",
        "DROP TABLE kernel_auditentry",
    ],
)
def test_the_bank_itself_cannot_rewrite_its_history(manager: Actor, tampering: str):
    donor_create(manager, **DONOR)
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(tampering)
    assert AuditEntry.objects.exists()


def test_the_watch_sees_a_change_that_nobody_tells():
    watch, told_of = Watch(), ["sites.site"]
    for sql, params in [
        ("SAVEPOINT a", None),
        ('INSERT INTO "sites_site" ("name") VALUES (%s)', ["Dock"]),
        ('INSERT INTO "kernel_auditentry" ("record_kind") VALUES (%s)', told_of),
        ("RELEASE SAVEPOINT a", None),
        ("SAVEPOINT b", None),
        ('UPDATE "sites_site" SET "name" = %s', ["Quay"]),
        ("RELEASE SAVEPOINT b", None),
        ("SAVEPOINT c", None),
        ('DELETE FROM "sites_site"', None),
        ("ROLLBACK TO SAVEPOINT c", None),
    ]:
        watch(lambda *_: None, sql, params, False, {})
    assert watch.untold == ["sites_site"]


def test_the_clock_of_a_history_is_the_banks(manager: Actor):
    with clock.time_set_to(dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)):
        donor = donor_create(manager, **DONOR)
    assert history_of(donor).get().at == dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
