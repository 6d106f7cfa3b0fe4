"""Reading the public notices from a source that may do anything: nothing crashes, nothing is lost."""

import datetime as dt
import json
from collections.abc import Iterator
from copy import deepcopy
from email.utils import format_datetime
from typing import Any

import pytest

from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from tenants.crossing import Purpose, in_platform
from tenants.federation.alerts.models import NoticeReading, NoticeRecord, RecallNotice
from tenants.federation.alerts.reading import notices_read, record_settle
from tenants.federation.alerts.states import RecordState, Trouble
from tests.peers.rappelconso import SAMPLE, RappelConso
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")
READER = software("test")


@pytest.fixture
def source() -> Iterator[RappelConso]:
    with RappelConso() as server:
        yield server


@pytest.fixture(autouse=True)
def short_patience(settings: Any) -> None:
    settings.RAPPELCONSO_SECONDS = 0.4
    settings.RAPPELCONSO_TRIES = 3


def read(source: RappelConso) -> NoticeReading:
    return notices_read(READER, address=source.address)


def notices() -> list[RecallNotice]:
    with in_platform(Purpose.TEST):
        return list(RecallNotice.objects.order_by("sheet_number"))


def records(**which: Any) -> list[NoticeRecord]:
    with in_platform(Purpose.TEST):
        return list(NoticeRecord.objects.filter(**which).order_by("received_at"))


def fiche(number: int = 1, **overrides: Any) -> dict[str, Any]:
    """Return the first fictional record with another number."""
    return {**deepcopy(SAMPLE[0]), "numero_fiche": f"sr/{number:05d}/98", **overrides}


def test_every_notice_is_kept_as_it_was_received_and_understood(source):
    reading = read(source)
    assert (reading.is_complete, reading.trouble, reading.new_count) == (True, "", 3)
    assert [record.raw for record in records()] == SAMPLE
    cheese, biscuits, meat = notices()
    assert [(g["gtin"], g["lot_text"], g["date_text"]) for g in cheese.groups] == [
        ("09521000000018", "lot 12345a", "2099-03-01"),
        ("09521000000025", "lot 12346b", "2099-03-04"),
    ]
    assert cheese.sold_until == dt.date(2099, 2, 15)
    assert cheese.advice == "ne plus consommer · rapporter le produit au point de vente"
    assert (biscuits.ends_on, biscuits.version, meat.groups) == (None, 2, [])


def test_reading_twice_changes_nothing(source):
    read(source)
    assert read(source).new_count == 0
    assert [notice.revision for notice in notices()] == [1, 1, 1]


def test_pages_are_read_to_the_end(source):
    source.records = [fiche(n) for n in range(250)]
    assert read(source).new_count == 250
    assert [question["offset"] for question in source.asked] == ["0", "100", "200"]
    assert {question["limit"] for question in source.asked} == {"100"}
    assert 'categorie_produit="alimentation"' in source.asked[0]["where"]


def test_a_higher_version_replaces_and_an_older_one_is_only_kept(source):
    source.records = [fiche(1, numero_version=2, libelle="second")]
    read(source)
    source.records = [fiche(1, numero_version=1), fiche(1, numero_version=3, libelle="third")]
    read(source)
    [notice] = notices()
    assert (notice.version, notice.revision, notice.title.split(" · ")[0]) == (3, 2, "third")
    assert [r.state for r in records(version=1)] == [RecordState.OLDER]


def test_a_version_that_changed_without_saying_so_is_searched_again(source):
    source.records = [fiche(1)]
    read(source)
    source.records = [fiche(1, identification_produits=["9521000000032"])]
    read(source)
    assert [(n.version, n.revision, n.gtins) for n in notices()] == [(1, 2, ["09521000000032"])]


