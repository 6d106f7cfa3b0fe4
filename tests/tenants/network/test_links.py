"""A donor's declaration link: what it opens, how the bank hands it out, how it ends, how it is asked for."""

import datetime as dt
import io
import logging
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.kernel.signing import signed
from collecto.logs import JsonFormatter
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.library.services import library_load
from tenants.network.facts import LinkAsked
from tenants.network.handlers import on_link_asked
from tenants.network.links import DECLARE, account_behind, declaration_word
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.services import link_ensure, link_make, link_revoke, link_send
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.making.network import make_account, make_link, make_pantry, publish, typed
from tests.people import SignIn, actor_as, visitor

PUBLIC = "collecto.urls_public"
ASK = reverse("network_link_ask", urlconf=PUBLIC)
HERE = Entry(scheme="http")
SHOP = "rayon@shop.example"


@pytest.fixture(autouse=True)
def library(twin_a, twin_b) -> None:
    library_load(software("test"))
    make_pantry(twin_a, twin_b)


@pytest.fixture
def donor(twin_a) -> Donor:
    with in_tenant(twin_a, Purpose.TEST):
        return make_donor(email=SHOP, name="Halles du Quai", address="5 quai Nord")


@pytest.fixture
def office(sign_in: SignIn, twin_a: FoodBank) -> Client:
    return sign_in(twin_a, Role.MANAGER)


def page_of(donor: Donor, act: str = "link/") -> str:
    return f"/network/donors/{donor.pk}/{act}"


def account() -> DonorAccount:
    with in_platform(Purpose.TEST):
        return DonorAccount.objects.get(email=SHOP)


def path_in(page: str) -> str:
    """Return the path of the link that a page or a letter shows."""
    found = re.search(r"http://localhost(/give/[^\s<\"]+)", page)
    assert found
    return found[1]


def shown(office: Client, donor: Donor) -> str:
    return path_in(office.get(page_of(donor)).text)


def told(bank: FoodBank, donor: Donor) -> list[str]:
    with in_tenant(bank, Purpose.TEST):
        return [entry.action for entry in history_of(donor)]


class TestWhatItOpens:
    def test_the_form_knows_who_and_where(self):
        form = visitor().get(make_link(make_account(address="5 quai Nord"))).text
        assert "5 quai Nord" in form
        assert 'name="email"' not in form

    def test_it_publishes_in_the_name_of_its_donor_and_is_noted_as_used(self):
        giver = make_account()
        assert visitor().post(make_link(giver), typed()).status_code == 302
        with in_platform(Purpose.TEST):
            assert NetworkOffer.objects.get().donor_account_id == giver.pk
            assert DonorAccount.objects.get(pk=giver.pk).link_used_at is not None

    def test_opening_it_changes_nothing_and_signs_nobody_in(self):
        giver, scanner = make_account(), visitor()
        link = make_link(giver)
        assert scanner.get(link).status_code == 200
        assert "sessionid" not in scanner.cookies
        with in_platform(Purpose.TEST):
            assert DonorAccount.objects.get(pk=giver.pk).link_used_at is None

    def test_it_shows_nothing_of_another_donor_nor_of_what_was_given_before(self):
        giver = make_account(name="Boulangerie Sud")
        publish(account=make_account(name="Autre Magasin"))
        mine = publish(account=giver)
        form = visitor().get(make_link(giver)).text
        assert "Autre Magasin" not in form
        assert mine.public_token not in form

    def test_it_is_told_to_no_other_site_and_kept_by_no_cache(self):
        answer = visitor().get(make_link(make_account()))
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("word", ["false", "a:b:c"])
    def test_a_false_word_opens_nothing(self, word):
        answer = visitor().get(reverse("network_offer_declare", args=[word], urlconf=PUBLIC))
        assert answer.status_code == 410

    def test_a_word_that_was_changed_opens_nothing(self):
        link = make_link(make_account())
        other = "y" if link[-3] == "x" else "x"
        assert visitor().get(link[:-3] + other + link[-2:]).status_code == 410

    def test_a_word_signed_in_a_bank_opens_nothing(self, twin_a):
        giver = link_ensure(make_account())
        with in_tenant(twin_a, Purpose.TEST):
            word = signed([str(giver.pk), giver.link_version], purpose=DECLARE)
        assert account_behind(word) is None

    def test_a_word_signed_for_something_else_opens_nothing(self):
        giver = link_ensure(make_account())
        with in_platform(Purpose.TEST):
            word = signed([str(giver.pk), giver.link_version], purpose="network.other")
        assert account_behind(word) is None

    def test_it_leads_nowhere_on_the_site_of_a_bank(self, twin_a):
        assert visitor(twin_a).get(make_link(make_account())).status_code in (302, 404)

    def test_the_log_says_the_route_and_never_the_word(self):
        written = io.StringIO()
        handler = logging.StreamHandler(written)
        handler.setFormatter(JsonFormatter())
        link = make_link(make_account())
        gone = reverse("network_offer_declare", args=["a-word-that-leaked"], urlconf=PUBLIC)
        loggers = [logging.getLogger(name) for name in ("collecto", "django")]
        for logger in loggers:
            logger.addHandler(handler)
        for path in (link, gone):
            visitor().get(path)
        for logger in loggers:
            logger.removeHandler(handler)
        lines = written.getvalue()
        assert lines.count("give/<str:word>/") >= 2
        assert "a-word-that-leaked" not in lines
        assert link.rpartition(":")[2].rstrip("/") not in lines


