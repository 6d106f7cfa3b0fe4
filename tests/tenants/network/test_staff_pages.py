"""The staff of two banks agree on a transfer, ship it, weigh it, each on its own site."""

from uuid import UUID, uuid4

import pytest

from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.stock.models import Lot
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import Transfer, TransferLine
from tenants.network.services import transfer_propose
from tenants.network.states import TransferState
from tenants.network.today import queues
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.network import FAMILY, make_pantry, publish
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.people import actor_as


@pytest.fixture
def lot(twin_a: FoodBank, twin_b: FoodBank) -> Lot:
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=FAMILY)
        make_location(code="QUAI")
    with in_tenant(twin_a, Purpose.TEST):
        return make_lot(500_000, family=make_family(code=FAMILY), location=make_location(code="RACK"))


@pytest.fixture
def transfer(twin_a: FoodBank, twin_b: FoodBank, lot: Lot) -> Transfer:
    with in_tenant(twin_a, Purpose.TEST):
        return transfer_propose(
            actor_as(Role.MANAGER),
            op_key=uuid4(),
            from_bank=twin_a,
            to_bank=twin_b,
            lot=lot,
            location=Location.objects.get(),
            grams=300_000,
        )


def page(transfer: Transfer, act: str = "") -> str:
    return f"/network/transfers/{transfer.pk}/{act}"


def line_name(transfer: Transfer) -> str:
    with in_platform(Purpose.TEST):
        return f"line-{TransferLine.objects.get(transfer=transfer.pk).pk}"


def quay(bank: FoodBank) -> UUID:
    with in_tenant(bank, Purpose.TEST):
        return Location.objects.get(code="QUAI").pk


def now(transfer: Transfer) -> Transfer:
    with in_platform(Purpose.TEST):
        return Transfer.objects.get(pk=transfer.pk)


def test_a_transfer_from_the_lot_to_the_other_banks_dock(twin_a, twin_b, lot, sign_in):
    here, there = sign_in(twin_a, Role.STOCK), sign_in(twin_b, Role.STOCK)
    with in_tenant(twin_a, Purpose.TEST):
        rack = Location.objects.get()
    form = {"op_key": str(uuid4()), "to_bank": str(twin_b.pk), "location": str(rack.pk), "grams": "300"}
    here.post(f"/network/lots/{lot.pk}/propose/", form)
    with in_platform(Purpose.TEST):
        transfer = Transfer.objects.get()
    there.post(page(transfer, "accept/"), {"comment": "Tuesday"})
    here.post(page(transfer, "ship/"), {line_name(transfer): "300", "carrier": "Dubois", "cost_cents": "80"})
    weighed = {line_name(transfer): "295", "location": str(quay(twin_b)), "reason": "Torn bags"}
    there.post(page(transfer, "receive/"), weighed)
    assert (now(transfer).state, now(transfer).cost_cents) == (TransferState.RECEIVED, 8_000)
    for browser in (here, there):
        sheet = browser.get(page(transfer)).content.decode()
        assert "295" in sheet
        assert "Torn bags" in sheet


def test_the_list_shows_each_transfer_to_both_sides_only(twin_a, twin_b, bank_c, transfer, sign_in):
    seen = {
        bank.slug: transfer.number in sign_in(bank, Role.MANAGER).get("/network/transfers/").content.decode()
        for bank in (twin_a, twin_b, bank_c)
    }
    assert seen == {"twin-a": True, "twin-b": True, "other-c": False}
    assert sign_in(bank_c, Role.MANAGER).get(page(transfer)).status_code == 404


def test_the_list_is_filtered_searched_and_exported(twin_a, transfer, sign_in):
    browser = sign_in(twin_a, Role.MANAGER)
    for query, found in (
        ("state=proposed", True),
        ("state=shipped", False),
        ("q=Twin+B", True),
        ("q=zz", False),
    ):
        shown = browser.get(f"/network/transfers/?{query}").content.decode()
        assert (transfer.number in shown) is found
    assert transfer.number in browser.get("/network/transfers/?format=csv").content.decode()


@pytest.mark.parametrize("act", ["accept/", "decline/", "receive/"])
def test_the_sender_has_no_page_for_the_receivers_acts(twin_a, transfer, sign_in, act):
    assert sign_in(twin_a, Role.MANAGER).post(page(transfer, act), {}).status_code == 403


@pytest.mark.parametrize("act", ["ship/", "cancel/"])
def test_the_receiver_has_no_page_for_the_senders_acts(twin_b, transfer, sign_in, act):
    assert sign_in(twin_b, Role.MANAGER).post(page(transfer, act), {}).status_code == 403


def test_a_volunteer_reads_and_changes_nothing(twin_b, transfer, sign_in):
    browser = sign_in(twin_b, Role.VOLUNTEER)
    assert browser.get(page(transfer)).status_code == 200
    assert browser.post(page(transfer, "accept/"), {}).status_code == 403
    assert now(transfer).state == TransferState.PROPOSED


def test_a_partner_has_no_page_about_transfers(twin_a, transfer, sign_in):
    browser = sign_in(twin_a, Role.PARTNER, partner_id=uuid4())
    assert browser.get("/network/transfers/").status_code == 403
    assert browser.get(page(transfer)).status_code == 403


def test_a_refused_weight_is_shown_on_the_form(twin_a, twin_b, transfer, sign_in):
    sign_in(twin_b, Role.STOCK).post(page(transfer, "accept/"), {})
    answer = sign_in(twin_a, Role.STOCK).post(page(transfer, "ship/"), {line_name(transfer): "301"})
    assert answer.status_code == 422
    assert "301" in answer.content.decode()
    assert now(transfer).state == TransferState.ACCEPTED


def test_an_act_that_came_too_late_is_a_clear_page(twin_a, twin_b, transfer, sign_in):
    sign_in(twin_a, Role.STOCK).post(page(transfer, "cancel/"), {"comment": "No truck."})
    answer = sign_in(twin_b, Role.STOCK).post(page(transfer, "accept/"), {})
    assert answer.status_code == 422
    assert "Cancelled" in answer.content.decode()


def test_what_waits_is_counted_for_whoever_can_act(twin_a, twin_b, transfer):
    with in_tenant(twin_b, Purpose.TEST):
        (pile,) = queues(actor_as(Role.STOCK))
        assert (pile.count, queues(actor_as(Role.VOLUNTEER))) == (1, [])
    with in_tenant(twin_a, Purpose.TEST):
        assert queues(actor_as(Role.STOCK)) == []


def test_the_bank_that_was_asked_sees_where_the_offer_went(twin_a, twin_b, sign_in):
    make_pantry(twin_a, twin_b)
    offer = publish()
    with in_platform(Purpose.TEST):
        step = offer.steps.get()
    shown = sign_in(twin_a, Role.VOLUNTEER).get(f"/network/offers/{step.pk}/").content.decode()
    assert "The bank that serves the department." in shown
    assert sign_in(twin_b, Role.MANAGER).get(f"/network/offers/{step.pk}/").status_code == 404
