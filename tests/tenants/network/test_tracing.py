"""A lot is followed back to its donors and forward to its partners, whatever banks it went through."""

from uuid import uuid4

import pytest

from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from apps.stock.models import Lot
from apps.stock.states import MovementKind
from apps.workshop.models import BatchLine
from apps.workshop.services import batch_cancel
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.tracing import NetworkTrace, trace_of_lot
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.making.lineage import cooked_in, given_out, lot_in, sent
from tests.making.stock import KEEPER
from tests.people import actor_as

READER = actor_as(Role.VOLUNTEER)


def follow(bank: FoodBank, lot: Lot, **how: bool) -> NetworkTrace:
    with in_tenant(bank, Purpose.TEST):
        return trace_of_lot(software("recall") if how else READER, lot=lot, **how)


def generations(trace: NetworkTrace) -> dict[str, int]:
    return {f"{n.bank_label}/{n.lot.id}": n.generation for n in trace.nodes.values()}


def at(bank: FoodBank, lot: Lot) -> str:
    return f"{bank.name}/{lot.pk}"


class Journey:
    """Carrots and leeks of A become a soup, which goes to B, where more is added, then back to A and to C."""

    def __init__(self, a: FoodBank, b: FoodBank, c: FoodBank) -> None:
        self.a, self.b, self.c = a, b, c
        self.carrots = lot_in(a, 10_000, donor_label="Farm of A")
        self.leeks = lot_in(a, 10_000, donor_label="Market of A")
        self.soup = cooked_in(a, (self.carrots, 8_000), (self.leeks, 4_000))
        given_out(a, self.soup, 2_000, "Charity of A")
        self.soup_in_b = sent(a, b, self.soup, 9_000)
        self.salt = lot_in(b, 1_000, donor_label="Shop of B")
        self.stew = cooked_in(b, (self.soup_in_b, 8_000), (self.salt, 500))
        given_out(b, self.stew, 1_500, "Charity of B")
        self.stew_in_c = sent(b, c, self.stew, 4_000)
        given_out(c, self.stew_in_c, 3_000, "Charity of C")
        self.stew_in_a = sent(b, a, self.stew, 2_000)
        given_out(a, self.stew_in_a, 1_000, "Second charity of A")


@pytest.fixture
def journey(twin_a: FoodBank, twin_b: FoodBank, bank_c: FoodBank) -> Journey:
    return Journey(twin_a, twin_b, bank_c)


def test_a_trace_goes_forward_through_workshops_and_banks_and_back_home(journey: Journey) -> None:
    a, b, c = journey.a, journey.b, journey.c
    assert generations(follow(a, journey.carrots)) == {
        at(a, journey.carrots): 0,
        at(a, journey.soup): 1,
        at(b, journey.soup_in_b): 2,
        at(b, journey.stew): 3,
        at(c, journey.stew_in_c): 4,
        at(a, journey.stew_in_a): 4,
    }


def test_a_trace_goes_back_to_every_donor(journey: Journey) -> None:
    a, b, c = journey.a, journey.b, journey.c
    assert generations(follow(c, journey.stew_in_c)) == {
        at(c, journey.stew_in_c): 0,
        at(b, journey.stew): -1,
        at(b, journey.salt): -2,
        at(b, journey.soup_in_b): -2,
        at(a, journey.soup): -3,
        at(a, journey.carrots): -4,
        at(a, journey.leeks): -4,
    }


def test_sister_banks_show_counts_and_weights_and_no_name(journey: Journey) -> None:
    trace = follow(journey.a, journey.carrots)
    told = {
        (trace.nodes[step.lot].bank_label, step.party_label, step.party_count, step.grams)
        for step in trace.steps
        if step.kind == MovementKind.DELIVER
    }
    assert told == {
        (journey.a.name, "Charity of A", 1, 2_000),
        (journey.a.name, "Second charity of A", 1, 1_000),
        (journey.b.name, "", 1, 1_500),
        (journey.c.name, "", 1, 3_000),
    }
    assert trace.partner_count() == 4
    foreign = [step for step in trace.steps if not trace.nodes[step.lot].is_own]
    assert not any(step.document_number or step.document_id for step in foreign)


def test_a_recall_is_told_the_names_and_nobody_else_is(journey: Journey) -> None:
    trace = follow(journey.a, journey.carrots, for_recall=True)
    names = {step.party_label for step in trace.steps if step.kind == MovementKind.DELIVER}
    assert names == {"Charity of A", "Second charity of A", "Charity of B", "Charity of C"}
    with in_tenant(journey.a, Purpose.TEST), pytest.raises(Forbidden):
        trace_of_lot(actor_as(Role.MANAGER), lot=journey.carrots, for_recall=True)


def test_each_way_between_banks_says_its_weight_and_its_paper(journey: Journey) -> None:
    trace = follow(journey.b, journey.soup_in_b)
    ways = {(edge.kind, edge.grams) for edge in trace.edges}
    assert ways == {
        ("transform", 8_000),
        ("transform", 4_000),
        ("transfer", 9_000),
        ("transfer", 4_000),
        ("transfer", 2_000),
    }
    assert all(edge.number.startswith("TR-") for edge in trace.edges if edge.kind == "transfer")


def test_papers_between_other_banks_are_shown_in_a_recall_alone(journey: Journey) -> None:
    a, b, c = journey.a.pk, journey.b.pk, journey.c.pk
    papers = {
        (edge.parent[0], edge.child[0]): (edge.number[:3], edge.document_id is not None)
        for edge in follow(journey.a, journey.carrots).edges
        if edge.kind == "transfer"
    }
    assert papers == {(a, b): ("TR-", True), (b, a): ("TR-", True), (b, c): ("", False)}
    named = follow(journey.a, journey.carrots, for_recall=True)
    assert all(edge.number and edge.document_id for edge in named.edges)


def test_what_a_cancelled_batch_made_is_no_longer_in_a_trace(twin_a: FoodBank) -> None:
    carrots = lot_in(twin_a, 10_000)
    soup = cooked_in(twin_a, (carrots, 5_000))
    assert len(follow(twin_a, carrots).nodes) == 2
    with in_tenant(twin_a, Purpose.TEST):
        batch = BatchLine.objects.filter(lot=soup).get().batch
        batch_cancel(KEEPER, op_key=uuid4(), batch=batch, reason="test")
    assert len(follow(twin_a, carrots).nodes) == 1


def test_a_bank_that_is_closed_is_named_and_the_rest_is_shown(journey: Journey) -> None:
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=journey.c.pk).update(status=BankStatus.SUSPENDED)
    trace = follow(journey.a, journey.carrots)
    assert trace.closed == [journey.c.name]
    assert at(journey.a, journey.stew_in_a) in generations(trace)