class TestHowItEnds:
    def test_it_is_good_for_a_year_and_no_longer(self, settings):
        settings.DECLARATION_LINK_DAYS = 365
        link = make_link(make_account())
        with clock.time_set_to(clock.now() + dt.timedelta(days=364)):
            assert visitor().get(link).status_code == 200
        with clock.time_set_to(clock.now() + dt.timedelta(days=366)):
            answer = visitor().get(link)
        assert answer.status_code == 410
        assert "Send me a new one" in answer.text

    def test_using_it_does_not_prolong_it(self):
        giver = make_account()
        link = make_link(giver)
        with in_platform(Purpose.TEST):
            until = DonorAccount.objects.get(pk=giver.pk).link_expires_at
        visitor().post(link, typed())
        with in_platform(Purpose.TEST):
            assert DonorAccount.objects.get(pk=giver.pk).link_expires_at == until

    def test_revoked_it_opens_nothing_and_is_given_back_within_minutes(self, office, donor, twin_a):
        office.post(page_of(donor, "link/make/"))
        link = shown(office, donor)
        answer = office.post(page_of(donor, "link/revoke/"), {"reason": "Photographed"}, follow=True)
        assert visitor().get(link).status_code == 410
        assert "In force" not in answer.text
        office.post(page_of(donor, "link/restore/"))
        assert visitor().get(link).status_code == 200
        assert told(twin_a, donor)[:2] == ["link_restored", "link_revoked"]

    def test_revoked_long_ago_it_stays_so(self, office, donor):
        office.post(page_of(donor, "link/make/"))
        office.post(page_of(donor, "link/revoke/"), {"reason": "Photographed"})
        with clock.time_set_to(clock.now() + dt.timedelta(minutes=6)):
            assert office.post(page_of(donor, "link/restore/")).status_code == 409

    def test_revoking_asks_why(self, office, donor):
        office.post(page_of(donor, "link/make/"))
        assert office.post(page_of(donor, "link/revoke/"), {"reason": ""}).status_code == 422
        assert visitor().get(shown(office, donor)).status_code == 200

    def test_renewed_the_former_word_is_dead_and_the_new_one_lives(self, office, donor, twin_a):
        office.post(page_of(donor, "link/make/"))
        before = shown(office, donor)
        form = {"version": account().link_version, "reason": "Lost"}
        for _double_click in range(2):
            office.post(page_of(donor, "link/renew/"), form)
        assert visitor().get(before).status_code == 410
        assert visitor().get(shown(office, donor)).status_code == 200
        assert told(twin_a, donor).count("link_renewed") == 1

    def test_what_was_typed_while_it_died_is_not_lost(self):
        giver = make_account()
        link = make_link(giver)
        with in_platform(Purpose.TEST):
            DonorAccount.objects.filter(pk=giver.pk).update(link_revoked_at=clock.now())
        anonymous = {"name": "", "email": "", "contact_name": "", "phone": ""}
        answer = visitor().post(link, typed(**anonymous))
        assert answer.status_code == 422
        assert "Your link has just ended" in answer.text
        assert 'value="120"' in answer.text
        assert visitor().post(link, typed(email="new@example.org")).status_code == 302
        with in_platform(Purpose.TEST):
            assert NetworkOffer.objects.get().donor_account.email == "new@example.org"

    def test_a_letter_of_an_offer_carries_a_good_link_even_after_a_year(self, deliver):
        giver = make_account(email="camille@example.org", name="Primeur Essai")
        dead = make_link(giver)
        with clock.time_set_to(clock.now() + dt.timedelta(days=400)):
            tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
            visitor().post(reverse("network_offer_give", urlconf=PUBLIC), typed(day=tomorrow))
            deliver()
            letter = mail.outbox[-1]
            assert letter.to == ["camille@example.org"]
            found = re.search(r"http://localhost(/give/\S+)", str(letter.body))
            assert found
            assert visitor().get(found[1]).status_code == 200
            assert visitor().get(dead).status_code == 410


