"""Signing in: a code by e-mail, on the bank's own host, for people who have a hat there."""

import re

import pytest
from django.core import mail

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tests.people import client_for, visitor


@pytest.fixture
def person(twin_a) -> User:
    with in_platform(Purpose.TEST):
        user = person_ensure(email="monique@example.org", full_name="Monique Roux")
        membership_grant(user=user, bank=twin_a, role=Role.VOLUNTEER)
    return user


def test_a_page_of_a_bank_asks_a_stranger_to_sign_in(twin_a):
    answer = visitor(twin_a).get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/code/")


def test_the_code_sent_by_e_mail_opens_the_bank(person, twin_a):
    browser = visitor(twin_a)
    browser.post("/accounts/login/code/", {"email": "monique@example.org"})
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", str(mail.outbox[0].body), re.MULTILINE)
    assert found
    answer = browser.post("/accounts/login/code/confirm/", {"code": found[1]}, follow=True)
    assert answer.status_code == 200
    assert "Monique Roux" in answer.content.decode()


def test_the_mail_holds_a_code_and_no_link(person, twin_a):
    visitor(twin_a).post("/accounts/login/code/", {"email": "monique@example.org"})
    assert "http" not in mail.outbox[0].body


def test_an_unknown_address_gets_the_same_answer(person, twin_a):
    known = visitor(twin_a).post("/accounts/login/code/", {"email": "monique@example.org"})
    unknown = visitor(twin_a).post("/accounts/login/code/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_nobody_signs_up_by_themselves(twin_a):
    visitor(twin_a).post("/accounts/signup/", {"email": "new@example.org"})
    with in_platform(Purpose.TEST):
        assert not User.objects.filter(email="new@example.org").exists()


def test_a_person_without_a_hat_here_is_told_where_they_have_one(person, twin_b):
    answer = client_for_elsewhere(person, twin_b).get("/")
    assert answer.status_code == 403
    assert "Banque Twin A" in answer.content.decode()


def client_for_elsewhere(user, bank):
    with in_platform(Purpose.TEST):
        return client_for(user, bank)


def test_a_session_of_one_bank_is_refused_on_another_host(person, twin_a, twin_b):
    with in_platform(Purpose.TEST):
        membership_grant(user=person, bank=twin_b, role=Role.MANAGER)
        browser = client_for(person, twin_a)
    assert browser.get("/").status_code == 200
    assert browser.get("/", headers={"host": "twin-b.localhost"}).status_code == 403
