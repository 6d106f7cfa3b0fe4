"""Opening a bank: one service, complete, safe to repeat."""

import pytest
from django.core.exceptions import ValidationError

from apps.kernel.errors import Conflict, Forbidden
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.isolation.schemas import schema_exists
from tenants.registry.models import FoodBank
from tenants.registry.services import NewBank, bank_open
from tenants.registry.states import BankStatus
from tests.spaces import OPERATOR


@pytest.fixture
def new() -> NewBank:
    return NewBank(name="Banque Essai", slug="essai", departments=["42"])


def test_an_opened_bank_is_active_and_answers_on_its_own_host(db, new):
    bank = bank_open(OPERATOR, new=new)
    assert bank.status == BankStatus.ACTIVE
    with in_platform(Purpose.TEST):
        assert bank.domains.get().domain == "essai.localhost"
        assert list(bank.territories.values_list("department", flat=True)) == ["42"]
    with in_owner(Purpose.TEST):
        assert schema_exists(bank.schema_name)


def test_opening_again_after_an_interruption_finishes_the_same_bank(db, new):
    first = bank_open(OPERATOR, new=new)
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=first.pk).update(status=BankStatus.PROVISIONING)
    assert bank_open(OPERATOR, new=new).pk == first.pk


def test_a_taken_sub_domain_is_refused_at_its_field(db, new):
    bank_open(OPERATOR, new=new)
    with pytest.raises(Conflict) as refusal:
        bank_open(OPERATOR, new=NewBank(name="Another", slug="essai"))
    assert refusal.value.field == "slug"


def test_a_reserved_sub_domain_is_refused(db):
    with pytest.raises(ValidationError, match="reserved"):
        bank_open(OPERATOR, new=NewBank(name="Www", slug="www"))


def test_only_the_operator_opens_banks(db, new, manager):
    with pytest.raises(Forbidden):
        bank_open(manager, new=new)
