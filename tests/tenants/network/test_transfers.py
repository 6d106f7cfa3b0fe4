"""Goods between two banks: every gram is in a stock, on the road, or a named loss."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.kernel.history import history_of
from apps.sites.models import Location
from apps.stock.models import Lot, Movement
from apps.stock.selectors import available_by_lot
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.network.models import Transfer, TransferLine
from tenants.network.selectors import (
    flows_between_banks,
    in_transit_grams,
    open_transfers,
    transfer_here,
    transfers_waiting,
)
from tenants.network.services import (
    transfer_accept,
    transfer_cancel,
    transfer_decline,
    transfer_propose,
    transfer_receive,
    transfer_ship,
)
from tenants.network.states import TransferState
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.network import FAMILY
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.people import actor_as
from tests.tenants.network.commits import check_as_commit_does, refused

KEEPER = actor_as(Role.STOCK)
VOLUNTEER = actor_as(Role.VOLUNTEER)


@pytest.fixture
def lot(twin_a: FoodBank, twin_b: FoodBank) -> Lot:
    """500 kg in twin A, of a family that twin B knows too."""
    with in_tenant(twin_b, Purpose.TEST):
        make_family(code=FAMILY)
        make_location(code="QUAI")
    with in_tenant(twin_a, Purpose.TEST):
        return make_lot(500_000, family=make_family(code=FAMILY), location=make_location(code="RACK"))


@pytest.fixture
def proposed(twin_a: FoodBank, twin_b: FoodBank, lot: Lot) -> Transfer:
    return propose(twin_a, twin_b, lot, 300_000)


@pytest.fixture
def shipped(twin_a: FoodBank, twin_b: FoodBank, proposed: Transfer) -> Transfer:
    act(twin_b, transfer_accept, proposed)
    return act(twin_a, transfer_ship, proposed)


def propose(sender: FoodBank, receiver: FoodBank, lot: Lot, grams: int, actor=KEEPER, **extra) -> Transfer:
    with in_tenant(sender, Purpose.TEST):
        return transfer_propose(
            actor,
            op_key=extra.pop("op_key", None) or uuid4(),
            from_bank=sender,
            to_bank=receiver,
            lot=lot,
            location=Location.objects.get(code="RACK"),
            grams=grams,
            **extra,
        )


def act(
    bank: FoodBank, service: Callable[..., Transfer], transfer: Transfer, actor=KEEPER, **extra
) -> Transfer:
    with in_tenant(bank, Purpose.TEST):
        return service(actor, transfer=transfer, **extra)


def receive(
    bank: FoodBank, transfer: Transfer, grams: int, reason: str = "", actor=KEEPER, **measured: Decimal | None
) -> Transfer:
    with in_tenant(bank, Purpose.TEST):
        location = Location.objects.get(code="QUAI")
        weighed = {line_of(transfer).pk: grams}
        return transfer_receive(
            actor, transfer=transfer, received=weighed, location=location, reason=reason, **measured
        )


def line_of(transfer: Transfer) -> TransferLine:
    with in_platform(Purpose.TEST):
        return TransferLine.objects.get(transfer=transfer.pk)


def state_of(transfer: Transfer) -> str:
    with in_platform(Purpose.TEST):
        return Transfer.objects.get(pk=transfer.pk).state


def on_the_road() -> int:
    with in_platform(Purpose.TEST):
        return in_transit_grams()


def stock(bank: FoodBank) -> int:
    with in_tenant(bank, Purpose.TEST):
        return sum(held.grams for held in available_by_lot())


def test_a_proposal_moves_nothing(twin_a, proposed):
    assert (proposed.state, stock(twin_a), on_the_road()) == (TransferState.PROPOSED, 500_000, 0)


@pytest.mark.pitfall(24)
def test_proposing_the_same_form_twice_proposes_once(twin_a, twin_b, lot):
    key = uuid4()
    first = propose(twin_a, twin_b, lot, 1_000, op_key=key)
    assert propose(twin_a, twin_b, lot, 1_000, op_key=key).pk == first.pk


def test_a_proposal_sent_again_once_the_goods_have_left_is_still_the_first(twin_a, twin_b, lot):
    key = uuid4()
    first = propose(twin_a, twin_b, lot, 500_000, op_key=key)
    act(twin_b, transfer_accept, first)
    act(twin_a, transfer_ship, first)
    assert propose(twin_a, twin_b, lot, 500_000, op_key=key).pk == first.pk


def test_the_day_of_a_transfer_is_that_of_the_bank_overseas(twin_a, twin_b, proposed):
    act(twin_b, transfer_accept, proposed)
    with in_platform(Purpose.TEST):
        FoodBank.objects.update(timezone="Indian/Reunion")
    with clock.time_set_to(dt.datetime.combine(clock.today(), dt.time(21), tzinfo=dt.UTC)):
        overseas = clock.now().astimezone(ZoneInfo("Indian/Reunion")).date()
        assert act(twin_a, transfer_ship, proposed).shipped_on == overseas
        assert receive(twin_b, proposed, 300_000).received_on == overseas


def test_goods_on_arrival_keep_to_the_cold_they_need(twin_b, shipped):
    with in_tenant(twin_b, Purpose.TEST):
        Location.objects.filter(code="QUAI").update(zone=Location.Zone.FROZEN)
    with pytest.raises(DomainError) as refusal:
        receive(twin_b, shipped, 300_000)
    assert refusal.value.code == "wrong_zone"


@pytest.mark.parametrize(
    ("degrees", "code"), [(None, "arrived_unmeasured"), (Decimal("6.1"), "arrived_too_warm")]
)
def test_cold_goods_are_measured_on_arrival_and_refused_when_too_warm(twin_b, shipped, degrees, code):
    with in_platform(Purpose.TEST):
        line = TransferLine.objects.get(transfer=shipped.pk)
        line.origin = {**line.origin, "temperature_class": "CHILLED_0_4"}
        line.save(update_fields=["origin"])
    with in_tenant(twin_b, Purpose.TEST):
        Location.objects.filter(code="QUAI").update(zone=Location.Zone.CHILLED)
    with pytest.raises(DomainError) as refusal:
        receive(twin_b, shipped, 300_000, temperature_c=degrees)
    assert (refusal.value.code, refusal.value.field) == (code, "temperature_c")

    receive(twin_b, shipped, 300_000, temperature_c=Decimal("3.5"))
    with in_tenant(twin_b, Purpose.TEST):
        [arrived] = Movement.objects.filter(kind="arrive")
        assert arrived.reason == "3.5 °C"


def test_no_more_is_proposed_than_is_free(twin_a, twin_b, lot):
    with pytest.raises(DomainError) as refusal:
        propose(twin_a, twin_b, lot, 500_001)
    assert refusal.value.code == "not_enough_to_transfer"


def test_nothing_is_proposed_to_oneself_nor_to_the_federation(twin_a, federation, lot):
    for receiver in (twin_a, federation):
        with pytest.raises(DomainError) as refusal:
            propose(twin_a, receiver, lot, 1)
        assert refusal.value.code == "not_a_bank"


def test_a_volunteer_does_not_send_goods_away(twin_a, twin_b, lot):
    with pytest.raises(Forbidden):
        propose(twin_a, twin_b, lot, 1, actor=VOLUNTEER)


def test_shipping_takes_goods_off_the_sender_and_puts_them_on_the_road(twin_a, twin_b, shipped):
    check_as_commit_does()
    assert (stock(twin_a), on_the_road(), stock(twin_b)) == (200_000, 300_000, 0)


def test_everything_that_arrives_is_in_the_receivers_stock(twin_a, twin_b, shipped):
    receive(twin_b, shipped, 300_000)
    check_as_commit_does()
    assert (stock(twin_a), on_the_road(), stock(twin_b)) == (200_000, 0, 300_000)


def test_what_is_missing_is_a_named_loss(twin_a, twin_b, shipped):
    receive(twin_b, shipped, 290_000, reason="A pallet fell")
    check_as_commit_does()
    line = line_of(shipped)
    assert (line.received_grams, line.lost_grams, line.loss_reason) == (290_000, 10_000, "A pallet fell")
    assert stock(twin_a) + on_the_road() + stock(twin_b) + line.lost_grams == 500_000


def test_a_load_that_never_arrives_is_lost_whole(twin_b, shipped):
    receive(twin_b, shipped, 0, reason="The lorry burnt")
    check_as_commit_does()
    assert (on_the_road(), stock(twin_b), line_of(shipped).lost_grams) == (0, 0, 300_000)


def test_a_difference_needs_a_reason(twin_b, shipped):
    with pytest.raises(DomainError) as refusal:
        receive(twin_b, shipped, 290_000)
    assert refusal.value.code == "difference_without_reason"
    assert (state_of(shipped), on_the_road()) == (TransferState.SHIPPED, 300_000)


def test_no_more_arrives_than_was_shipped(twin_b, shipped):
    with pytest.raises(DomainError) as refusal:
        receive(twin_b, shipped, 300_001)
    assert refusal.value.code == "arrived_too_much"


def test_the_lot_keeps_its_origin(twin_a, twin_b, lot, shipped):
    receive(twin_b, shipped, 300_000)
    with in_tenant(twin_b, Purpose.TEST):
        arrived = Lot.objects.get()
    assert (arrived.origin_bank_id, arrived.origin_bank_label, arrived.origin_lot_id) == (
        twin_a.pk,
        twin_a.name,
        lot.pk,
    )
    kept = ("supply_source", "donor_label", "received_on", "date_kind", "expires_on", "label")
    assert [getattr(arrived, name) for name in kept] == [getattr(lot, name) for name in kept]


def test_the_sender_may_load_less_than_agreed(twin_a, twin_b, proposed):
    act(twin_b, transfer_accept, proposed)
    act(twin_a, transfer_ship, proposed, shipped={line_of(proposed).pk: 250_000}, carrier="Dubois")
    check_as_commit_does()
    assert (stock(twin_a), on_the_road()) == (250_000, 250_000)


def test_the_sender_loads_no_more_than_agreed(twin_a, twin_b, proposed):
    act(twin_b, transfer_accept, proposed)
    with pytest.raises(DomainError) as refusal:
        act(twin_a, transfer_ship, proposed, shipped={line_of(proposed).pk: 300_001})
    assert refusal.value.code == "shipped_too_much"


def test_nothing_is_shipped_before_the_receiver_agrees(twin_a, proposed):
    with pytest.raises(Conflict):
        act(twin_a, transfer_ship, proposed)
    assert stock(twin_a) == 500_000


def test_goods_are_shipped_once_and_received_once(twin_a, twin_b, shipped):
    with pytest.raises(Conflict):
        act(twin_a, transfer_ship, shipped)
    receive(twin_b, shipped, 300_000)
    with pytest.raises(Conflict):
        receive(twin_b, shipped, 300_000)
    assert (stock(twin_a), stock(twin_b)) == (200_000, 300_000)


def test_a_refusal_or_a_change_of_mind_ends_it(twin_a, twin_b, lot, proposed):
    assert act(twin_b, transfer_decline, proposed, comment="Full").state == TransferState.DECLINED
    other = propose(twin_a, twin_b, lot, 1_000)
    act(twin_b, transfer_accept, other)
    assert act(twin_a, transfer_cancel, other).state == TransferState.CANCELLED
    assert stock(twin_a) == 500_000


def test_what_is_on_the_road_is_not_cancelled(twin_a, shipped):
    with pytest.raises(Conflict):
        act(twin_a, transfer_cancel, shipped)


@pytest.mark.parametrize("service", [transfer_accept, transfer_decline])
def test_the_sender_does_not_answer_for_the_receiver(twin_a, proposed, service):
    with pytest.raises(Forbidden):
        act(twin_a, service, proposed)


@pytest.mark.parametrize("service", [transfer_ship, transfer_cancel])
def test_the_receiver_does_not_act_for_the_sender(twin_b, proposed, service):
    with pytest.raises(Forbidden):
        act(twin_b, service, proposed)


def test_a_bank_that_is_not_concerned_finds_nothing(twin_a, twin_b, bank_c, proposed):
    with in_tenant(bank_c, Purpose.TEST), pytest.raises(Http404):
        transfer_here(proposed.pk)
    with in_tenant(bank_c, Purpose.TEST), pytest.raises(Forbidden):
        transfer_accept(KEEPER, transfer=proposed)
    with in_tenant(twin_b, Purpose.TEST):
        assert transfer_here(proposed.pk).number == proposed.number


def test_each_bank_keeps_its_own_half_of_the_history(twin_a, twin_b, shipped):
    seen = {}
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            seen[bank.slug] = [entry.action for entry in history_of(shipped).order_by("at")]
    assert seen == {"twin-a": ["created", "shipped"], "twin-b": ["accepted"]}


def test_each_bank_knows_what_waits_for_it(twin_a, twin_b, proposed):
    with in_tenant(twin_a, Purpose.TEST):
        assert transfers_waiting() == {"to_answer": 0, "to_ship": 0, "to_receive": 0}
    with in_tenant(twin_b, Purpose.TEST):
        assert transfers_waiting() == {"to_answer": 1, "to_ship": 0, "to_receive": 0}


def test_the_federation_reads_flows_and_what_is_on_the_road(twin_b, federation, shipped):
    with in_federation(federation, Purpose.TEST):
        assert (in_transit_grams(), len(open_transfers())) == (300_000, 1)
    receive(twin_b, shipped, 290_000, reason="Rain")
    with in_federation(federation, Purpose.TEST):
        (flow,) = flows_between_banks()
    assert (flow.shipped_grams, flow.received_grams, flow.lost_grams) == (300_000, 290_000, 10_000)


@pytest.mark.pitfall(24)
def test_a_lying_document_does_not_commit(shipped):
    with refused("the document says"):
        TransferLine.objects.filter(transfer=shipped).update(shipped_grams=299_999)
        check_as_commit_does()
