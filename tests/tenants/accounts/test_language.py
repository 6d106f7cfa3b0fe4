"""Which language a page is in: the person's choice, else the browser's, else French."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from apps.kernel.abilities import Role
from tenants.accounts.models import User
from tenants.accounts.services import language_choose, membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.people import client_for, visitor

IN_ENGLISH, IN_FRENCH = '<html lang="en">', '<html lang="fr">'
SIGN_IN = "/accounts/login/code/"
CHOOSE = "/accounts/language/"


@pytest.fixture(autouse=True)
def french_first(settings) -> Iterator[None]:
    """The product as it is delivered: French unless somebody asks for English."""
    settings.LANGUAGE_CODE = "fr"
    with translation.override("fr"):
        yield


@pytest.fixture
def person(twin_a: FoodBank) -> User:
    """A volunteer who never chose a language."""
    with in_platform(Purpose.TEST):
        user = person_ensure(email="monique@example.org", full_name="Monique Roux")
        membership_grant(user=user, bank=twin_a, role=Role.VOLUNTEER)
    return user


@pytest.fixture
def browser(person: User, twin_a: FoodBank) -> Client:
    """The browser of that volunteer."""
    with in_platform(Purpose.TEST):
        return client_for(person, twin_a)


def choose(browser: Client, language: str, *, back_to: str = "/") -> str:
    answer = browser.post(CHOOSE, {"language": language, "next": back_to})
    assert answer.status_code == 302
    return answer["Location"]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", IN_FRENCH), ("de", IN_FRENCH), ("en-GB,en;q=0.9", IN_ENGLISH), ("de,en;q=0.5", IN_ENGLISH)],
)
def test_a_stranger_reads_french_unless_the_browser_asks_for_english(twin_a, asked, shown):
    assert shown in visitor(twin_a).get(SIGN_IN, headers={"accept-language": asked}).text


def test_a_page_without_a_bank_follows_the_browser_too(db):
    answer = Client(headers={"host": "nowhere.localhost"}).get("/", headers={"accept-language": "en"})
    assert IN_ENGLISH in answer.text


def test_a_stranger_s_choice_stays_in_the_browser(twin_a):
    browser = visitor(twin_a)
    assert choose(browser, "en", back_to=SIGN_IN) == SIGN_IN
    assert IN_ENGLISH in browser.get(SIGN_IN).text


def test_a_person_s_language_wins_over_the_browser_s(person, browser):
    with in_platform(Purpose.TEST):
        language_choose(user=person, language="fr")
    answer = browser.get("/", headers={"accept-language": "en"})
    assert IN_FRENCH in answer.text
    assert answer["Content-Language"] == "fr"


def test_a_person_without_a_choice_follows_the_browser(browser):
    assert IN_ENGLISH in browser.get("/", headers={"accept-language": "en"}).text


def test_a_choice_follows_the_person_to_another_browser(person, browser, twin_a):
    choose(browser, "en")
    with in_platform(Purpose.TEST):
        elsewhere = client_for(person, twin_a)
    assert IN_ENGLISH in elsewhere.get("/", headers={"accept-language": "fr"}).text


def test_a_language_that_is_not_spoken_changes_nothing(person, browser):
    choose(browser, "de")
    with in_platform(Purpose.TEST):
        assert User.objects.get(pk=person.pk).language == ""
    assert IN_FRENCH in browser.get("/").text


def test_a_choice_never_leads_to_another_site(browser):
    assert choose(browser, "en", back_to="https://example.com/") == "/"


def test_a_choice_is_sent_never_followed_as_a_link(browser):
    assert browser.get(CHOOSE).status_code == 405


@pytest.mark.parametrize("path", ["/", SIGN_IN])
def test_the_page_offers_both_languages_by_their_own_names(twin_a, browser, path):
    page = (visitor(twin_a) if path == SIGN_IN else browser).get(path).text
    assert ">Français</button>" in page
    assert ">English</button>" in page
