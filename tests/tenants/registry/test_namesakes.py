"""What other members of the network wrote neither goes with an erased bank nor holds its erasure up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.outbox.models import OutboxMessage
from tenants.registry.erasure import bank_erase
from tenants.registry.models import Domain, ErasureProof, FoodBank
from tenants.registry.services import NewBank, bank_open
from tenants.registry.states import BankStatus
from tests.making.banks import fill, moved, remove
from tests.people import host_of
from tests.spaces import OPERATOR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank)
    return moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)


@pytest.fixture
def elder(bank: FoodBank) -> Iterator[FoodBank]:
    """A bank whose sub-domain ends with the name of the other one."""
    slug = f"vieux-{bank.slug}"
    yield bank_open(OPERATOR, new=NewBank(name=slug, slug=slug))
    remove(slug)


def erased(bank: FoodBank) -> ErasureProof:
    return bank_erase(OPERATOR, bank=bank, now=True, reason="left the network")


def waiting(bank_id: Any, payload: str) -> None:
    """Put a row into the outbox of a bank, or of the platform."""
    with in_owner(Purpose.TEST), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_outboxmessage (bank_id, fact, handler, payload) VALUES (%s, 'f', 'h', %s)",
            [bank_id, payload],
        )


def test_a_bank_whose_name_is_the_end_of_anothers_is_erased(bank, elder):
    host = host_of(bank)
    proof = erased(bank)
    assert "registry_domain" not in proof.kept
    with in_platform(Purpose.TEST):
        assert list(Domain.objects.filter(domain__endswith=host).values_list("tenant_id", flat=True)) == [
            elder.pk
        ]


def test_a_person_whose_address_reads_like_the_schema_stays_and_is_not_counted(bank, elder):
    with in_platform(Purpose.TEST):
        user = person_ensure(email=f"bo{bank.schema_name}@example.net", full_name="Bob")
        membership_grant(user=user, bank=elder, role=Role.STOCK)
    proof = erased(bank)
    assert "accounts_user" not in proof.kept
    with in_platform(Purpose.TEST):
        assert User.objects.get(pk=user.pk).full_name == "Bob"


def test_a_person_with_an_address_on_the_host_does_not_hold_the_erasure_up(bank, elder):
    with in_platform(Purpose.TEST):
        user = person_ensure(email=f"bob@{host_of(bank)}", full_name="Bob")
        membership_grant(user=user, bank=elder, role=Role.STOCK)
    assert erased(bank).kept["accounts_user"] == 1


def test_what_other_banks_still_do_about_it_is_kept_and_said(bank, elder):
    waiting(elder.pk, f'{{"bank_id": "{bank.pk}"}}')
    waiting(None, f'{{"bank_id": "{bank.pk}"}}')
    waiting(bank.pk, "{}")
    proof = erased(bank)
    assert proof.removed["shared"]["outbox_outboxmessage"] == 1
    assert proof.kept["outbox_outboxmessage"] == 2
    with in_platform(Purpose.TEST):
        assert set(OutboxMessage.objects.values_list("bank_id", flat=True)) == {elder.pk, None}
