"""Anybody can give food from a phone, follow it and take it back; nobody sees another's offer."""

import datetime as dt
from smtplib import SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import software
from apps.kernel.facts import name_of
from tenants.crossing import Purpose, in_platform
from tenants.library.services import library_load
from tenants.network.facts import OfferPublished
from tenants.network.links import declaration_word
from tenants.network.models import NetworkOffer
from tenants.network.states import NetworkOfferStatus, StepState
from tenants.outbox.models import OutboxMessage
from tests.making.network import asked, make_pantry, publish, refreshed, typed
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


def test_the_landing_page_leads_to_giving(browser):
    page = browser.get("/").content.decode()
    assert url("network_offer_give") in page
    assert "3 food banks" in page


def test_the_network_lists_its_banks_and_their_departments(browser):
    page = browser.get(url("network_bank_list")).content.decode()
    assert "Banque Twin A" in page
    assert "21 Côte-d’Or" in page


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


def test_the_donor_gets_both_links_by_mail(browser, deliver):
    browser.post(url("network_offer_give"), typed())
    assert mail.outbox == []
    deliver()
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.select_related("donor_account").get()
        word = declaration_word(offer.donor_account)
    (letter,) = mail.outbox
    assert letter.to == ["camille@example.org"]
    assert url("network_offer_status", offer.public_token) in letter.body
    assert word.rsplit(":", 2)[0] in letter.body


def test_the_letter_of_an_offer_speaks_the_language_of_the_page(browser, deliver):
    browser.post(url("network_offer_give"), typed(), headers={"accept-language": "fr"})
    browser.post(url("network_offer_give"), typed(), headers={"accept-language": "en"})
    deliver()
    french, english = mail.outbox
    assert "Votre offre" in french.subject
    assert "Your offer" in english.subject


def test_an_offer_sent_twice_is_one_offer_and_one_letter(browser, deliver):
    sent = typed(op_key=str(uuid4()))
    first, again = (browser.post(url("network_offer_give"), sent) for _double_click in range(2))
    assert first.url == again.url
    deliver()
    assert len(mail.outbox) == 1


def test_a_letter_that_the_post_refuses_is_tried_again(browser, deliver, monkeypatch):
    def refused(*_args: object, **_named: object) -> int:
        raise SMTPServerDisconnected

    with monkeypatch.context() as down:
        down.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refused)
        assert browser.post(url("network_offer_give"), typed()).status_code == 302
        deliver()
    assert mail.outbox == []
    with in_platform(Purpose.TEST):
        waiting = OutboxMessage.objects.filter(done_at=None, fact=name_of(OfferPublished))
        assert waiting.get().last_error == "SMTPServerDisconnected"
        waiting.update(due_at=dt.datetime.now(dt.UTC))
    deliver()
    assert len(mail.outbox) == 1


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
