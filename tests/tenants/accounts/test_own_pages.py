"""One's own name, language and address; programs that come in, and as what."""

import re

import pytest
from django.core import mail
from django.test import Client

from apps.kernel.abilities import Role
from tenants.accounts.facts import PersonInvited
from tenants.accounts.handlers import on_person_invited
from tenants.accounts.models import ApiToken, User
from tenants.accounts.services import membership_grant
from tenants.accounts.signing_in.models import SignInAct, SignInEvent
from tenants.crossing import Purpose, in_platform
from tests.making.people import code_in_letter, hat_of, make_person, signed_in
from tests.people import host_of

PROGRAM = {"label": "scales", "role": "stock", "op_key": "01990000-0000-7000-8000-000000000001"}


@pytest.fixture
def chief(twin_a) -> User:
    return make_person("chief@example.org", twin_a, Role.MANAGER)


@pytest.fixture
def browser(chief, twin_a) -> Client:
    return signed_in(chief, twin_a)


def again(user: User) -> User:
    with in_platform(Purpose.TEST):
        return User.objects.get(pk=user.pk)


def test_one_changes_one_s_name_and_language(browser, chief):
    assert browser.post("/accounts/me/", {"full_name": "Camille", "language": "fr"}).status_code == 302
    assert (again(chief).full_name, again(chief).language) == ("Camille", "fr")
    assert (
        '<html lang="fr">' in browser.get("/accounts/me/", headers={"accept-language": "en"}).content.decode()
    )


def test_an_address_changes_once_its_code_is_typed_and_the_former_one_is_told(
    browser, chief, django_capture_on_commit_callbacks
):
    browser.post("/accounts/me/address/", {"email": "New@Example.org"})
    assert mail.outbox[-1].to == ["new@example.org"]
    assert again(chief).email == "chief@example.org"
    assert browser.post("/accounts/me/address/code/", {"code": "WRONG"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/accounts/me/address/code/", {"code": code_in_letter()})
    assert again(chief).email == "new@example.org"
    assert mail.outbox[-1].to == ["chief@example.org"]


def test_an_address_of_somebody_else_is_not_taken(browser, chief, twin_b):
    make_person("bee@example.org", twin_b, Role.STOCK)
    assert browser.post("/accounts/me/address/", {"email": "bee@example.org"}).status_code == 422
    assert mail.outbox == []


def told_of(user: User) -> list[tuple[str, dict[str, list[str | None]], str]]:
    """Return what a person's history tells: the act, the values before and after, who did it."""
    with in_platform(Purpose.TEST):
        events = SignInEvent.objects.filter(user=user).order_by("at", "id")
        return [
            (event.act, event.changes, event.actor_label)
            for event in events
            if event.act != SignInAct.NEW_DEVICE
        ]


def test_a_new_name_and_language_are_told_with_what_they_were(browser, chief):
    for _twice in range(2):
        browser.post("/accounts/me/", {"full_name": "Camille", "language": "fr"})
    assert told_of(chief) == [
        ("name_changed", {"full_name": ["Chief", "Camille"]}, "Camille"),
        ("language_changed", {"language": [chief.language, "fr"]}, "Camille"),
    ]
    assert "Chief" in browser.get("/accounts/").text


def test_the_language_chosen_in_the_foot_of_a_page_is_told(browser, chief):
    browser.post("/accounts/language/", {"language": "fr"})
    assert [act for act, _changes, _who in told_of(chief)] == ["language_changed"]


def test_a_new_address_is_told_to_its_person_and_to_those_who_give_roles(browser, chief, twin_a, twin_b):
    browser.post("/accounts/me/address/", {"email": "new@example.org"})
    browser.post("/accounts/me/address/code/", {"code": code_in_letter()})
    assert told_of(chief) == [
        ("address_changed", {"email": ["chief@example.org", "new@example.org"]}, "Chief")
    ]
    colleague = signed_in(make_person("ana@example.org", twin_a, Role.MANAGER), twin_a)
    page = colleague.get(f"/accounts/people/{chief.pk}/").text
    assert "chief@example.org, now new@example.org" in page


def test_a_bank_joined_later_does_not_read_the_former_address(browser, chief, twin_b):
    browser.post("/accounts/me/address/", {"email": "new@example.org"})
    browser.post("/accounts/me/address/code/", {"code": code_in_letter()})
    with in_platform(Purpose.TEST):
        membership_grant(user=chief, bank=twin_b, role=Role.STOCK)
    elsewhere = signed_in(make_person("bee@example.org", twin_b, Role.MANAGER), twin_b)
    page = elsewhere.get(f"/accounts/people/{chief.pk}/")
    assert page.status_code == 200
    assert "chief@example.org" not in page.text


def test_who_shut_a_program_out_is_told_once(browser, chief, twin_a):
    let_in(browser)
    with in_platform(Purpose.TEST):
        token = ApiToken.objects.get()
    colleague = signed_in(make_person("ana@example.org", twin_a, Role.MANAGER), twin_a)
    for _twice in range(2):
        colleague.post(f"/accounts/programs/{token.pk}/revoke/")
    assert told_of(chief) == [("program_ended", {"program": ["scales", None]}, "Ana")]
    page = browser.get(f"/accounts/people/{chief.pk}/").text
    assert "Program shut out: scales" in page
    assert "Ana" in page


def let_in(browser: Client) -> str:
    page = browser.post("/accounts/programs/new/", PROGRAM).content.decode()
    found = re.search(r"Authorization: Token (\S+?)<", page)
    assert found
    return found[1]


def asking(bank, secret: str, url: str) -> int:
    headers = {"host": host_of(bank), "authorization": f"Token {secret}"}
    return Client(headers=headers).get(url).status_code


def test_a_program_s_secret_is_shown_once_and_kept_nowhere(browser, twin_a):
    secret = let_in(browser)
    assert asking(twin_a, secret, "/api/v1/stock/lots/") == 200
    assert secret not in browser.get("/accounts/programs/").content.decode()
    with in_platform(Purpose.TEST):
        assert secret not in str(ApiToken.objects.values().get())


def test_a_form_sent_twice_lets_one_program_in(browser):
    assert let_in(browser) == let_in(browser)
    with in_platform(Purpose.TEST):
        assert ApiToken.objects.count() == 1


def test_a_program_works_as_its_role_and_stops_with_its_person(browser, chief, twin_a):
    secret = let_in(browser)
    with in_platform(Purpose.TEST):
        hat = hat_of(chief, twin_a, Role.MANAGER)
        hat.role = Role.ORDERS
        hat.save(update_fields=["role"])
    assert asking(twin_a, secret, "/api/v1/stock/lots/") == 401


def test_a_program_that_is_shut_out_comes_in_no_more(browser, twin_a):
    secret = let_in(browser)
    with in_platform(Purpose.TEST):
        token = ApiToken.objects.get()
    assert browser.post(f"/accounts/programs/{token.pk}/revoke/").status_code == 302
    assert asking(twin_a, secret, "/api/v1/stock/lots/") == 401


def test_another_bank_s_program_does_not_exist_here(browser, twin_b):
    let_in(browser)
    with in_platform(Purpose.TEST):
        token = ApiToken.objects.get()
    other = signed_in(make_person("bee@example.org", twin_b, Role.MANAGER), twin_b)
    assert other.post(f"/accounts/programs/{token.pk}/revoke/").status_code == 404


def test_a_letter_about_an_invitation_that_is_gone_is_nobody_s(chief):
    with in_platform(Purpose.TEST):
        on_person_invited(PersonInvited(invitation_id=chief.pk, scheme="http", port=""))
    assert mail.outbox == []