class TestAtTheBank:
    def test_the_file_leads_there(self, office, donor):
        assert page_of(donor) in office.get(f"/donors/{donor.pk}/").text

    def test_the_first_link_opens_an_account_from_the_file(self, office, donor, twin_a):
        office.post(page_of(donor, "link/make/"))
        with in_tenant(twin_a, Purpose.TEST):
            donor.refresh_from_db()
        assert donor.account_id == account().pk
        assert visitor().get(shown(office, donor)).text.count("5 quai Nord")
        assert told(twin_a, donor)[:2] == ["link_made", "changed"]

    def test_what_is_declared_with_it_comes_under_the_same_file(self, office, donor, twin_a, deliver):
        office.post(page_of(donor, "link/make/"))
        visitor().post(shown(office, donor), typed())
        with in_tenant(twin_a, Purpose.TEST):
            assert Donor.objects.filter(name="Halles du Quai").count() == 1
            assert donor.offers.count() == 1

    def test_made_twice_it_is_one_link(self, office, donor, twin_a):
        office.post(page_of(donor, "link/make/"))
        link = shown(office, donor)
        office.post(page_of(donor, "link/make/"))
        assert visitor().get(link).status_code == 200
        assert told(twin_a, donor).count("link_made") == 1

    def test_without_an_e_mail_the_file_is_to_be_completed_first(self, office, twin_a):
        with in_tenant(twin_a, Purpose.TEST):
            shop = make_donor(email="")
        assert f"/donors/{shop.pk}/edit/" in office.get(page_of(shop)).text
        assert office.post(page_of(shop, "link/make/")).status_code == 422

    def test_two_files_about_one_donor_do_not_share_a_link(self, office, donor, twin_a):
        office.post(page_of(donor, "link/make/"))
        with in_tenant(twin_a, Purpose.TEST):
            twin = make_donor(email=SHOP, name="Halles du Quai")
        assert office.post(page_of(twin, "link/make/")).status_code == 409

    def test_it_is_sent_to_the_address_of_the_file(self, office, donor, twin_a, deliver):
        office.post(page_of(donor, "link/make/"))
        office.post(page_of(donor, "link/send/"))
        assert mail.outbox == []
        deliver()
        (letter,) = mail.outbox
        assert letter.to == [SHOP]
        assert "Banque Twin A" in letter.body
        assert visitor().get(path_in(str(letter.body))).status_code == 200
        assert told(twin_a, donor)[0] == "link_sent"

    def test_a_link_revoked_before_its_letter_left_is_not_sent(self, donor, twin_a, deliver):
        with in_tenant(twin_a, Purpose.TEST):
            link_make(actor_as(Role.ROUNDS), donor=donor)
            link_send(actor_as(Role.ROUNDS), donor=donor, entry=HERE)
            link_revoke(actor_as(Role.ROUNDS), donor=donor, reason="Wrong shop")
        deliver()
        assert mail.outbox == []

    def test_letters_to_one_address_are_counted(self, office, donor):
        office.post(page_of(donor, "link/make/"))
        answers = [office.post(page_of(donor, "link/send/")).status_code for _letter in range(6)]
        assert answers == [302] * 5 + [429]

    def test_the_sheet_is_a_paper_with_its_code(self, office, donor):
        assert office.get(page_of(donor, "link/sheet/")).status_code == 404
        office.post(page_of(donor, "link/make/"))
        answer = office.get(page_of(donor, "link/sheet/"))
        assert answer["Content-Type"] == "application/pdf"
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.startswith(b"%PDF")

    def test_the_bank_sees_when_it_was_last_used(self, office, donor):
        office.post(page_of(donor, "link/make/"))
        with clock.time_set_to(dt.datetime(2027, 3, 2, 9, 30, tzinfo=dt.UTC)):
            tomorrow = (clock.today() + dt.timedelta(days=1)).isoformat()
            visitor().post(shown(office, donor), typed(day=tomorrow))
            assert "10:30" in office.get(page_of(donor)).text

    @pytest.mark.parametrize("role", [Role.STOCK, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER, Role.DRIVER])
    def test_others_hand_out_no_link(self, sign_in, donor, twin_a, role):
        browser = sign_in(twin_a, role)
        assert browser.get(page_of(donor)).status_code == 403
        for act in ("link/make/", "link/send/", "link/restore/"):
            assert browser.post(page_of(donor, act)).status_code == 403
        assert browser.get(page_of(donor, "link/sheet/")).status_code == 403
        with in_tenant(twin_a, Purpose.TEST), pytest.raises(Forbidden):
            link_make(actor_as(role), donor=donor)

    def test_another_bank_does_not_find_the_donor(self, sign_in, donor, twin_b):
        browser = sign_in(twin_b, Role.MANAGER)
        assert browser.get(page_of(donor)).status_code == 404
        for act in ("link/make/", "link/send/", "link/renew/", "link/revoke/", "link/restore/"):
            assert browser.post(page_of(donor, act), {"reason": "Mine"}).status_code == 404

    def test_an_archived_file_hands_out_no_link(self, office, donor, twin_a):
        office.post(page_of(donor, "link/make/"))
        with in_tenant(twin_a, Purpose.TEST):
            Donor.objects.filter(pk=donor.pk).update(archived_at=clock.now())
        page = office.get(page_of(donor)).text
        assert "http://localhost/give/" not in page
        for act in ("link/make/", "link/send/"):
            assert office.post(page_of(donor, act)).status_code == 422
        assert office.get(page_of(donor, "link/sheet/")).status_code == 404


