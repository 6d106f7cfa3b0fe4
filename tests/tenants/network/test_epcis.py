"""A trace is told as EPCIS 2.0 events."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from apps.kernel.abilities import software
from apps.sites.models import Letterhead, Location
from apps.stock.models import Lot
from apps.stock.selectors import chronicle
from apps.stock.services import (
    NewPallets,
    labelling,
    labels_print,
    lots_receive,
    movement_reverse,
    stock_lose,
)
from apps.stock.states import LossDestination, LossReason
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.epcis import document_of
from tenants.network.tracing import trace_of_lot
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.lineage import cooked_in, given_out, lot_in, sent, shelf_of
from tests.making.stock import KEEPER, make_lot, posted_receipt
from tests.tenants.network.epcis_check import SSCC, check_document

Events = list[dict[str, Any]]


def told(bank: FoodBank, lot: Lot) -> Events:
    with in_platform(Purpose.TEST):
        here = FoodBank.objects.prefetch_related("domains").get(pk=bank.pk)
    with in_tenant(bank, Purpose.TEST):
        return check_document(document_of(here, trace_of_lot(software("test"), lot=lot)))


def steps(events: Events) -> list[tuple[str, str, str]]:
    return [(event["type"], event.get("action", ""), event["bizStep"]) for event in events]


def test_goods_are_received_cooked_sent_handed_over_and_lost(twin_a: FoodBank, twin_b: FoodBank) -> None:
    carrots = lot_in(twin_a, 10_000)
    soup = cooked_in(twin_a, (carrots, 6_000))
    given_out(twin_a, soup, 1_000, "Charity")
    sent(twin_a, twin_b, soup, 2_000)
    with in_tenant(twin_a, Purpose.TEST):
        stock_lose(
            KEEPER, op_key=uuid4(), lot=soup, location=Location.objects.get(code="RACK"), grams=500,
            reason=LossReason.DAMAGED, destination=LossDestination.COMPOST,
        )  # fmt: skip
    events = told(twin_a, carrots)
    assert sorted(steps(events)) == sorted(
        [
            ("ObjectEvent", "OBSERVE", "receiving"),
            ("ObjectEvent", "ADD", "commissioning"),
            ("ObjectEvent", "ADD", "commissioning"),
            ("TransformationEvent", "", "commissioning"),
            ("ObjectEvent", "OBSERVE", "shipping"),
            ("ObjectEvent", "OBSERVE", "shipping"),
            ("ObjectEvent", "OBSERVE", "receiving"),
            ("ObjectEvent", "DELETE", "destroying"),
        ]
    )
    made = next(event for event in events if event["type"] == "TransformationEvent")
    assert [row["quantity"] for row in made["inputQuantityList"]] == [6.0]
    assert [row["quantity"] for row in made["outputQuantityList"]] == [6.0]


def test_a_probe_at_the_dock_is_a_sensor_report(twin_a: FoodBank) -> None:
    with in_tenant(twin_a, Purpose.TEST):
        shelf = shelf_of(twin_a)
        receipt = posted_receipt(shelf, (make_product(), 4_000, shelf))
        receipt.lines.update(temperature_c=Decimal("3.5"))
        [lot] = lots_receive(KEEPER, receipt=receipt)
    received = next(event for event in told(twin_a, lot) if event["bizStep"] == "receiving")
    assert received["sensorElementList"][0]["sensorReport"] == [
        {"type": "Temperature", "value": 3.5, "uom": "CEL"}
    ]
    assert received["bizTransactionList"][0]["type"] == "recadv"


def test_what_was_reversed_stays_with_its_error_declaration(twin_a: FoodBank) -> None:
    lot = lot_in(twin_a, 5_000)
    with in_tenant(twin_a, Purpose.TEST):
        shelf = Location.objects.get(code="RACK")
        lost = stock_lose(
            KEEPER, op_key=uuid4(), lot=lot, location=shelf, grams=500,
            reason=LossReason.DAMAGED, destination=LossDestination.COMPOST,
        )  # fmt: skip
        movement_reverse(KEEPER, op_key=uuid4(), movement=lost, reason="not damaged")
    destroyed = [event for event in told(twin_a, lot) if event["bizStep"] == "destroying"]
    assert [("errorDeclaration" in event) for event in destroyed] == [False, True]
    assert len({event["eventID"] for event in destroyed}) == 1


@pytest.mark.parametrize("prefix", ["3760012", ""])
def test_a_pallet_is_called_by_its_sscc(
    twin_a: FoodBank, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = lot_in(twin_a, 5_000)
    with in_tenant(twin_a, Purpose.TEST):
        monkeypatch.setattr(labelling, "letterhead_now", lambda: Letterhead(gs1_prefix=prefix))
        monkeypatch.setattr(chronicle, "letterhead_now", lambda: Letterhead(gs1_prefix=prefix))
        labels_print(KEEPER, op_key=uuid4(), new=[NewPallets(lot=lot, count=1)])
    packed = next(event for event in told(twin_a, lot) if event["type"] == "AggregationEvent")
    assert bool(SSCC.fullmatch(packed["parentID"])) is bool(prefix)
    assert packed["childQuantityList"][0]["quantity"] == 5.0


def test_goods_with_a_gtin_and_a_lot_number_are_a_digital_link(twin_a: FoodBank) -> None:
    with in_tenant(twin_a, Purpose.TEST):
        shelf = shelf_of(twin_a)
        product = make_product(gtin="3760012340012")
        branded = make_lot(1_000, product=product, location=shelf, supplier_lot="L 42/A")
        own = make_lot(1_000, product=product, location=shelf)
    [link] = {row["epcClass"] for event in told(twin_a, branded) for row in event["quantityList"]}
    assert link == "https://id.gs1.org/01/03760012340012/10/L%2042%2FA"
    [name] = {row["epcClass"] for event in told(twin_a, own) for row in event["quantityList"]}
    assert name.startswith("urn:x-collecto:")
    assert own.number in name


def test_a_sister_bank_is_told_without_names_or_papers(twin_a: FoodBank, twin_b: FoodBank) -> None:
    there = sent(twin_a, twin_b, lot_in(twin_a, 5_000), 4_000)
    stew = cooked_in(twin_b, (there, 3_000))
    given_out(twin_b, stew, 1_000, "Secret charity")
    with in_tenant(twin_a, Purpose.TEST):
        first = Lot.objects.latest("created_at")
    text = str(told(twin_a, first))
    assert "TransformationEvent" in text
    assert "Secret charity" not in text
    assert "AT-" not in text


def test_what_sister_banks_sent_each_other_has_an_event_for_each_line_and_no_paper(
    twin_a: FoodBank, twin_b: FoodBank, bank_c: FoodBank
) -> None:
    first = lot_in(twin_a, 5_000)
    there = sent(twin_a, twin_b, first, 4_000)
    for grams in (1_000, 2_000):
        sent(twin_b, bank_c, there, grams)
    events = told(twin_a, first)
    between = [event for event in events if str(bank_c.pk) in str(event.get("destinationList"))]
    assert len({event["eventID"] for event in between}) == len(between) == 4
    assert not any("bizTransactionList" in event for event in between)
