"""A host opens its own space; one that belongs to nobody, or to a closed bank, gets a page that helps."""

from time import monotonic

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tenants.crossing import Purpose, in_platform
from tenants.registry.middleware import SpaceMiddleware
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus
from tests.people import host_of, visitor


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


def test_a_process_remembers_a_host_for_a_moment_and_no_longer(twin_a, settings, monkeypatch):
    settings.HOST_MEMORY_SECONDS = 2.0
    browser = visitor(twin_a)
    assert browser.get("/").status_code == 302
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=twin_a.pk).update(status=BankStatus.SUSPENDED)
    assert browser.get("/").status_code == 302
    later = monotonic() + 2.1
    monkeypatch.setattr("tenants.registry.middleware.monotonic", lambda: later)
    assert browser.get("/").status_code == 503


def test_what_a_request_does_to_its_bank_is_not_remembered(twin_a, settings):
    settings.HOST_MEMORY_SECONDS = 60.0
    seen = []

    def rename(request: HttpRequest) -> HttpResponse:
        seen.append(request.bank.name)  # type: ignore[attr-defined]
        request.bank.name = "Somebody else"  # type: ignore[attr-defined]
        return HttpResponse()

    space = SpaceMiddleware(rename)
    for _ in range(2):
        space(RequestFactory().get("/", headers={"host": host_of(twin_a)}))
    assert seen == [twin_a.name] * 2


def test_the_public_site_answers_on_the_base_domain(db):
    assert visitor().get("/").status_code == 200