class TestOfADonorKnownElsewhere:
    """A bank that writes the e-mail and name of a donor of others learns nothing that was typed elsewhere."""

    @pytest.fixture
    def elsewhere(self) -> DonorAccount:
        return make_account(email=SHOP, name="Halles du Quai", address="12 rue Secrète", city="Quimper")

    @pytest.fixture
    def made(self, office: Client, donor, elsewhere) -> Client:
        make_link(elsewhere)
        visitor().post(make_link(elsewhere), typed(department="29"))
        office.post(page_of(donor, "link/make/"))
        return office

    @pytest.fixture(autouse=True)
    def asked_nobody(self, monkeypatch) -> None:
        monkeypatch.setattr("tenants.network.routing.ask_next", lambda _offer: None)

    def test_the_page_shows_neither_link_nor_code_nor_last_declaration_and_says_why(self, made, donor):
        page = made.get(page_of(donor)).text
        assert "/give/" not in page
        assert "data:image/svg+xml;base64" not in page
        for shown in ("Last declaration", "Made on", "Good until", "Secrète", "Quimper"):
            assert shown not in page
        assert "not through this bank" in page
        for act in ("make", "sheet", "renew", "revoke"):
            assert page_of(donor, f"link/{act}/") not in page
        assert page_of(donor, "link/send/") in page

    def test_it_is_sent_to_the_address_of_the_account_whatever_the_file_says_later(
        self, made, donor, twin_a, deliver
    ):
        with in_tenant(twin_a, Purpose.TEST):
            Donor.objects.filter(pk=donor.pk).update(email="spy@elsewhere.example")
        mail.outbox.clear()
        made.post(page_of(donor, "link/send/"))
        deliver()
        assert [letter.to for letter in mail.outbox if "link to give" in letter.subject] == [[SHOP]]
        assert "spy@elsewhere.example" not in made.get(page_of(donor)).text
        assert told(twin_a, donor)[0] == "link_sent"

    def test_one_that_is_over_is_made_anew_for_the_letter(self, made, donor, elsewhere, deliver):
        with in_platform(Purpose.TEST):
            DonorAccount.objects.filter(pk=elsewhere.pk).update(link_expires_at=clock.now())
        mail.outbox.clear()
        made.post(page_of(donor, "link/send/"))
        deliver()
        assert visitor().get(path_in(str(mail.outbox[-1].body))).status_code == 200

    def test_it_is_neither_printed_nor_renewed_nor_revoked(self, made, donor, elsewhere, twin_a):
        link = make_link(elsewhere)
        for act in ("sheet", "renew", "revoke"):
            assert made.get(page_of(donor, f"link/{act}/")).status_code == 403
        form = {"version": account().link_version, "reason": "Mine"}
        for act in ("renew", "revoke", "restore"):
            assert made.post(page_of(donor, f"link/{act}/"), form).status_code == 403
        assert visitor().get(link).status_code == 200
        assert not {"link_made", "link_renewed", "link_revoked"} & set(told(twin_a, donor))

    def test_making_one_changes_nothing_of_a_link_that_is_over(self, office, donor, elsewhere):
        with in_platform(Purpose.TEST):
            DonorAccount.objects.filter(pk=elsewhere.pk).update(link_revoked_at=clock.now())
        office.post(page_of(donor, "link/make/"))
        assert account().link_revoked_at is not None
        assert account().link_made_at is None

    def test_an_account_that_another_bank_opened_is_withheld_too(self, sign_in, office, donor, twin_b):
        office.post(page_of(donor, "link/make/"))
        link = shown(office, donor)
        with in_tenant(twin_b, Purpose.TEST):
            copied = make_donor(email=SHOP, name="Halles du Quai")
        other = sign_in(twin_b, Role.MANAGER)
        other.post(page_of(copied, "link/make/"))
        assert link not in other.get(page_of(copied)).text
        assert "/give/" not in other.get(page_of(copied)).text
        assert link in office.get(page_of(donor)).text