HICCUPS = {
    "500": RappelConso.status(500),
    "503 asking to wait": RappelConso.status(503, Retry_After="0"),
    "429 asking to wait": RappelConso.status(429, Retry_After="1"),
    "429 until a date": RappelConso.status(429, Retry_After=format_datetime(dt.datetime.now(dt.UTC))),
    "429 with nonsense": RappelConso.status(429, Retry_After="soon, I hope"),
    "a page of HTML": RappelConso.said(b"<html>Maintenance</html>"),
    "half of the JSON": RappelConso.cut,
    "a connection that breaks": RappelConso.truncated,
    "silence": RappelConso.silent(0.8),
    "drops of an answer": RappelConso.dripping(1.6),
    "nothing": RappelConso.said(b""),
    "null": RappelConso.said(b"null"),
    "a list": RappelConso.said(b"[]"),
    "no results": RappelConso.said(b'{"total_count": 3}'),
    "results of another kind": RappelConso.said(b'{"total_count": 3, "results": {"a": 1}}'),
    "not UTF-8": RappelConso.said(b'{"results": ["\xff\xfe"]}'),
    "a well of brackets": RappelConso.said(b"[" * 100_000),
}


@pytest.mark.parametrize("hiccup", HICCUPS)
def test_a_source_that_fails_once_is_asked_again(source, hiccup):
    source.next_answers = [HICCUPS[hiccup]]
    reading = read(source)
    assert (reading.is_complete, reading.new_count) == (True, 3)


LASTING = {
    "500": (RappelConso.status(500), Trouble.BROKEN),
    "404": (RappelConso.status(404), Trouble.REFUSED),
    "HTML": (RappelConso.said(b"<html>"), Trouble.NOT_JSON),
    "silence": (RappelConso.silent(0.8), Trouble.TOO_SLOW),
    "broken connections": (RappelConso.truncated, Trouble.UNREACHABLE),
}


@pytest.mark.parametrize("failure", LASTING)
def test_a_source_that_keeps_failing_ends_the_reading_with_its_trouble(source, failure):
    answer, trouble = LASTING[failure]
    source.next_answers = [answer] * 9
    reading = read(source)
    assert (reading.is_complete, reading.trouble) == (False, trouble)
    assert len(source.asked) == (1 if trouble is Trouble.REFUSED else 3)


def test_what_was_read_before_a_failure_stays(source):
    source.records = [fiche(n) for n in range(150)]
    source.next_answers = [source.whole, *[source.status(500)] * 9]
    reading = read(source)
    assert (reading.is_complete, reading.new_count, len(notices())) == (False, 100, 100)


def test_nobody_answers(source):
    address = source.address
    source.__exit__()
    assert notices_read(READER, address=address).trouble == Trouble.UNREACHABLE


def test_a_source_that_repeats_its_page_for_ever_is_left(source):
    source.records = [fiche(n) for n in range(150)]
    source.ignores_offset = True
    reading = read(source)
    assert (reading.trouble, len(notices())) == (Trouble.REPEATED, 100)


@pytest.mark.parametrize("total", [0, 1, 10_000, -1, None, "many", True])
def test_a_wrong_total_loses_nothing(source, total):
    source.records = [fiche(n) for n in range(120)]
    source.total = lambda: total
    read(source)
    assert len(notices()) == 120


ODD = {
    "a number": 12,
    "a text": "sr/1",
    "nothing": None,
    "a list": [fiche(7)],
    "no number": {k: v for k, v in SAMPLE[0].items() if k != "numero_fiche"},
    "no version": fiche(8, numero_version=None),
    "a version in words": fiche(8, numero_version="two"),
    "a version like a phone number": fiche(8, numero_version=10**30),
    "a number that is a list": fiche(8, numero_fiche=["sr"]),
    "nothing it names": {"numero_fiche": "sr/9", "numero_version": 1},
}


@pytest.mark.parametrize("odd", ODD)
def test_a_record_that_is_not_understood_waits_for_a_person(source, odd):
    source.records = [ODD[odd], *SAMPLE]
    reading = read(source)
    assert (reading.is_complete, reading.new_count, reading.to_read_count) == (True, 3, 1)
    [record] = records(state=RecordState.UNREAD)
    assert record.raw == ODD[odd]
    assert record.troubles


