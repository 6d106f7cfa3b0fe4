"""Handing over: the note, the goods, the contribution, the cold chain."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from apps.catalogue.states import TemperatureClass
from apps.delivery.errors import (
    AlreadyHandedOver,
    NotPicked,
    PickingClosed,
    ReceiverMissing,
    TemperatureMissing,
)
from apps.delivery.facts import GoodsDelivered
from apps.delivery.models import DeliveryLine, DeliveryNote
from apps.delivery.selectors import note_lines_of, sections_of
from apps.delivery.services import handover_record
from apps.delivery.states import NoteSection, PickingStatus
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.orders.facts import OrderConfirmed
from apps.orders.models import Order
from apps.orders.services import order_cancel
from apps.orders.states import OrderStatus
from apps.partners.states import AccreditationKind, PartnerType
from apps.stock.errors import LotIsBlocked
from apps.stock.models import Lot, Movement
from apps.stock.services import lot_block
from apps.stock.states import MovementKind
from tests.making.catalogue import make_family, make_product
from tests.making.delivery import KEEPER, hand_over, make_note, make_picked, make_picking, make_rate, weigh
from tests.making.facts import facts_told
from tests.making.orders import DESK, kg, make_line, make_order, place
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import make_inspection, make_lot
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def of_sources(*sources: str, **partner: Any) -> Order:
    """Return an order of 10 kg of each source, by a new partner."""
    location, lines = make_location(), []
    for source in sources:
        product = make_product(name=source)
        make_lot(kg(10), product=product, location=location, supply_source=source)
        lines.append(make_line(product, 10, source))
    return place(*lines, site=location.site, partner=make_partner(**partner))


def test_the_goods_leave_for_the_partner():
    note = make_note()
    [moved] = Movement.objects.filter(kind=MovementKind.DELIVER)
    assert (moved.grams, moved.party_id, moved.document_number) == (kg(10), note.partner_id, note.number)
    assert moved.party_type == note.partner.partner_type


def test_the_note_tells_who_gave_who_took_when():
    note = make_note()
    assert (note.handed_over_by, note.received_by) == (KEEPER.label, "Camille Petit")
    assert note.delivered_on == clock.today()


def test_order_and_list_are_closed():
    note = make_note()
    assert note.picking_list.status == PickingStatus.HANDED_OVER
    assert Order.objects.get(pk=note.picking_list.order_id).status == OrderStatus.DELIVERED


def test_the_real_weight_is_on_the_note():
    assert note_lines_of(hand_over(weigh(make_picking(in_stock=30), 11.2)))[0].grams == kg(11.2)


def test_a_line_that_was_not_found_is_not_on_the_note():
    order = of_sources(SupplySource.INDUSTRY, SupplySource.CATERING)
    assert len(note_lines_of(hand_over(weigh(make_picking(order), 0)))) == 1


def test_notes_are_numbered_without_gap_even_when_one_is_rolled_back():
    picked = make_picked()
    with transaction.atomic():
        hand_over(picked)
        transaction.set_rollback(True)
    assert hand_over(picked).number == f"BL-{clock.today().year}-00001"
    assert make_note().number == f"BL-{clock.today().year}-00002"


def test_a_refused_handover_uses_no_number():
    picked = make_picked()
    with pytest.raises(ReceiverMissing):
        hand_over(picked, received_by=" ")
    assert hand_over(picked).number.endswith("-00001")


def test_sent_twice_it_is_handed_over_once():
    picked, key = make_picked(), uuid4()
    assert hand_over(picked, op_key=key) == hand_over(picked, op_key=key)
    assert Movement.objects.filter(kind=MovementKind.DELIVER).count() == 1


def test_two_people_do_not_hand_the_same_order_over():
    picked = make_picked()
    note = hand_over(picked)
    with pytest.raises(AlreadyHandedOver, match=note.number):
        hand_over(picked)


def test_a_list_not_weighed_yet_is_not_handed_over():
    with pytest.raises(NotPicked):
        hand_over(make_picking())


def test_a_cancelled_order_is_not_handed_over():
    picked = make_picked()
    order_cancel(DESK, order=picked.order, reason="Nobody came")
    with pytest.raises(PickingClosed):
        hand_over(picked)


@pytest.mark.parametrize(
    ("temperature_class", "field"),
    [
        (TemperatureClass.CHILLED_0_4, "chilled_temperature_c"),
        (TemperatureClass.FROZEN_M18, "frozen_temperature_c"),
    ],
)
def test_cold_goods_leave_with_their_temperature(temperature_class, field):
    picked = make_picked(lot={"product": make_product(temperature_class=temperature_class)})
    with pytest.raises(TemperatureMissing) as refused:
        hand_over(picked)
    assert refused.value.field == field
    assert getattr(hand_over(picked, **{field: Decimal("-1.5")}), field) == Decimal("-1.5")


def test_goods_of_the_same_lot_and_place_make_one_line():
    location, family = make_location(), make_family()
    product = make_product(family)
    make_lot(kg(10), product=product, location=location)
    order = place(make_line(product, 4), make_line(family, 5), site=location.site)
    assert [line.grams for line in note_lines_of(make_note(order))] == [kg(9)]


def test_the_note_keeps_public_food_apart():
    order = of_sources(
        SupplySource.FSE_PLUS, SupplySource.CNES, SupplySource.PURCHASE_OWN, SupplySource.GMS_RAMASSE
    )
    sections = sections_of(note_lines_of(make_note(order)))
    assert [section.section for section in sections] == [
        NoteSection.EUROPEAN,
        NoteSection.STATE,
        NoteSection.PURCHASES,
        NoteSection.GIFTS,
    ]


def test_the_contribution_follows_the_rate():
    make_rate(12)
    note = make_note()
    assert note.contribution_cents == 120
    assert [line.contribution_cents for line in note_lines_of(note)] == [120]


def test_european_food_and_withdrawals_carry_no_contribution():
    make_rate(12)
    order = of_sources(SupplySource.FSE_PLUS, SupplySource.AGRI_WITHDRAWAL, SupplySource.INDUSTRY)
    note = make_note(order)
    cents = {line.supply_source: line.contribution_cents for line in note_lines_of(note)}
    assert cents == {"FSE_PLUS": 0, "AGRI_WITHDRAWAL": 0, "INDUSTRY": 120}
    assert note.contribution_cents == 120


def test_the_rate_of_the_partner_type_counts():
    make_rate(12)
    make_rate(4, partner_type=PartnerType.CCAS_CIAS)
    order = of_sources(SupplySource.INDUSTRY, partner_type=PartnerType.CCAS_CIAS)
    assert make_note(order).contribution_cents == 40


def test_european_food_never_reaches_a_partner_that_is_not_accredited():
    location, family = make_location(), make_family()
    make_lot(kg(10), family=family, location=location, supply_source=SupplySource.FSE_PLUS)
    make_lot(kg(4), family=family, location=location)
    partner = make_partner(accreditation_kind=AccreditationKind.NONE)
    make_note(place(make_line(family, 14), site=location.site, partner=partner))
    delivered = Lot.objects.filter(delivery_lines__note__partner=partner)
    assert set(delivered.values_list("supply_source", flat=True)) == {SupplySource.GMS_RAMASSE}


def test_a_lot_blocked_meanwhile_does_not_leave_and_nothing_is_written():
    picked = make_picked()
    lot_block(KEEPER, lot=Lot.objects.get(), reason="Recall")
    with pytest.raises(LotIsBlocked):
        hand_over(picked)
    assert not DeliveryNote.objects.exists()


def test_it_says_so():
    make_rate(10)
    picked = make_picked()
    with facts_told(OrderConfirmed, GoodsDelivered) as told:
        note = hand_over(picked)
    assert told == [
        GoodsDelivered(note_id=note.pk, partner_id=note.partner_id, grams=kg(10), contribution_cents=100)
    ]


def test_a_note_never_changes():
    note = make_note()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        DeliveryLine.objects.filter(note=note).update(grams=1)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ACCOUNTS, Role.ROUNDS])
def test_it_is_not_for_everybody(role):
    with pytest.raises(Forbidden):
        handover_record(
            actor_as(role), picking_list=make_picked(make_order()), op_key=uuid4(), received_by="Camille"
        )


@pytest.mark.parametrize("accepts", [True, False])
def test_goods_past_best_before_leave_only_for_a_partner_that_takes_them(accepts, sign_in, bank):
    partner = make_partner(accepts_past_best_before=accepts)
    location, product = make_location(), make_product()
    ends = clock.today() + dt.timedelta(days=2)
    lot = make_lot(kg(10), product=product, location=location, expires_on=ends)
    order = place(make_line(product, 10), site=location.site, partner=partner)
    picked = make_picked(order)
    browser = sign_in(bank, Role.STOCK)
    with clock.time_set_to(clock.now() + dt.timedelta(days=3)):
        make_inspection(lot)
        sent = {"op_key": uuid4(), "received_by": "Camille"}
        page = reverse("delivery_picking_handover", args=[picked.pk])
        answer = browser.post(page, sent)
    assert DeliveryNote.objects.exists() == accepts
    if not accepts:
        assert answer.status_code == 422
        assert f"{lot.number} is past best before" in answer.content.decode()
