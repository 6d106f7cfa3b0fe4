"""Opening a bank: one service, complete, safe to repeat."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections

from apps.kernel.abilities import Role
from apps.kernel.errors import Conflict, DomainError, Forbidden
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.isolation.schemas import schema_exists
from tenants.registry.locks import BankBusy, bank_lock
from tenants.registry.models import BankEvent, Domain, FoodBank, Territory
from tenants.registry.services import NewBank, bank_move, bank_open, bank_register
from tenants.registry.states import BankStatus
from tests.making.banks import remove
from tests.people import actor_as
from tests.spaces import OPERATOR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def new() -> Iterator[NewBank]:
    """What is needed for a bank of a name of its own; whatever was opened under it goes afterwards."""
    slug = f"n-{uuid4().hex[:10]}"
    yield NewBank(name=f"Banque {slug}", slug=slug, departments=["42"])
    remove(slug)


def history(bank: FoodBank) -> list[tuple[str, str, str]]:
    with in_platform(Purpose.TEST):
        return list(
            BankEvent.objects.filter(bank=bank)
            .order_by("at", "id")
            .values_list("action", "from_status", "to_status")
        )


def test_an_opened_bank_is_active_and_answers_on_its_own_host(new):
    bank = bank_open(OPERATOR, new=new)
    assert bank.status == BankStatus.ACTIVE
    with in_platform(Purpose.TEST):
        assert Domain.objects.get(tenant=bank).domain == f"{new.slug}.localhost"
        assert list(Territory.objects.filter(bank=bank).values_list("department", flat=True)) == ["42"]
    with in_owner(Purpose.TEST):
        assert schema_exists(bank.schema_name)


def test_every_state_on_the_way_is_in_its_history(new):
    bank = bank_open(OPERATOR, new=new)
    assert history(bank) == [
        ("registered", "", "provisioning"),
        ("moved", "provisioning", "ready"),
        ("moved", "ready", "active"),
    ]


def test_a_bank_may_wait_ready_until_it_is_opened_to_its_people(new):
    bank = bank_open(OPERATOR, new=NewBank(name=new.name, slug=new.slug, activate=False))
    assert bank.status == BankStatus.READY
    bank_move(OPERATOR, bank=bank, to=BankStatus.ACTIVE)
    assert bank_open(OPERATOR, new=new).status == BankStatus.ACTIVE


def test_opening_again_after_an_interruption_finishes_the_same_bank(new):
    first = bank_open(OPERATOR, new=new)
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=first.pk).update(status=BankStatus.PROVISIONING)
    again = bank_open(OPERATOR, new=new)
    assert (again.pk, again.status) == (first.pk, BankStatus.ACTIVE)


def test_two_who_open_the_same_bank_at_once_open_one(new):
    def opened(_number: int) -> FoodBank:
        try:
            return bank_open(OPERATOR, new=new)
        finally:
            for connection in connections.all():
                connection.close()

    with ThreadPoolExecutor(3) as people:
        banks = list(people.map(opened, range(3)))
    assert len({bank.pk for bank in banks}) == 1
    assert {bank.status for bank in banks} == {BankStatus.ACTIVE}
    assert history(banks[0])[-2:] == [("moved", "provisioning", "ready"), ("moved", "ready", "active")]


def test_a_taken_sub_domain_is_refused_at_its_field(new):
    bank_open(OPERATOR, new=new)
    with pytest.raises(Conflict) as refusal:
        bank_open(OPERATOR, new=NewBank(name="Another", slug=new.slug))
    assert refusal.value.field == "slug"


@pytest.mark.parametrize("slug", ["www", "operator", "coiiecto", "adm1n"])
def test_a_reserved_sub_domain_or_one_that_looks_like_it_is_refused(slug):
    with pytest.raises(ValidationError, match="reserved"):
        bank_open(OPERATOR, new=NewBank(name="Www", slug=slug))


@pytest.mark.parametrize("slug", ["a", "9lives", "two--hyphens", "end-", "Big", "a" * 41, "é"])
def test_a_sub_domain_that_no_address_can_hold_is_refused(slug):
    with pytest.raises(ValidationError):
        bank_open(OPERATOR, new=NewBank(name="Www", slug=slug))


def test_a_sub_domain_that_looks_like_another_bank_s_is_refused():
    with pytest.raises(Conflict, match="twin-a") as refusal:
        bank_open(OPERATOR, new=NewBank(name="Www", slug="tw1n-a"))
    assert refusal.value.code == "slug_confusable"


def test_only_the_operator_opens_banks(new):
    with pytest.raises(Forbidden):
        bank_open(actor_as(Role.MANAGER), new=new)


def test_the_operator_says_why_a_bank_is_suspended(fresh_bank):
    bank, operator = fresh_bank(), actor_as(Role.OPERATOR)
    with pytest.raises(DomainError) as refusal:
        bank_move(operator, bank=bank, to=BankStatus.SUSPENDED)
    assert refusal.value.field == "reason"
    bank_move(operator, bank=bank, to=BankStatus.SUSPENDED, reason="unpaid")
    with in_platform(Purpose.TEST):
        said = BankEvent.objects.filter(bank=bank)[0]
    assert (said.reason, said.actor_label) == ("unpaid", "operator")


@pytest.mark.parametrize("to", [BankStatus.ERASED, BankStatus.READY, BankStatus.PROVISIONING])
def test_the_life_of_a_bank_has_no_short_cut(fresh_bank, to):
    with pytest.raises(DomainError, match="cannot go from"):
        bank_move(OPERATOR, bank=fresh_bank(), to=to)


def test_of_two_who_move_a_bank_one_is_told_that_it_has_moved(fresh_bank):
    bank = fresh_bank()
    with in_platform(Purpose.TEST):
        seen_by_another = FoodBank.objects.get(pk=bank.pk)
    bank_move(OPERATOR, bank=bank, to=BankStatus.SUSPENDED)
    with pytest.raises(Conflict):
        bank_move(OPERATOR, bank=seen_by_another, to=BankStatus.ARCHIVED)


def test_the_history_of_a_bank_is_append_only(fresh_bank):
    bank = fresh_bank()
    with in_owner(Purpose.TEST), pytest.raises(DatabaseError, match="append-only"):
        BankEvent.objects.filter(bank=bank).update(reason="never happened")


def test_a_bank_is_not_suspended_while_it_is_being_prepared(new):
    bank = bank_register(OPERATOR, new=new)
    with pytest.raises(DomainError, match="cannot go from"):
        bank_move(OPERATOR, bank=bank, to=BankStatus.SUSPENDED, reason="unpaid")


def test_a_bank_is_not_moved_while_its_space_is_worked_on(fresh_bank):
    bank = fresh_bank()
    with in_owner(Purpose.TEST), bank_lock(bank.pk), pytest.raises(BankBusy):
        bank_move(OPERATOR, bank=bank, to=BankStatus.SUSPENDED, reason="unpaid")


def test_a_bank_is_suspended_while_it_is_exported(fresh_bank):
    bank = fresh_bank()
    with in_owner(Purpose.TEST), bank_lock(bank.pk, shared=True):
        bank_move(OPERATOR, bank=bank, to=BankStatus.SUSPENDED, reason="unpaid")
    assert bank.status == BankStatus.SUSPENDED