STRANGE = {
    "huge": fiche(1, libelle="a" * 50_000, motif_rappel="b" * 400_000),
    "a zero in a text": fiche(1, libelle="from\x00age"),
    "a lone surrogate in an escape": fiche(1, libelle="caf\u00e9"),
    "texts that are lists": fiche(1, distributeurs=["a", ["b"], {"c": "d"}]),
    "numbers everywhere": dict.fromkeys(SAMPLE[0], 7) | {"numero_fiche": "sr/3", "libelle": "x"},
    "dates of nowhere": fiche(
        1, date_debut_commercialisation="the day before", date_publication="31/02/2099"
    ),
    "a French date": fiche(1, date_debut_commercialisation="1er mars 2099"),
    "a product that is a text": fiche(1, identification_produits="9521000000018, lot 12, DLC 01/03/2099|x"),
    "pipes alone": fiche(1, identification_produits=["|", "||", "|||9521000000025||", "", None, "|"]),
    "a dictionary of products": fiche(1, identification_produits={"gtin": "9521000000018"}),
    "an in-store code": fiche(1, identification_produits=["2012345678903", "lot 5"]),
    "an address that is a script": fiche(1, lien_vers_la_fiche_rappel="javascript:alert(1)"),
}


@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_record_is_still_a_notice(source, strange):
    source.records = [STRANGE[strange]]
    reading = read(source)
    assert (reading.is_complete, reading.new_count) == (True, 1)
    [notice] = notices()
    assert notice.link.startswith("https://") or notice.link == ""
    assert all(not g["gtin"].startswith("2") for g in notice.groups)


@pytest.mark.parametrize("odd", [rb'"\ud83d"', b"1e400"])
def test_what_json_alone_can_say_keeps_no_notice_out(source, odd):
    body = json.dumps({"total_count": 1, "results": [fiche(1, motif_rappel="ODD")]}).encode()
    source.next_answers = [source.said(body.replace(b'"ODD"', odd))]
    assert (read(source).is_complete, len(notices())) == (True, 1)


def test_an_empty_page_before_the_end_is_asked_for_again(source):
    source.next_answers = [source.said(b'{"total_count": 3, "results": []}')]
    assert (read(source).is_complete, len(notices())) == (True, 3)


def test_a_record_that_makes_the_software_fail_is_kept_for_a_person(source, monkeypatch):
    monkeypatch.setattr("tenants.federation.alerts.reading.read_record", lambda *a, **k: 1 / 0)
    reading = read(source)
    assert (reading.is_complete, reading.to_read_count) == (True, 3)
    assert {tuple(record.troubles) for record in records()} == {(Trouble.FAULT,)}


def test_a_person_says_what_was_read(source):
    source.records = [{"libelle": "no number"}]
    read(source)
    record = record_settle(actor_as(Role.FEDERATION), record=records()[0])
    assert (record.state, bool(record.settled_by)) == (RecordState.SETTLED, True)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PARTNER, Role.OPERATOR])
def test_only_the_federation_has_the_source_read(source, role):
    with pytest.raises(Forbidden):
        notices_read(actor_as(role), address=source.address)


def test_the_records_of_the_window_are_all_asked_for(source, monkeypatch):
    monkeypatch.setattr("tenants.federation.alerts.source.WINDOW", 200)
    days = [f"2098-01-{1 + n // 60:02d}" for n in range(300)]
    source.records = [fiche(n, date_publication=day) for n, day in enumerate(days)]
    page: Any = source._page

    def since(query: dict[str, str]) -> Any:
        day = query["where"].split("date'")[1][:10]
        every, source.records = source.records, [r for r in source.records if r["date_publication"] >= day]
        try:
            return page(query)
        finally:
            source.records = every

    source._page = since
    assert read(source).is_complete
    assert len(notices()) == 300
    assert max(int(question["offset"]) for question in source.asked) <= 200


def test_the_sample_is_fictional():
    assert "9521000000018" in json.dumps(SAMPLE)