class TestOfADonorThatOfferedFoodHere:
    def test_a_bank_that_was_asked_about_its_food_sees_its_link(self, office, twin_a):
        giver = make_account(email=SHOP, name="Halles du Quai")
        publish(account=giver)
        with in_tenant(twin_a, Purpose.TEST):
            file = Donor.objects.get(account_id=giver.pk)
        office.post(page_of(file, "link/make/"))
        assert visitor().get(shown(office, file)).status_code == 200
        assert "Last declaration" in office.get(page_of(file)).text


class TestAskedByTheDonor:
    def ask(self, email: str) -> str:
        answer = visitor().post(ASK, {"email": email}, follow=True)
        assert answer.status_code == 200
        return re.sub(r'(csrfmiddlewaretoken" value|data-build)="[^"]*"', "", answer.text)

    def test_the_answer_is_the_same_whether_the_address_is_known_or_not(self, deliver):
        make_account(email=SHOP)
        assert self.ask(SHOP) == self.ask("stranger@example.org")
        deliver()
        assert [letter.to for letter in mail.outbox] == [[SHOP]]

    def test_whoever_has_a_dead_link_gets_a_good_one(self, deliver):
        giver = make_account(email=SHOP)
        with in_platform(Purpose.TEST):
            DonorAccount.objects.filter(pk=giver.pk).update(
                link_expires_at=clock.now() - dt.timedelta(days=1)
            )
        self.ask(SHOP.upper())
        deliver()
        assert visitor().get(path_in(str(mail.outbox[0].body))).status_code == 200

    def test_a_good_link_is_sent_as_it_is_and_the_sheet_on_the_wall_lives_on(self, deliver):
        link = make_link(make_account(email=SHOP))
        self.ask(SHOP)
        deliver()
        assert visitor().get(link).status_code == 200

    def test_shops_that_share_a_mailbox_get_one_letter(self, deliver):
        make_account(email=SHOP, name="Nord")
        make_account(email=SHOP, name="Sud")
        self.ask(SHOP)
        deliver()
        (letter,) = mail.outbox
        assert letter.body.count("http://localhost/give/") == 2

    def test_a_letter_delivered_twice_makes_no_second_link(self, donor):
        giver = make_account(email=SHOP)
        asked = LinkAsked(email=SHOP, account_id=None, scheme="http", port="")
        for _delivery in range(2):
            with in_platform(Purpose.TEST):
                on_link_asked(asked)
        links = {path_in(str(letter.body)) for letter in mail.outbox}
        assert all(visitor().get(link).status_code == 200 for link in links)
        with in_platform(Purpose.TEST):
            assert DonorAccount.objects.get(pk=giver.pk).link_version == giver.link_version

    def test_letters_to_one_address_are_counted_known_or_not(self):
        for email in ("stranger@example.org", SHOP):
            answers = [visitor().post(ASK, {"email": email}).status_code for _letter in range(6)]
            assert answers == [302] * 5 + [429]

    def test_a_false_address_is_said_at_its_field(self):
        answer = visitor().post(ASK, {"email": "nobody"})
        assert answer.status_code == 422
        assert "id_email_error" in answer.text

    def test_words_of_two_signings_open_the_same_form(self):
        giver = link_ensure(make_account())
        words = [declaration_word(giver) for _signing in range(2)]
        assert all(account_behind(word) == giver for word in words)
