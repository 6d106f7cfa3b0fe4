"""Two people give the same surplus, or one gives it while the clock ends it: no gram is given twice."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.kernel.errors import DomainError
from apps.stock.selectors import balances_of
from apps.stock.services import Item
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.books import books_verify
from tenants.network.models import SurplusLine, TransferLine
from tenants.network.surplus.agreements import Terms, agreement_propose
from tenants.network.surplus.asking import request_allocate, surplus_ask
from tenants.network.surplus.publishing import surplus_publish, surplus_withdraw, surpluses_expire_due
from tenants.registry.models import FoodBank
from tests.making.surplus import KEEPER, ask, lines_of, lot_of, offer, pantries
from tests.making.threads import each_at_home, together
from tests.spaces import tampering

WIPE = """
SET LOCAL session_replication_role = replica;
DELETE FROM network_surpluswish; DELETE FROM network_surplusrequest; DELETE FROM network_surplusline;
DELETE FROM network_transferevent; DELETE FROM network_transferline; DELETE FROM network_transfer;
DELETE FROM network_surplus; DELETE FROM network_transferagreement; DELETE FROM federation_bookscheck;
"""


@pytest.fixture
def banks(fresh_bank: Callable[..., FoodBank]) -> Iterator[list[FoodBank]]:
    """Three banks that commit; the shared rows about them go before they do."""
    opened = [fresh_bank(), fresh_bank(), fresh_bank()]
    pantries(*opened)
    yield opened
    with in_platform(Purpose.TEST), tampering() as cursor:
        cursor.execute(WIPE)


def reserved(bank: FoodBank, lot) -> int:
    with in_tenant(bank, Purpose.TEST):
        return sum(held.reserved_grams for held in balances_of(lot))


def allocated() -> int:
    with in_platform(Purpose.TEST):
        return sum(SurplusLine.objects.values_list("allocated_grams", flat=True))


def promised() -> int:
    with in_platform(Purpose.TEST):
        return sum(TransferLine.objects.values_list("held_grams", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_requests_for_more_than_is_offered_answered_at_once(banks):
    giver, *takers = banks
    lot = lot_of(giver, 60_000)
    surplus = offer(giver, (lot, 60_000))
    line = lines_of(surplus)[0]
    asked = [ask(taker, surplus, 40_000) for taker in takers]
    acts = [partial(request_allocate, KEEPER, request=each, granted={line.pk: 40_000}) for each in asked]
    done = together(giver, acts)
    assert sum(isinstance(each, DomainError) for each in done) == 1
    assert (allocated(), promised(), reserved(giver, lot)) == (40_000, 40_000, 60_000)
    assert books_verify(giver, Purpose.TEST) == []


@pytest.mark.django_db(transaction=True)
def test_one_request_answered_twice_at_once_gives_once(banks):
    giver, taker, _other = banks
    lot = lot_of(giver, 60_000)
    surplus = offer(giver, (lot, 60_000))
    request, line = ask(taker, surplus, 20_000), lines_of(surplus)[0]
    act = partial(request_allocate, KEEPER, request=request, granted={line.pk: 20_000})
    done = together(giver, [act, act])
    assert sum(isinstance(each, DomainError) for each in done) == 1
    assert (allocated(), promised()) == (20_000, 20_000)


@pytest.mark.django_db(transaction=True)
def test_given_withdrawn_asked_and_ended_at_once_the_books_balance(banks):
    giver, taker, other = banks
    lot = lot_of(giver, 60_000)
    surplus = offer(giver, (lot, 60_000))
    request, line = ask(taker, surplus, 20_000), lines_of(surplus)[0]
    late = clock.now() + dt.timedelta(days=3)
    done = each_at_home(
        [
            (giver, partial(request_allocate, KEEPER, request=request, granted={line.pk: 20_000})),
            (giver, partial(surplus_withdraw, KEEPER, surplus=surplus)),
            (
                other,
                partial(surplus_ask, KEEPER, op_key=lot.pk, surplus=surplus, wanted={line.pk: 60_000}),
            ),
            (giver, partial(surpluses_expire_due, software("network"), now=late)),
        ]
    )
    assert all(isinstance(each, DomainError) or not isinstance(each, Exception) for each in done), done
    surpluses_expire_due(software("network"), now=late)
    assert allocated() == promised() == reserved(giver, lot)
    assert books_verify(giver, Purpose.TEST) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_offers_once(banks):
    giver = banks[0]
    lot = lot_of(giver, 60_000)
    with in_tenant(giver, Purpose.TEST):
        items = [Item(lot, balances_of(lot)[0].location, 20_000)]
    until = clock.now() + dt.timedelta(days=1)
    act = partial(surplus_publish, KEEPER, op_key=lot.pk, items=items, until=until)
    first, second = together(giver, [act, act])
    assert first.pk == second.pk
    assert reserved(giver, lot) == 20_000


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_twice_at_once_asks_once(banks):
    giver, taker, _other = banks
    lot = lot_of(giver, 60_000)
    surplus = offer(giver, (lot, 60_000))
    wanted = {lines_of(surplus)[0].pk: 10_000}
    act = partial(surplus_ask, KEEPER, op_key=lot.pk, surplus=surplus, wanted=wanted)
    first, *others = together(taker, [act] * 4)
    assert [each.pk for each in others] == [first.pk] * 3


@pytest.mark.django_db(transaction=True)
def test_the_same_agreement_proposed_twice_at_once_is_one(banks):
    giver, taker, _other = banks
    terms = Terms(weekly_grams=50_000, starts_on=clock.today())
    act = partial(agreement_propose, KEEPER, op_key=uuid4(), other=taker, gives=True, terms=terms)
    first, *others = together(giver, [act] * 4)
    assert [each.pk for each in others] == [first.pk] * 3
