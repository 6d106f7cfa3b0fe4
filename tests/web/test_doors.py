"""A view says whether it reads or writes, and is held to it."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.views import View

from apps.kernel.abilities import NONE, Actor, verbs
from apps.kernel.doors import HiddenWriteError, MenuEntry, Section, door_of, is_read_only, reads, writes
from apps.kernel.models import DocumentSequence

ASK = RequestFactory()


def change(request: Any) -> HttpResponse:
    DocumentSequence.objects.create(kind="T", year=2026)
    return HttpResponse("changed")


def look(request: Any) -> HttpResponse:
    return HttpResponse(str(DocumentSequence.objects.count()))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select * from lot FOR UPDATE",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH due AS (SELECT 1) SELECT * FROM due",
        "SHOW search_path",
        "SET LOCAL ROLE x",
        'SAVEPOINT "s1"',
        'RELEASE SAVEPOINT "s1"',
        'ROLLBACK TO SAVEPOINT "s1"',
    ],
)
def test_reading_statements_pass(sql: str):
    assert is_read_only(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO lot VALUES (1)",
        'UPDATE "lot" SET grams = 0',
        "delete from lot",
        "TRUNCATE lot",
        "DROP TABLE lot",
        "WITH gone AS (DELETE FROM lot RETURNING *) SELECT * FROM gone",
        'WITH more AS (UPDATE "lot" SET grams = 1 RETURNING *) SELECT 1',
        "CALL something()",
        "LOCK TABLE lot",
    ],
)
def test_changing_statements_do_not(sql: str):
    assert not is_read_only(sql)


def test_a_reading_view_reads(bank):
    assert reads(look)(ASK.get("/")).content == b"0"


def test_a_reading_view_that_writes_is_stopped(bank):
    with pytest.raises(HiddenWriteError), transaction.atomic():
        reads(change)(ASK.get("/"))
    assert DocumentSequence.objects.count() == 0


def test_a_template_that_writes_behind_a_reading_view_is_stopped(bank):
    act = engines["django"].from_string("{{ act }}")

    @reads
    def view(request: Any) -> TemplateResponse:
        return TemplateResponse(request, act, {"act": lambda: change(request)})

    with pytest.raises(HiddenWriteError):
        view(ASK.get("/"))


def test_a_reading_view_answers_no_post():
    assert reads(look)(ASK.post("/")).status_code == 405


def test_a_writing_view_writes_on_post(bank):
    assert writes(change)(ASK.post("/")).content == b"changed"


def test_a_writing_view_only_reads_on_get(bank):
    with pytest.raises(HiddenWriteError):
        writes(change)(ASK.get("/"))


def test_a_writing_view_answers_no_other_method():
    assert writes(change)(ASK.delete("/")).status_code == 405


def test_the_door_closes_behind_the_view(bank):
    reads(look)(ASK.get("/"))
    DocumentSequence.objects.create(kind="T", year=2026)
    assert connection.execute_wrappers == []


def test_a_view_carries_the_mark_of_its_door():
    class Page(View):
        """A class view."""

    assert door_of(reads(look)) == "reads"
    assert door_of(writes(Page.as_view())) == "writes"
    assert door_of(look) == ""


def test_the_menu_offers_a_page_to_whoever_has_the_verb():
    entry = MenuEntry(
        label="Lots",
        url_name="stock_lot_list",
        icon="boxes",
        section=Section.WAREHOUSE,
        abilities=lambda actor: verbs("view", when=actor.label == "Inès") | NONE,
    )
    assert entry.is_open_to(Actor(id=None, label="Inès"))
    assert not entry.is_open_to(Actor(id=None, label="Karim"))
