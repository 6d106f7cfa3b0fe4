"""The database refuses a transfer document that says anything else than the two ledgers."""

from uuid import UUID

import pytest
from django.db import connection

from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import TransferLine, TransitLeg
from tenants.registry.models import FoodBank
from tests.making.network import make_transfer
from tests.spaces import tampering
from tests.tenants.network.commits import check_as_commit_does, refused


def leg_append(bank: FoodBank, line_id: UUID, direction: str, grams: int) -> None:
    """Write a leg as the trigger of the movements does: as the owner."""
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(
            "SELECT public.transit_leg_append(%s, %s, %s, %s)", [bank.pk, line_id, direction, grams]
        )


@pytest.fixture
def line(twin_a: FoodBank, twin_b: FoodBank) -> TransferLine:
    return make_transfer(twin_a, twin_b, grams=100_000)


def say(line: TransferLine, **said: int) -> None:
    with in_platform(Purpose.TEST):
        TransferLine.objects.filter(pk=line.pk).update(**said)


def test_a_document_that_says_what_the_ledgers_moved_is_accepted(twin_a, twin_b, line):
    leg_append(twin_a, line.pk, "out", 100_000)
    leg_append(twin_b, line.pk, "in", 98_000)
    leg_append(twin_b, line.pk, "in", 2_000)
    say(line, shipped_grams=100_000, received_grams=98_000, lost_grams=2_000)
    check_as_commit_does()


def test_a_document_that_ships_without_a_ledger_is_refused(line):
    say(line, shipped_grams=100_000)
    with refused("ledgers moved 0 g out"):
        check_as_commit_does()
    say(line, shipped_grams=0)


def test_a_ledger_that_ships_without_a_document_is_refused(twin_a, line):
    with refused("the document says 0"):
        leg_append(twin_a, line.pk, "out", 1)
        check_as_commit_does()


def test_grams_that_vanish_on_the_road_are_refused(twin_a, twin_b, line):
    with refused("98000 g in"):
        leg_append(twin_a, line.pk, "out", 100_000)
        leg_append(twin_b, line.pk, "in", 98_000)
        say(line, shipped_grams=100_000, received_grams=100_000)
        check_as_commit_does()


def test_the_receiver_cannot_ship_in_the_name_of_the_sender(twin_b, line):
    with refused("ledgers moved"):
        leg_append(twin_b, line.pk, "out", 100_000)
        say(line, shipped_grams=100_000)
        check_as_commit_does()


def test_a_reversal_counts_backwards(twin_a, line):
    leg_append(twin_a, line.pk, "out", 100_000)
    leg_append(twin_a, line.pk, "out", -100_000)
    check_as_commit_does()


def test_a_bank_cannot_append_a_leg_itself(twin_a, line):
    with refused("permission denied"), in_tenant(twin_a, Purpose.TEST), connection.cursor() as cursor:
        cursor.execute("SELECT public.transit_leg_append(%s, %s, 'out', 1)", [twin_a.pk, line.pk])


def test_the_platform_cannot_forge_or_change_a_leg(twin_a, line):
    leg_append(twin_a, line.pk, "out", 5)
    with refused("permission denied"):
        TransitLeg.objects.update(grams=6)
    with refused("permission denied"):
        TransitLeg.objects.all().delete()
    with refused("permission denied"):
        TransitLeg.objects.create(bank_id=twin_a.pk, transfer_line=line, direction="out", grams=1)
    leg_append(twin_a, line.pk, "out", -5)


def test_not_even_the_owner_changes_a_leg(twin_a, line):
    leg_append(twin_a, line.pk, "out", 5)
    with refused("never change"), tampering() as cursor:
        cursor.execute("UPDATE public.network_transitleg SET grams = 6")
    leg_append(twin_a, line.pk, "out", -5)


def test_the_two_parties_see_the_transfer_and_no_other_bank_does(twin_a, twin_b, bank_c, line):
    seen = {}
    for bank in (twin_a, twin_b, bank_c):
        with in_tenant(bank, Purpose.TEST):
            seen[bank] = TransferLine.objects.count()
    assert seen == {twin_a: 1, twin_b: 1, bank_c: 0}


def test_a_bank_writes_no_transfer_by_itself(twin_a, line):
    with refused("permission denied"), in_tenant(twin_a, Purpose.TEST):
        TransferLine.objects.update(shipped_grams=1)
