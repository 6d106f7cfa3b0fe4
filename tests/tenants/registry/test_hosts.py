"""A host opens its own space; one that belongs to nobody, or to a closed bank, gets a page that helps."""

import pytest
from django.test import Client

from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.people import visitor


def test_an_unknown_host_gets_a_page_that_leads_to_the_public_site(db):
    answer = Client(headers={"host": "nowhere.localhost"}).get("/")
    assert answer.status_code == 404
    assert "localhost" in answer.content.decode()


@pytest.mark.parametrize("status", [BankStatus.SUSPENDED, BankStatus.PROVISIONING, BankStatus.READY])
def test_a_bank_that_is_not_open_says_so(twin_a, status):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status=status)
    answer = visitor(twin_a).get("/")
    assert answer.status_code == 503
    assert twin_a.name in answer.content.decode()


def test_an_archived_bank_says_that_it_has_left(twin_a):
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status=BankStatus.ARCHIVED)
    answer = visitor(twin_a).get("/")
    assert answer.status_code == 410
    assert "archived" in answer.content.decode()


def test_the_public_site_answers_on_the_base_domain(db):
    assert visitor().get("/").status_code == 200
