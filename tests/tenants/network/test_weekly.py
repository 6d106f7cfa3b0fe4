"""What a donor offers every week is offered once for each day, the day before, unless it pauses."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.errors import DomainError, Forbidden
from apps.offers.services import Place
from apps.offers.states import OfferKind
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.library.services import library_load
from tenants.network.abilities import donor_actor
from tenants.network.links import declaration_word, given_word
from tenants.network.models import DonorAccount, DonorRecurrence, NetworkOffer
from tenants.network.recurring import day_key, recurrences_publish
from tenants.network.services import (
    link_ensure,
    link_make,
    link_restore,
    link_revoke,
    offer_withdraw,
    recurrence_end,
    recurrence_make,
    recurrence_pause,
    recurrence_resume,
)
from tenants.network.tasks import publish_weekly
from tests.making.donors import make_donor
from tests.making.network import ANYBODY, make_account, make_network_line, make_pantry, publish, typed
from tests.people import actor_as, visitor

TUESDAY = dt.date(2027, 3, 2)
NETWORK = software("network")


@pytest.fixture(autouse=True)
def library(twin_a, twin_b) -> None:
    library_load(software("test"))
    make_pantry(twin_a, twin_b)


@pytest.fixture
def account() -> DonorAccount:
    return make_account(address="1 rue des Halles")


def make_weekly(account: DonorAccount, **overrides: Any) -> DonorRecurrence:
    """Offer 100 kg of fruit every Tuesday from eight to nine."""
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "weekday": 1,
        "opens": dt.time(8),
        "until": dt.time(9),
        "place": Place(address="1 rue des Halles", city="Dijon", department="21"),
        "line": make_network_line(days_left=4),
        "life_days": 4,
        "active_from": TUESDAY - dt.timedelta(days=7),
        "active_until": None,
        "entry": Entry(scheme="https"),
    }
    return recurrence_make(ANYBODY, account=account, **values | overrides)


def published(day: dt.date, hour: int = 7) -> int:
    """Let the job run on a day, at an hour UTC."""
    at = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
    with clock.time_set_to(at):
        return recurrences_publish(NETWORK, now=at)


def offers() -> list[NetworkOffer]:
    with in_platform(Purpose.TEST):
        return list(NetworkOffer.objects.order_by("pickup_from").prefetch_related("lines"))


def test_it_is_offered_the_day_before_in_the_hours_of_its_place(account):
    make_weekly(account)
    assert published(TUESDAY - dt.timedelta(days=2)) == 0
    assert published(TUESDAY - dt.timedelta(days=1)) == 1
    (offer,) = offers()
    assert offer.pickup_from == dt.datetime(2027, 3, 2, 7, tzinfo=dt.UTC)
    assert offer.lines.all()[0].expires_on == TUESDAY + dt.timedelta(days=4)


def test_it_is_offered_once_however_often_the_job_runs(account):
    make_weekly(account)
    assert [published(TUESDAY - dt.timedelta(days=1), hour) for hour in (6, 7, 20)] == [1, 0, 0]
    assert published(TUESDAY, 6) == 0
    assert len(offers()) == 1


def test_it_is_offered_again_the_week_after(account):
    make_weekly(account)
    published(TUESDAY - dt.timedelta(days=1))
    assert published(TUESDAY + dt.timedelta(days=6)) == 1
    assert len({offer.op_key for offer in offers()}) == 2


def test_a_turn_that_was_missed_is_made_up_for_until_the_pick_up_is_over(account):
    make_weekly(account)
    assert published(TUESDAY, 9) == 0
    assert published(TUESDAY, 6) == 1


def test_taken_back_it_is_not_offered_again_that_week(account):
    make_weekly(account)
    before = TUESDAY - dt.timedelta(days=1)
    published(before)
    with clock.time_set_to(dt.datetime.combine(before, dt.time(8), tzinfo=dt.UTC)):
        offer_withdraw(donor_actor(account), offer=offers()[0])
    assert published(before, 10) == 0


def test_paused_nothing_is_offered_until_it_goes_on(account):
    weekly, mine = make_weekly(account), donor_actor(account)
    recurrence_pause(mine, recurrence=weekly)
    assert published(TUESDAY - dt.timedelta(days=1)) == 0
    recurrence_resume(mine, recurrence=weekly)
    assert published(TUESDAY - dt.timedelta(days=1)) == 1


def test_ended_it_never_goes_on(account):
    weekly, mine = make_weekly(account), donor_actor(account)
    recurrence_end(mine, recurrence=weekly)
    recurrence_resume(mine, recurrence=weekly)
    assert published(TUESDAY - dt.timedelta(days=1)) == 0


def test_before_its_first_day_and_after_its_last_nothing_is_offered(account):
    make_weekly(account, active_from=TUESDAY + dt.timedelta(days=1))
    make_weekly(account, active_until=TUESDAY - dt.timedelta(days=1))
    assert published(TUESDAY - dt.timedelta(days=1)) == 0


def test_one_that_fails_stops_no_other(account):
    with in_platform(Purpose.TEST):
        broken = make_weekly(account)
        DonorRecurrence.objects.filter(pk=broken.pk).update(label="Vin rouge")
    make_weekly(account, opens=dt.time(10), until=dt.time(11))
    assert published(TUESDAY - dt.timedelta(days=1)) == 1


def test_what_was_offered_already_costs_the_job_no_query_each(account):
    def run(weekly: int) -> int:
        for _each in range(weekly):
            make_weekly(account)
        published(TUESDAY - dt.timedelta(days=1))
        with CaptureQueriesContext(connection) as asked:
            assert published(TUESDAY - dt.timedelta(days=1), 8) == 0
        return len(asked)

    assert run(1) == run(5)


def test_made_twice_it_is_one(account):
    key = uuid4()
    assert make_weekly(account, op_key=key) == make_weekly(account, op_key=key)


@pytest.mark.parametrize(
    "wrong", [{"until": dt.time(8)}, {"active_until": dt.date(2020, 1, 1)}, {"line": make_network_line}]
)
def test_what_makes_no_sense_is_refused(account, wrong):
    if "line" in wrong:
        wrong = {"line": make_network_line(label="Bières")}
    with pytest.raises(DomainError):
        make_weekly(account, **wrong)


def test_nobody_else_pauses_it_and_only_the_software_publishes(account):
    weekly = make_weekly(account)
    with pytest.raises(Forbidden):
        recurrence_pause(donor_actor(make_account()), recurrence=weekly)
    with pytest.raises(Forbidden):
        recurrences_publish(ANYBODY, now=clock.now())


def test_the_donor_is_told_by_letter_and_may_take_it_back(account, deliver):
    make_weekly(account)
    published(TUESDAY - dt.timedelta(days=1))
    deliver()
    (letter,) = mail.outbox
    assert letter.to == [account.email]
    assert "every week" in letter.body
    assert "/offers/" in letter.body


def test_a_link_that_a_bank_revokes_pauses_what_was_made_with_it(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        donor = make_donor(email="halles@example.org", department="21")
        account = link_make(actor_as(Role.MANAGER), donor=donor)
    make_weekly(account)
    with in_tenant(twin_a, Purpose.TEST):
        link_revoke(actor_as(Role.MANAGER), donor=donor, reason="Lost")
    assert published(TUESDAY - dt.timedelta(days=1)) == 0


def test_a_link_that_is_given_back_lets_go_on_what_paused_with_it_and_nothing_else(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        donor = make_donor(email="halles@example.org", department="21")
        account = link_make(actor_as(Role.MANAGER), donor=donor)
    going_on, paused = make_weekly(account), make_weekly(account)
    recurrence_pause(donor_actor(account), recurrence=paused)
    with in_tenant(twin_a, Purpose.TEST):
        link_revoke(actor_as(Role.MANAGER), donor=donor, reason="Lost")
        link_restore(actor_as(Role.MANAGER), donor=donor)
    assert published(TUESDAY - dt.timedelta(days=1)) == 1
    assert offers()[0].op_key == day_key(going_on.pk, TUESDAY)


def test_the_task_runs_in_the_space_of_the_platform(account):
    assert publish_weekly() == 0


class TestPage:
    @pytest.fixture
    def page(self, account) -> str:
        return f"/given/{given_word(link_ensure(account))}/weekly/"

    def form(self, **overrides: object) -> dict[str, object]:
        values = {
            "weekday": "1",
            "opens": "08:00",
            "until": "09:00",
            "family": "FRUITS_LEGUMES_FRAIS",
            "grams": "40",
            "active_from": (clock.today() + dt.timedelta(days=1)).isoformat(),
            "address": "1 rue des Halles",
            "city": "Dijon",
            "department": "21",
        }
        return values | overrides

    def test_the_donor_makes_pauses_resumes_and_ends_it(self, page):
        browser = visitor()
        assert browser.post(page, self.form()).status_code == 302
        with in_platform(Purpose.TEST):
            weekly = DonorRecurrence.objects.get()
        assert weekly.grams == 40_000
        assert "Tuesday, 08:00" in browser.get(page).text
        for act, shown in (("pause", "Go on"), ("resume", "Pause")):
            browser.post(f"{page}act/", {"pk": weekly.pk, "act": act})
            assert shown in browser.get(page).text
        browser.post(f"{page}act/", {"pk": weekly.pk, "act": "end"})
        assert "Tuesday, 08:00" not in browser.get(page).text

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"until": "07:00"}, "until"),
            ({"weekday": "9"}, "weekday"),
            ({"family": "VIANDES"}, "life_days"),
            ({"life_days": "-1"}, "life_days"),
            ({"active_from": "2020-01-01"}, "active_from"),
            ({"active_from": "9999-12-31"}, "active_from"),
            ({"active_until": "2020-01-01"}, "active_until"),
            ({"grams": "0"}, "grams"),
        ],
    )
    def test_a_mistake_is_shown_at_its_field(self, page, wrong, field):
        answer = visitor().post(page, self.form(**wrong))
        assert answer.status_code == 422
        assert f"id_{field}_error" in answer.text

    @pytest.mark.parametrize("typed_in", ["\x00", "☃" * 500, "9" * 400, "' OR 1=1 --"])
    def test_silly_words_are_refused_and_break_nothing(self, page, typed_in):
        silly = dict.fromkeys([*self.form(), "life_days", "label", "op_key", "active_until"], typed_in)
        assert visitor().post(page, silly).status_code == 422
        assert visitor().post(f"{page}act/", {"pk": typed_in, "act": typed_in}).status_code == 404

    def test_what_another_donor_offers_is_not_found(self, page):
        other = make_weekly(make_account())
        answer = visitor().post(f"{page}act/", {"pk": other.pk, "act": "end"})
        assert answer.status_code == 404
        with in_platform(Purpose.TEST):
            assert DonorRecurrence.objects.get(pk=other.pk).ended_at is None

    def test_a_false_link_shows_nothing(self, page):
        assert visitor().get("/given/no-such-word/weekly/").status_code == 410
        assert visitor().post("/given/no-such-word/weekly/act/", {}).status_code == 404


class TestGiven:
    def test_it_lists_what_was_given_and_what_became_of_it(self, account):
        offer = publish(account=account)
        publish(make_network_line(label="De quelqu’un d’autre"))
        page = visitor().get(f"/given/{given_word(link_ensure(account))}/")
        assert page.status_code == 200
        assert offer.number in page.text
        assert "De quelqu" not in page.text

    def test_the_file_has_every_offer(self, account):
        offer = publish(make_network_line(label="=cmd()"), account=account)
        answer = visitor().get(f"/given/{given_word(link_ensure(account))}/?format=csv")
        assert answer["Content-Type"].startswith("text/csv")
        assert offer.number in answer.text
        assert "'=cmd()" in answer.text

    def test_the_link_that_banks_hand_out_does_not_open_it(self, account):
        word = declaration_word(link_ensure(account))
        for path in ("", "weekly/"):
            assert visitor().get(f"/given/{word}/{path}").status_code == 410
        assert visitor().post(f"/given/{word}/weekly/act/", {}).status_code == 404

    def test_it_leaves_only_in_letters_to_the_donor(self, account, deliver):
        visitor().post(f"/give/{declaration_word(link_ensure(account))}/", typed())
        deliver()
        (letter,) = mail.outbox
        assert letter.to == [account.email]
        assert "/given/" in letter.body
        assert "answers before" in letter.body


class TestAgain:
    def path(self, account: DonorAccount, own: str = "") -> str:
        """Return where the form is repeated, by the word of the donor itself if no other is given."""
        account = link_ensure(account)
        return f"/give/{declaration_word(account)}/?again={own or given_word(account)}"

    def page(self, account: DonorAccount, own: str = "") -> str:
        return visitor().get(self.path(account, own)).text

    def given(self, account: DonorAccount) -> str:
        return visitor().get(f"/given/{given_word(link_ensure(account))}/").text

    def test_the_last_offer_is_filled_in_again_without_its_date(self, account):
        publish(make_network_line(grams=37_000, label="Pommes du verger"), account=account)
        shown = re.search(r'href="(/give/[^"]+again=[^"]+)"', self.given(account))
        assert shown
        page = visitor().get(shown[1]).text
        assert 'value="37"' in page
        assert "Pommes du verger" in page
        assert (clock.today() + dt.timedelta(days=5)).isoformat() not in page

    def test_the_link_that_hangs_on_a_wall_shows_nothing_of_the_last_offer(self, account):
        sold = make_network_line(grams=37_125, label="Pommes du verger", cents_per_kg=45)
        publish(sold, account=account, kind=OfferKind.SALE)
        other = given_word(link_ensure(make_account()))
        for own in ("1", declaration_word(link_ensure(account)), other, "%00", "%E2%98%83"):
            page = self.page(account, own)
            assert "Pommes du verger" not in page
            assert not re.search(r"37[.,]125|0[.,]45", page)
            assert "as last time" not in page
        plain = visitor().get(f"/give/{declaration_word(link_ensure(account))}/").text
        assert "Pommes du verger" not in plain
        assert "again=" not in plain

    def test_every_line_that_is_repeated_is_offered(self, account):
        publish(make_network_line(), make_network_line(label="Poires", grams=9_000), account=account)
        lines = {"goods-0-label": "Pommes", "goods-1-family": "FRUITS_LEGUMES_FRAIS"}
        lines |= {"goods-1-grams": "9", "goods-1-label": "Poires"}
        visitor().post(self.path(account), typed(**lines))
        assert sorted(len(offer.lines.all()) for offer in offers()) == [2, 2]

    def test_before_the_first_there_is_nothing_to_repeat(self, account):
        assert "again=" not in self.given(account)
        assert "as last time" not in self.page(account)


class TestTerms:
    def test_a_sale_says_what_it_asks(self):
        visitor().post("/give/", typed(**{"terms": "sale", "goods-0-cents_per_kg": "0,45"}))
        (offer,) = offers()
        assert offer.kind == "sale"
        assert offer.lines.all()[0].cents_per_kg == 45

    @pytest.mark.parametrize(
        ("terms", "asked"), [("sale", ""), ("gift", "0,45"), ("sale", "5000"), ("sale", "-1")]
    )
    def test_terms_and_what_is_asked_go_together(self, terms, asked):
        answer = visitor().post("/give/", typed(**{"terms": terms, "goods-0-cents_per_kg": asked}))
        assert answer.status_code == 422
        assert "id_goods-0-cents_per_kg_error" in answer.text

    def test_a_forbidden_food_is_refused_at_its_words(self):
        answer = visitor().post("/give/", typed(**{"goods-0-label": "Bières"}))
        assert answer.status_code == 422
        assert "id_goods-0-label_error" in answer.text
        assert offers() == []
