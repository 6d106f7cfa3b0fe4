"""The history on a page: newest first, by day, fifty a page, narrowed to an act or to a person."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection

from apps.donors.models import Donor
from apps.donors.services import donor_update
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.kernel.models import AuditEntry
from apps.orders.services import order_cancel
from apps.stock.services import lot_block, stock_lose
from apps.stock.states import LossDestination, LossReason
from tests.making.donors import make_donor
from tests.making.orders import make_order
from tests.making.pages import queries_of
from tests.making.sites import make_location
from tests.making.stock import make_lot

DAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


def change(actor: Actor, donor: Donor, number: int) -> None:
    """Change a donor once, an hour later each time."""
    with clock.time_set_to(DAY + dt.timedelta(hours=number)):
        donor_update(actor, donor=donor, phone=f"038000{number:04}")


def shown(browser, donor: Donor, **asked: str):
    """Return the history that a donor's page shows."""
    return browser.get(f"/donors/{donor.pk}/", asked).context["history"]


def test_the_days_have_their_headings_newest_first(browser, manager):
    donor = make_donor()
    for number in (0, 1, 30):
        change(manager, donor, number)
    days = shown(browser, donor).days
    assert [(f"{day:%d}", len(lines)) for day, lines in days] == [("03", 1), ("02", 2)]


def test_a_long_history_has_pages_and_filters(browser, manager):
    donor, other = make_donor(), replace(manager, label="Somebody else", id=uuid4())
    for number in range(52):
        change(manager, donor, number)
    change(other, donor, 60)
    first, second = shown(browser, donor), shown(browser, donor, history="2")
    assert [len(first.lines), first.newer, first.older] == [50, 0, 2]
    assert [len(second.lines), second.newer, second.older] == [3, 1, 0]
    assert {choice.label for choice in first.people} == {"Somebody else", "manager"}
    theirs = shown(browser, donor, history_by=str(other.id))
    assert [line.who for line in theirs.lines] == ["Somebody else"]
    assert shown(browser, donor, history_act="archived").lines == []
    assert "Nothing matches." in browser.get(f"/donors/{donor.pk}/", {"history_act": "archived"}).text


@pytest.mark.parametrize(
    "asked",
    [{"history": "x"}, {"history": "0"}, {"history": "9" * 30}, {"history_by": "x"}, {"history_act": "'"}],
)
def test_a_silly_address_is_answered(browser, asked):
    donor = make_donor()
    assert browser.get(f"/donors/{donor.pk}/", asked).status_code == 200


def test_forty_acts_take_as_many_statements_as_one(browser, manager):
    donor = make_donor()
    change(manager, donor, 0)
    few = queries_of(browser, f"/donors/{donor.pk}/")
    for number in range(1, 40):
        change(manager, donor, number)
    assert queries_of(browser, f"/donors/{donor.pk}/") == few


def test_a_lot_tells_its_movements_between_its_acts(browser, manager):
    location = make_location()
    lot = make_lot(50_000, location=location)
    stock_lose(
        manager, op_key=uuid4(), lot=lot, location=location, grams=1_000,
        reason=LossReason.DAMAGED, destination=LossDestination.COMPOST, comment="Fell",
    )  # fmt: skip
    lot_block(manager, lot=lot, reason="Recall")
    lines = browser.get(f"/stock/{lot.pk}/").context["history"].lines
    assert [str(line.label) for line in lines][:2] == ["Blocked", "Lost"]
    assert "Fell" in lines[1].entry.reason
    assert lines[1].changes[0].after == "1\u00a0kg"


def test_a_charity_reads_the_history_of_its_own_order_without_names(bank, sign_in, manager):
    order = make_order()
    order_cancel(replace(manager, label="Inès Morel"), order=order, reason="The cold room broke down")
    own = sign_in(bank, Role.PARTNER, partner_id=order.partner_id)
    page = own.get(f"/orders/mine/{order.pk}/").text
    assert "The cold room broke down" in page
    assert "The food bank" in page
    assert "Inès Morel" not in page
    assert 'name="history_by"' not in page


def test_a_long_text_is_folded(browser, manager):
    donor = make_donor()
    donor_update(manager, donor=donor, notes="word " * 60)
    assert "(show all)" in browser.get(f"/donors/{donor.pk}/").text


PLANS = {
    "a record": ("record_kind = 'donors.donor' AND record_id = '77'", "audit_record"),
    "the journal": ("true", "audit_journal"),
    "the journal of a week": ("at >= '2026-03-02' AND at < '2026-03-09'", "audit_journal"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("where", "index"), PLANS.values(), ids=PLANS)
def test_a_hundred_thousand_entries_are_read_by_an_index(bank, where, index):

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_auditentry"
            " (id, at, actor_label, record_kind, record_id, record_label, action, changes, reason)"
            " SELECT gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '1 minute', 'x',"
            " 'donors.donor', (n % 2000)::text, 'x', 'changed', '{}', '' FROM generate_series(1, 100000) AS n"
        )
        cursor.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM kernel_auditentry"
            f" WHERE {where} ORDER BY at DESC, id DESC LIMIT 51"
        )
        [(plan,)] = cursor.fetchall()
    assert index in str(plan)
    assert "Seq Scan" not in str(plan)
    assert AuditEntry.objects.count() >= 100_000
