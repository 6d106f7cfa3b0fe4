"""Tokens and sessions: how a caller is known."""

import pytest
from django.test import Client

from apps.kernel import clock
from apps.kernel.abilities import Role
from tenants.accounts.models import ApiToken, Membership, User
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.api.conftest import person_with, token_of
from tests.people import client_for, host_of

URL = "/api/v1/indicators/"


def signed_in(user: User, bank: FoodBank) -> Client:
    with in_platform(Purpose.TEST):
        return client_for(user, bank)


def test_a_token_remembers_when_it_was_used(program, twin_a):
    program(twin_a, Role.MANAGER).get(URL)
    with in_platform(Purpose.TEST):
        assert ApiToken.objects.get().last_used_at is not None


def test_a_revoked_token_is_refused(program, twin_a):
    client = program(twin_a, Role.MANAGER)
    with in_platform(Purpose.TEST):
        ApiToken.objects.update(revoked_at=clock.now())
    assert client.get(URL).status_code == 401


def test_a_token_dies_with_the_person_s_membership(program, twin_a):
    client = program(twin_a, Role.MANAGER)
    with in_platform(Purpose.TEST):
        Membership.objects.update(ended_at=clock.now())
    assert client.get(URL).status_code == 401


def test_a_person_of_two_banks_needs_a_token_for_each(twin_a, twin_b):
    user = person_with(twin_a, Role.MANAGER)
    secret = token_of(user, twin_a)
    person_with(twin_b, Role.MANAGER)
    client = Client(headers={"host": host_of(twin_b), "authorization": f"Token {secret}"})
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token nothing", "Bearer nothing", ""])
def test_anything_else_is_not_a_token(header, twin_a):
    client = Client(headers={"host": host_of(twin_a), "authorization": header})
    response = client.get(URL)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"


def test_the_session_of_the_bank_s_own_host_works(twin_a, sign_in):
    assert sign_in(twin_a, Role.MANAGER).get(URL).status_code == 200


def test_a_session_needs_the_csrf_header_to_write(twin_a):
    client = signed_in(person_with(twin_a, Role.MANAGER), twin_a)
    client.handler.enforce_csrf_checks = True
    response = client.post("/api/v1/orders/", {}, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"


def test_a_session_without_a_hat_here_is_refused_in_the_api_s_shape(twin_a, twin_b):
    client = signed_in(person_with(twin_b, Role.MANAGER), twin_a)
    response = client.get(URL)
    assert response.status_code == 403
    assert set(response.json()) == {"code", "message", "field", "errors"}
