"""What a bank's role reads of the routing by raw SQL: its own grounds, no other's, and no person."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.kernel.abilities import Role
from apps.offers.services import offer_decline
from apps.offers.states import DeclineReason
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.network.models import NetworkOffer, RoutingStep
from tenants.network.services import need_set, offer_end
from tenants.registry.models import FoodBank
from tests.making.network import local_offer, make_near, make_network_line, make_pantry, publish
from tests.people import actor_as

MANAGER, DISPATCHER = actor_as(Role.MANAGER), actor_as(Role.FEDERATION)
SHARED = {"tier", "km", "rule_version", "is_home_first", "is_automatic"}


@pytest.fixture
def offer(twin_a: FoodBank, twin_b: FoodBank, bank_c: FoodBank, deliver) -> NetworkOffer:
    """Twelve tonnes that the home bank refused: B and C are asked together, by the rule."""
    make_pantry(twin_a, twin_b, bank_c)
    make_near(bank_c)
    found = publish(make_network_line(grams=12_000_000, label="Carottes"))
    here = local_offer(twin_a, found)
    with in_tenant(twin_a, Purpose.TEST):
        offer_decline(MANAGER, offer=here, reason=DeclineReason.NO_ROOM)
    deliver()
    return found


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


GROUNDS = "SELECT bank_id, fill, mean_fill, marginal FROM public.network_routinggrounds"


def test_a_bank_reads_its_own_grounds_and_no_other_s(offer, twin_a, twin_b, bank_c):
    with in_platform(Purpose.TEST):
        known = rows(GROUNDS)
    assert {row[0] for row in known} == {twin_b.pk, bank_c.pk}
    assert all(None not in row for row in known)
    for bank in (twin_a, twin_b, bank_c):
        with in_tenant(bank, Purpose.TEST):
            assert rows(GROUNDS) == [row for row in known if row[0] == bank.pk]


def test_what_every_bank_asked_reads_of_a_step_says_nothing_of_the_bank_s_situation(offer, twin_b):
    with in_tenant(twin_b, Purpose.TEST):
        told = rows("SELECT bank_id, key FROM public.network_routingstep, jsonb_object_keys(reason) AS key")
    assert len({bank_id for bank_id, _key in told}) == 3
    assert {key for _bank_id, key in told} <= SHARED


def test_a_bank_writes_no_grounds(offer, twin_b):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with in_tenant(twin_b, Purpose.TEST), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE public.network_routinggrounds SET fill = 0")


def test_a_bank_reads_what_the_federation_did_and_why_and_no_name(offer, twin_b):
    offer_end(DISPATCHER, offer=offer, reason="Spoiled")
    with in_tenant(twin_b, Purpose.TEST):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM public.network_routingact")
            columns = {column.name for column in cursor.description or ()}
            (row,) = cursor.fetchall()
        assert "Spoiled" in row
        assert not {DISPATCHER.id, DISPATCHER.label} & set(row)
        assert not {name for name in columns if "actor" in name}
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows("SELECT * FROM public.network_routingactor")


def test_the_federation_reads_all_grounds_and_who_acted(offer, federation, twin_b, bank_c):
    offer_end(DISPATCHER, offer=offer, reason="Spoiled")
    with in_federation(federation, Purpose.TEST):
        assert {row[0] for row in rows(GROUNDS)} == {twin_b.pk, bank_c.pk}
        assert rows("SELECT actor_label FROM public.network_routingactor") == [(DISPATCHER.label,)]


def test_the_trail_of_a_bank_tells_its_own_numbers_and_only_where_its_neighbour_is(
    offer, twin_b, bank_c, sign_in
):
    with in_platform(Purpose.TEST):
        step = RoutingStep.objects.get(offer=offer, bank=twin_b)
    page = sign_in(twin_b, Role.MANAGER).get(f"/network/offers/{step.pk}/").content.decode()
    assert page.count("of its need met lately") == 1
    assert page.count("A bank of a neighbouring department.") == 2


def test_the_desk_tells_the_numbers_of_all_and_who_acted(offer, federation, sign_in):
    offer_end(DISPATCHER, offer=offer, reason="Spoiled")
    page = sign_in(federation, Role.FEDERATION).get(f"/network/offers/{offer.pk}/").content.decode()
    assert page.count("of its need met lately") == 2
    assert DISPATCHER.label in page


def test_the_needs_say_whether_they_are_set_or_reckoned(federation, twin_a, twin_b, sign_in):
    need_set(DISPATCHER, bank=twin_a.pk, weekly_need_grams=2_000_000, reason="Survey")
    page = sign_in(federation, Role.FEDERATION).get("/network/needs/").content.decode()
    assert page.count("Set by the federation") == 1
    assert "Reckoned" in page
