"""Anybody can give food from a phone, follow it and take it back; nobody sees another's offer."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import software
from tenants.crossing import Purpose, in_platform
from tenants.library.services import library_load
from tenants.network.links import account_behind, declaration_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.states import NetworkOfferStatus, StepState
from tests.making.network import FAMILY, asked, make_account, make_pantry, publish, refreshed
from tests.people import visitor

PUBLIC = "collecto.urls_public"


@pytest.fixture(autouse=True)
def library(twin_a, twin_b) -> None:
    library_load(software("test"))
    make_pantry(twin_a, twin_b)


@pytest.fixture
def browser() -> Client:
    return visitor()


def url(name: str, *args: object) -> str:
    return reverse(name, args=args, urlconf=PUBLIC)


def typed(**overrides: object) -> dict[str, object]:
    """What a shop types: 120 kg of fruit, tomorrow afternoon."""
    values = {
        "name": "Primeur Essai",
        "kind": "SUPERMARKET",
        "contact_name": "Camille",
        "phone": "0380000000",
        "email": "camille@example.org",
        "address": "3 place du Marché",
        "city": "Dijon",
        "department": "21",
        "day": (clock.today() + dt.timedelta(days=1)).isoformat(),
        "opens": "14:00",
        "until": "17:00",
        "goods-TOTAL_FORMS": "3",
        "goods-INITIAL_FORMS": "0",
        "goods-0-family": FAMILY,
        "goods-0-grams": "120",
        "goods-0-expires_on": "",
    }
    return values | overrides


def test_the_landing_page_leads_to_giving(browser):
    page = browser.get("/").content.decode()
    assert url("network_offer_give") in page
    assert "3 food banks" in page


def test_the_network_lists_its_banks_and_their_departments(browser):
    page = browser.get(url("network_bank_list")).content.decode()
    assert "Banque Twin A" in page
    assert "21 Côte-d&#x27;Or" in page


def test_everybody_finds_the_bank_of_a_department(browser):
    page = browser.get(url("network_bank_find"), {"department": "39"}).content.decode()
    assert page.index("Banque Twin B") < page.index("Banque Twin A")


def test_an_unknown_department_is_asked_again(browser):
    answer = browser.get(url("network_bank_find"), {"department": "999"})
    assert "999" in answer.content.decode()


def test_giving_publishes_and_shows_where_it_went(browser):
    answer = browser.post(url("network_offer_give"), typed(), follow=True)
    page = answer.content.decode()
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.get()
    assert answer.redirect_chain[-1][0] == url("network_offer_status", offer.public_token)
    assert "Banque Twin A" in page
    assert asked(offer) == [("twin-a", StepState.ASKED, 120_000, 0)]


def test_the_window_is_in_the_hours_of_the_place(browser):
    browser.post(url("network_offer_give"), typed(day="2027-01-15"))
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.get()
    assert offer.pickup_from == dt.datetime(2027, 1, 15, 13, tzinfo=dt.UTC)


def test_a_double_click_gives_once(browser):
    form = typed(op_key="0190a0b0-0000-7000-8000-000000000001")
    browser.post(url("network_offer_give"), form)
    browser.post(url("network_offer_give"), form)
    with in_platform(Purpose.TEST):
        assert NetworkOffer.objects.count() == 1


def test_three_kinds_of_food_in_one_offer(browser):
    more = {
        "goods-1-family": "OEUFS",
        "goods-1-grams": "8,5",
        "goods-1-date_kind": "BEST_BEFORE",
        "goods-1-expires_on": (clock.today() + dt.timedelta(days=9)).isoformat(),
        "goods-2-family": "FECULENTS",
        "goods-2-grams": "30",
        "goods-2-label": "Pâtes, 3 cartons",
    }
    browser.post(url("network_offer_give"), typed(**more))
    with in_platform(Purpose.TEST):
        lines = NetworkOffer.objects.get().lines.values_list("label", "grams")
        assert [grams for _label, grams in lines] == [120_000, 8_500, 30_000]
        assert lines[2][0] == "Pâtes, 3 cartons"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"goods-0-grams": "0"}, "goods-0-grams"),
        ({"goods-0-family": ""}, "goods-0-family"),
        ({"email": "nobody"}, "email"),
        ({"until": "13:00"}, "until"),
        ({"day": "2020-01-01"}, "until"),
        ({"goods-0-family": "VIANDES", "goods-0-date_kind": "USE_BY"}, "goods-0-expires_on"),
        (
            {"goods-0-family": "VIANDES", "goods-0-date_kind": "USE_BY", "goods-0-expires_on": "2020-01-01"},
            "goods-0-expires_on",
        ),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_nothing_is_published(browser, wrong, field):
    answer = browser.post(url("network_offer_give"), typed(**wrong))
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    with in_platform(Purpose.TEST):
        assert not NetworkOffer.objects.exists()


def test_the_form_is_protected_against_other_sites(db):
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    assert strict.post(url("network_offer_give"), typed()).status_code == 403


def test_the_donor_gets_both_links_by_mail(browser, django_capture_on_commit_callbacks):
    with in_platform(Purpose.TEST), django_capture_on_commit_callbacks(execute=True):
        browser.post(url("network_offer_give"), typed())
        offer = NetworkOffer.objects.select_related("donor_account").get()
        word = declaration_word(offer.donor_account)
    (letter,) = mail.outbox
    assert letter.to == ["camille@example.org"]
    assert url("network_offer_status", offer.public_token) in letter.body
    assert word.rsplit(":", 2)[0] in letter.body


def test_a_signed_link_knows_who_and_where(browser):
    account = make_account(address="5 quai Nord")
    form = browser.get(url("network_offer_declare", declaration_word(account))).content.decode()
    assert "5 quai Nord" in form
    assert 'name="email"' not in form


def test_a_signed_link_publishes_in_the_name_of_its_donor(browser):
    account = make_account()
    browser.post(url("network_offer_declare", declaration_word(account)), typed())
    with in_platform(Purpose.TEST):
        assert NetworkOffer.objects.get().donor_account_id == account.pk


def test_a_revoked_or_false_link_opens_nothing(browser):
    account = make_account()
    word = declaration_word(account)
    with in_platform(Purpose.TEST):
        DonorAccount.objects.filter(pk=account.pk).update(link_version=2)
        assert account_behind(word) is None
    assert browser.get(url("network_offer_declare", word)).status_code == 404
    assert browser.get(url("network_offer_declare", "false")).status_code == 404


def test_a_donor_takes_an_offer_back_from_its_page(browser):
    offer = publish()
    answer = browser.post(url("network_offer_withdraw", offer.public_token), follow=True)
    assert "withdrawn" in answer.content.decode().lower()
    assert refreshed(offer).status == NetworkOfferStatus.WITHDRAWN


def test_without_the_secret_word_there_is_no_offer(browser):
    publish()
    assert browser.get(url("network_offer_status", "guess")).status_code == 404
    assert browser.post(url("network_offer_withdraw", "guess")).status_code == 404


def test_reading_an_offer_changes_nothing(browser):
    offer = publish()
    assert browser.get(url("network_offer_withdraw", offer.public_token)).status_code == 200
    assert browser.head(url("network_offer_status", offer.public_token)).status_code == 200
    assert refreshed(offer).status == NetworkOfferStatus.ROUTED
