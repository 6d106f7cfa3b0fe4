"""The journal of a bank: who may open it, what it keeps of what is asked, and its files to the last act."""

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from apps.donors.models import Donor
from apps.donors.services import donor_archive, donor_create, donor_update
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, software
from apps.kernel.models import AuditEntry
from apps.offers.services import offer_expire
from collecto import journal
from tests.making.offers import make_offer
from tests.making.pages import queries_of
from tests.people import visitor

DONOR: dict[str, Any] = {
    "kind": "SUPERMARKET",
    "supply_source": "GMS_RAMASSE",
    "city": "Dijon",
    "department": "21",
}
MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


@pytest.fixture
def donor(bank, manager: Actor) -> Donor:
    """A donor whose file was opened on a Monday, changed on Tuesday, put away on Wednesday."""
    ines = replace(manager, label="Inès Morel")
    with clock.time_set_to(MONDAY):
        donor = donor_create(ines, name="=Alba", **DONOR)
    with clock.time_set_to(MONDAY + dt.timedelta(days=1)):
        donor_update(ines, donor=donor, city="Dole", phone="0380000000")
    with clock.time_set_to(MONDAY + dt.timedelta(days=2)):
        donor_archive(replace(manager, label="Sam", id=uuid4()), donor=donor, reason="Closed")
    return donor


def acts(browser, **asked: str) -> list[str]:
    """Return the acts that the page shows."""
    return [line.entry.action for line in browser.get("/journal/", asked).context["panel"].lines]


def rows(browser, **asked: str) -> list[list[str]]:
    """Return the lines of the spreadsheet."""
    answer = browser.get("/journal/", {"format": "csv", **asked})
    assert answer.streaming
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    ("role", "status"),
    [(role, 200 if role in {Role.MANAGER, Role.ACCOUNTS} else 403) for role in Role if role in
     {Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER, Role.DRIVER}],
)  # fmt: skip
def test_managers_and_who_keeps_the_accounts_read_it(bank, sign_in, role, status):
    assert sign_in(bank, role).get("/journal/").status_code == status


def test_a_charity_and_a_visitor_do_not(bank, sign_in):
    assert sign_in(bank, Role.PARTNER, partner_id=uuid4()).get("/journal/").status_code == 403
    assert visitor(bank).get("/journal/").status_code == 302


def test_it_leads_to_each_record(browser, donor):
    page = browser.get("/journal/")
    assert f'href="/donors/{donor.pk}/"' in page.text
    assert "=Alba" in page.text


def test_it_keeps_the_days_asked_for(browser, donor):
    assert acts(browser, until="2026-03-04") == ["archived", "changed", "created"]
    assert acts(browser, since="2026-03-03", until="2026-03-04") == ["archived", "changed"]
    assert acts(browser, since="2026-03-03", until="2026-03-03") == ["changed"]
    assert acts(browser, since="tomorrow") == []


def test_it_keeps_the_acts_of_a_person_or_of_the_software(browser, donor):
    offer_expire(software("offers"), offer=make_offer())
    sam = AuditEntry.objects.get(action="archived").actor_id
    assert acts(browser, by=str(sam)) == ["archived"]
    assert "expired" in acts(browser, by="software")


def test_it_keeps_a_kind_of_record_an_act_and_one_record(browser, donor):
    make_offer()
    assert acts(browser, kind="donors.donor", act="changed") == ["changed"]
    assert len(acts(browser, record=str(donor.pk))) == 3
    assert acts(browser, kind="donors.gone") == []


def test_a_page_ends_after_fifty_acts(browser, donor, manager):
    for number in range(60):
        donor_update(manager, donor=donor, phone=f"{number:010}")
    asked = {"record": str(donor.pk)}
    first = browser.get("/journal/", asked).context["panel"]
    second = browser.get("/journal/", {**asked, "page": "2"}).context["panel"]
    assert [len(first.lines), first.older, len(second.lines), second.older] == [50, 2, 13, 0]


def test_a_full_page_takes_as_many_statements_as_one_act(browser, donor, manager):
    few = queries_of(browser, "/journal/")
    for number in range(49):
        donor_update(manager, donor=donor, phone=f"{number:010}")
    assert queries_of(browser, "/journal/") == few


def test_the_spreadsheet_has_a_line_per_field_and_no_formula(browser, donor):
    heading, *lines = rows(browser, act="changed")
    assert len(heading) == len(journal.HEADINGS)
    assert [line[6:9] for line in lines] == [["Town", "Dijon", "Dole"], ["Telephone", "–", "0380000000"]]
    assert {(line[1], line[4]) for line in lines} == {("Inès Morel", "'=Alba")}


def test_the_files_go_to_the_last_act_part_by_part(browser, donor, manager, monkeypatch):
    monkeypatch.setattr(journal, "BATCH", 4)
    with clock.time_set_to(MONDAY + dt.timedelta(days=5)):
        for number in range(11):
            donor_update(manager, donor=donor, phone=f"{number:010}")
    answer = browser.get("/journal/", {"format": "json", "record": str(donor.pk)})
    said = [json.loads(line) for line in answer.getvalue().decode().splitlines()]
    assert len({entry["id"] for entry in said}) == 14
    assert said[0]["changes"] == {"phone": ["0000000009", "0000000010"]}
    assert [entry["at"] for entry in said] == sorted((entry["at"] for entry in said), reverse=True)
    assert len(rows(browser, act="changed")) == 1 + 2 + 11


def test_another_bank_has_another_journal(twin_b, sign_in, browser, donor):
    assert acts(sign_in(twin_b, Role.MANAGER), record=str(donor.pk)) == []
