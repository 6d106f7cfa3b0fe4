"""A bank offers surplus, others ask, it allocates: every gram is reserved once, and the books balance."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Conflict, DomainError, Forbidden
from apps.stock.selectors import balances_of, grams_at
from apps.stock.services import Item, lot_block, stock_hold
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.books import books_verify
from tenants.network.models import Surplus, SurplusLine, SurplusRequest, SurplusWish, TransferLine
from tenants.network.services import transfer_cancel, transfer_propose, transfer_receive, transfer_ship
from tenants.network.surplus.asking import request_decline, request_withdraw
from tenants.network.surplus.proof import surplus_verify_here
from tenants.network.surplus.publishing import (
    paper_of,
    surplus_publish,
    surplus_withdraw,
    surpluses_expire_due,
)
from tenants.network.surplus.states import Driver, Reach, RequestState, SurplusState
from tenants.network.tasks import expire_surplus
from tenants.network.transfers import Transport
from tenants.registry.archiving import StillBusy, bank_archive, require_archivable
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.making.stock import held, make_lot
from tests.making.surplus import KEEPER, allocate, ask, lines_of, lot_of, offer, pantries, quay
from tests.people import actor_as
from tests.spaces import OPERATOR
from tests.tenants.network.commits import check_as_commit_does

LATER = dt.timedelta(days=3)


@pytest.fixture
def lot(twin_a, twin_b):
    """100 kg in twin A, of a family that twin B knows too."""
    pantries(twin_a, twin_b)
    return lot_of(twin_a)


def where(bank, lot):
    """Grams of a lot: free, reserved."""
    with in_tenant(bank, Purpose.TEST):
        return held(lot, balances_of(lot)[0].location)


def now(record):
    with in_platform(Purpose.TEST):
        return type(record).objects.get(pk=record.pk)


def turn(bank, status):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=bank.pk).update(status=status)


def prove(*banks):
    check_as_commit_does()
    for bank in banks:
        assert books_verify(bank, Purpose.TEST) == []


def free(bank, service, **named):
    with in_tenant(bank, Purpose.TEST):
        return service(KEEPER, **named)


def test_what_is_offered_is_reserved_at_once_and_the_books_balance(twin_a, lot):
    surplus = offer(twin_a, (lot, 60_000))
    assert where(twin_a, lot) == (40_000, 60_000)
    assert surplus.number.startswith("SU-")
    prove(twin_a)


def test_the_same_form_sent_twice_offers_once(twin_a, lot):
    key = uuid4()
    assert offer(twin_a, (lot, 60_000), op_key=key).pk == offer(twin_a, (lot, 60_000), op_key=key).pk
    assert where(twin_a, lot) == (40_000, 60_000)


def test_no_more_is_offered_than_is_free_nor_longer_than_it_may_leave(twin_a, lot):
    with pytest.raises(DomainError, match="may leave until then"):
        offer(twin_a, (lot, 100_001))
    short = lot_of(twin_a, date_kind="USE_BY", expires_on=clock.today() + dt.timedelta(days=1))
    with pytest.raises(DomainError, match="may leave until then"):
        offer(twin_a, (short, 1_000), days=4)
    with pytest.raises(DomainError, match="to come"):
        offer(twin_a, (lot, 1_000), days=-1)
    with pytest.raises(DomainError):
        offer(twin_a)
    assert where(twin_a, lot) == (100_000, 0)


def test_a_volunteer_offers_nothing(twin_a, lot):
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(Forbidden):
        surplus_publish(actor_as(Role.VOLUNTEER), op_key=uuid4(), items=[], until=clock.now())


def test_withdrawn_it_is_free_again(twin_a, twin_b, lot):
    surplus = offer(twin_a, (lot, 60_000))
    request = ask(twin_b, surplus, 10_000)
    free(twin_a, surplus_withdraw, surplus=surplus, reason="Needed here")
    assert where(twin_a, lot) == (100_000, 0)
    assert (now(surplus).state, now(request).state) == (SurplusState.WITHDRAWN, RequestState.LAPSED)
    with pytest.raises(Conflict):
        free(twin_a, surplus_withdraw, surplus=surplus)
    prove(twin_a)


def test_over_it_is_freed_once_however_often_the_task_runs(twin_a, lot):
    surplus, other = offer(twin_a, (lot, 60_000)), offer(twin_a, (lot, 10_000), days=30)
    assert expire_surplus() == 0
    due = clock.now() + LATER
    assert surpluses_expire_due(software("network"), now=due) == 1
    assert surpluses_expire_due(software("network"), now=due) == 0
    assert where(twin_a, lot) == (90_000, 10_000)
    assert (now(surplus).state, now(other).state) == (SurplusState.EXPIRED, SurplusState.OPEN)
    prove(twin_a)


def test_who_is_in_reach_sees_it_and_nobody_else(twin_a, twin_b, bank_c, lot):
    offer(twin_a, (lot, 1_000), reach=Reach.NATION)
    with in_tenant(twin_a, Purpose.TEST):
        near = offer(twin_a, (lot, 1_000), reach=Reach.NEIGHBOURS)
    with in_platform(Purpose.TEST):
        Surplus.objects.filter(pk=near.pk).update(seen_by=[twin_b.pk])
    seen = {}
    for bank in (twin_a, twin_b, bank_c):
        with in_tenant(bank, Purpose.TEST):
            seen[bank.slug] = (Surplus.objects.count(), SurplusLine.objects.count())
    assert seen == {"twin-a": (2, 2), "twin-b": (2, 2), "other-c": (1, 1)}


def test_a_bank_reads_only_its_own_requests_and_those_put_to_it_and_writes_none(twin_a, twin_b, bank_c, lot):
    request = ask(twin_b, offer(twin_a, (lot, 60_000)), 10_000)
    found = {}
    for bank in (twin_a, twin_b, bank_c):
        with in_tenant(bank, Purpose.TEST):
            found[bank.slug] = SurplusRequest.objects.filter(pk=request.pk).count()
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                SurplusRequest.objects.update(state="allocated")
    assert found == {"twin-a": 1, "twin-b": 1, "other-c": 0}


def test_a_bank_asks_once_at_a_time_never_more_than_is_left_and_never_itself(twin_a, twin_b, lot):
    surplus, key = offer(twin_a, (lot, 60_000)), uuid4()
    with pytest.raises(DomainError, match="are left"):
        ask(twin_b, surplus, 60_001)
    with pytest.raises(DomainError):
        ask(twin_b, surplus, 0)
    with pytest.raises(Forbidden):
        ask(twin_a, surplus, 1_000)
    first = ask(twin_b, surplus, 10_000, op_key=key)
    assert ask(twin_b, surplus, 10_000, op_key=key).pk == first.pk
    with pytest.raises(Conflict):
        ask(twin_b, surplus, 1_000)
    free(twin_b, request_withdraw, request=first)
    assert ask(twin_b, surplus, 1_000).state == RequestState.ASKED


def test_nothing_is_asked_of_a_bank_that_is_closed(twin_a, twin_b, lot):
    surplus = offer(twin_a, (lot, 60_000))
    turn(twin_a, BankStatus.SUSPENDED)
    with pytest.raises(Conflict, match="closed for now"):
        ask(twin_b, surplus, 10_000)
    turn(twin_a, BankStatus.ACTIVE)
    assert ask(twin_b, surplus, 10_000).state == RequestState.ASKED


def test_a_bank_that_offers_or_asks_for_surplus_is_not_put_away(twin_a, twin_b, lot):
    surplus = offer(twin_a, (lot, 60_000))
    with pytest.raises(StillBusy, match="1 surplus of this bank is still offered"):
        bank_archive(OPERATOR, bank=twin_a)
    request = ask(twin_b, surplus, 10_000)
    with pytest.raises(StillBusy, match="1 request for surplus waits"):
        bank_archive(OPERATOR, bank=twin_b)
    free(twin_b, request_withdraw, request=request)
    free(twin_a, surplus_withdraw, surplus=surplus)
    assert (now(twin_a).status, now(twin_b).status) == (BankStatus.ACTIVE, BankStatus.ACTIVE)
    with in_platform(Purpose.TEST):
        require_archivable(twin_a)
        require_archivable(twin_b)


def test_what_is_allocated_becomes_one_transfer_of_several_lines_out_of_reserved_goods(twin_a, twin_b, lot):
    other = lot_of(twin_a, 30_000)
    surplus = offer(twin_a, (lot, 60_000), (other, 30_000))
    request = ask(twin_b, surplus, 50_000, 30_000)
    terms = Transport(driver=Driver.RECEIVER, carrier="Dubois", cost_cents=8_000, cost_bearer="shared")
    transfer = allocate(twin_a, request, 20_000, 30_000, transport=terms, reason="Others ask too")
    with in_platform(Purpose.TEST):
        lines = list(transfer.lines.order_by("proposed_grams").values_list("proposed_grams", "held_grams"))
        wishes = SurplusWish.objects.filter(request=request).order_by("granted_grams")
        granted = list(wishes.values_list("grams", "granted_grams"))
    assert lines == [(20_000, 20_000), (30_000, 30_000)]
    assert granted == [(50_000, 20_000), (30_000, 30_000)]
    assert (transfer.state, transfer.driver, now(request).state) == ("accepted", "receiver", "partly")
    assert where(twin_a, lot) == (40_000, 60_000)
    assert [line.left_grams for line in lines_of(surplus)] == [40_000, 0]
    prove(twin_a, twin_b)


def test_what_is_allocated_has_a_key_of_its_own_whatever_the_asker_sent(twin_a, twin_b, lot):
    key = uuid4()
    mine = lot_of(twin_b, 5_000)
    with in_tenant(twin_b, Purpose.TEST):
        place = balances_of(mine)[0].location
    goods = {"from_bank": twin_b, "to_bank": twin_a, "lot": mine, "location": place, "grams": 1_000}
    own = free(twin_b, transfer_propose, op_key=key, **goods)
    request = ask(twin_b, offer(twin_a, (lot, 60_000)), 10_000, op_key=key)
    assert allocate(twin_a, request, 10_000).pk != own.pk


def test_less_than_was_asked_for_needs_a_reason_and_more_is_refused(twin_a, twin_b, lot):
    request = ask(twin_b, offer(twin_a, (lot, 60_000)), 10_000)
    for grams, reason in ((5_000, ""), (10_001, "x"), (0, "x")):
        with pytest.raises(DomainError):
            allocate(twin_a, request, grams, reason=reason)
    with in_tenant(twin_b, Purpose.TEST), pytest.raises(Forbidden):
        request_decline(KEEPER, request=request, reason="No")
    free(twin_a, request_decline, request=request, reason="Too far")
    assert (now(request).state, now(request).answer) == (RequestState.DECLINED, "Too far")
    with pytest.raises(Conflict):
        allocate(twin_a, request, 10_000)


def test_two_requests_for_more_than_there_is_never_get_more(twin_a, twin_b, bank_c, lot):
    pantries(twin_a, bank_c)
    surplus = offer(twin_a, (lot, 60_000))
    first, second = ask(twin_b, surplus, 40_000), ask(bank_c, surplus, 40_000)
    allocate(twin_a, first, 40_000)
    with pytest.raises(DomainError, match="are left"):
        allocate(twin_a, second, 40_000)
    allocate(twin_a, second, 20_000, reason="All there is")
    assert now(surplus).state == SurplusState.GONE
    prove(twin_a, twin_b, bank_c)


def test_each_step_to_the_other_banks_shelf_keeps_every_gram(twin_a, twin_b, lot):
    surplus = offer(twin_a, (lot, 60_000))
    prove(twin_a, twin_b)
    transfer = allocate(twin_a, ask(twin_b, surplus, 50_000), 50_000)
    prove(twin_a, twin_b)
    with in_platform(Purpose.TEST):
        line = TransferLine.objects.get(transfer=transfer)
    free(twin_a, transfer_ship, transfer=transfer, shipped={line.pk: 45_000})
    assert where(twin_a, lot) == (45_000, 10_000)
    prove(twin_a, twin_b)
    free(
        twin_b,
        transfer_receive,
        transfer=transfer,
        received={line.pk: 44_000},
        location=quay(twin_b),
        reason="Torn",
    )
    prove(twin_a, twin_b)
    surpluses_expire_due(software("network"), now=clock.now() + LATER)
    assert where(twin_a, lot) == (55_000, 0)
    prove(twin_a, twin_b)


def test_a_cancelled_transfer_frees_what_was_held_for_it(twin_a, twin_b, lot):
    transfer = allocate(twin_a, ask(twin_b, offer(twin_a, (lot, 60_000)), 50_000), 50_000)
    free(twin_a, transfer_cancel, transfer=transfer, comment="Truck broken")
    assert where(twin_a, lot) == (90_000, 10_000)
    prove(twin_a)


def test_a_gram_held_for_no_surplus_is_found(twin_a, lot):
    surplus = offer(twin_a, (lot, 60_000))
    with in_tenant(twin_a, Purpose.TEST):
        place = balances_of(lot)[0].location
        stock_hold(KEEPER, op_key=uuid4(), items=[Item(lot, place, 7)], document=paper_of(surplus))
        assert grams_at(lot, place).reserved_grams == 60_007
        assert [wrong.grams for wrong in surplus_verify_here()] == [-7]
    assert len(books_verify(twin_a, Purpose.TEST)) == 1


def test_the_database_allocates_no_more_than_is_offered(twin_a, lot):
    surplus = offer(twin_a, (lot, 60_000))
    with in_platform(Purpose.TEST), pytest.raises(DatabaseError, match="surplus_line"), transaction.atomic():
        SurplusLine.objects.filter(surplus=surplus).update(allocated_grams=60_001)


def test_a_blocked_lot_is_neither_offered_nor_given(twin_a, twin_b, lot):
    with in_tenant(twin_a, Purpose.TEST):
        blocked = make_lot(1_000, family=lot.family, status="blocked")
    with pytest.raises(DomainError):
        offer(twin_a, (blocked, 1_000))
    surplus = offer(twin_a, (lot, 60_000))
    request = ask(twin_b, surplus, 10_000)
    free(twin_a, lot_block, lot=lot, reason="Recall")
    with pytest.raises(DomainError, match="blocked"):
        allocate(twin_a, request, 10_000)
    free(twin_a, surplus_withdraw, surplus=surplus)
    assert where(twin_a, lot) == (100_000, 0)
