"""The search box of a bank: what is found, in which order, by whom, and what silly input does."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel.abilities import Role
from apps.kernel.history import record_archive
from apps.kernel.models import SearchEntry, SearchWord
from collecto.search.finding import find, searched
from collecto.search.keeping import DIFFERENCES
from collecto.search.marking import marked
from collecto.search.sought import read_sought
from collecto.search.typos import distance, grams
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.making.partners import make_partner
from tests.people import SignIn, actor_as, client_for
from tests.spaces import tampering
from tests.web.dom import parse, shape

SILLY = (
    "", " ", "a", "é", "x" * 10_000, "\x00", "a\x00b", "'", "''", "\\", "%", "_", ";--", "' OR 1=1 --",
    "a & b | !c", ":*", "(", "'a':*", "[a-z]+", "(?:", ".*", "עברית", "مرحبا", "😀", "😀 lait", "\u202e txt",
    "##",
    "@donors.donor",
    "http://", "/", "0", "00000000000000000000", "(00)", "\ud7ff", "ﷺ",
)  # fmt: skip


def found(typed: str, *roles: Role) -> list[str]:
    actor = actor_as(*(roles or (Role.MANAGER,)))
    return [each.label for group in find(actor, read_sought(typed)).groups for each in group.found]


@pytest.mark.usefixtures("bank")
class TestFinding:
    """Words, numbers, slips and their order."""

    def test_accents_case_and_ligatures_do_not_matter(self):
        make_donor(name="Épicerie Œuvres d’Été")
        assert (
            found("epicerie oeuvres") == found("ÉPICERIE ŒUV") == found("d'ete") == ["Épicerie Œuvres d’Été"]
        )

    def test_a_mistyped_word_finds_what_was_meant_and_says_so(self):
        make_donor(name="Boulangerie Martin")
        findings = find(actor_as(Role.MANAGER), read_sought("bolangerie matrin"))
        assert findings.is_close
        assert found("boulangrie") == ["Boulangerie Martin"]

    def test_a_word_is_kept_with_its_pieces_for_who_mistypes_it(self):
        make_donor(name="Fromagerie")
        kept = SearchWord.objects.filter(word="fromagerie").first()
        assert kept is not None
        assert sorted(kept.grams) == grams("fromagerie")

    def test_an_exact_number_comes_before_its_beginning_and_before_words(self):
        make_donor(name="Ferme DON-7", code="X-1")
        make_donor(name="Laiterie", code="DON-70")
        make_donor(name="Verger", code="DON-7")
        assert found("don 7") == ["Verger", "Laiterie", "Ferme DON-7"]

    def test_an_archived_record_comes_last_and_is_marked(self, manager):
        old = make_donor(name="Ferme ancienne")
        make_donor(name="Ferme neuve")
        record_archive(manager, old, archived=True)
        group = find(manager, read_sought("ferme")).groups[0]
        assert [(each.label, each.is_archived) for each in group.found] == [
            ("Ferme neuve", False),
            ("Ferme ancienne", True),
        ]

    def test_a_telephone_number_is_found_however_it_is_spaced(self):
        make_donor(name="Ferme", phone="0380123456")
        assert found("03 80 12 34 56") == found("03.80.12.34.56") == ["Ferme"]

    def test_an_entry_follows_its_record_in_the_same_transaction(self):
        donor = make_donor(name="Avant")
        type(donor).objects.filter(pk=donor.pk).update(name="Après")
        assert found("avant") == []
        assert found("apres") == ["Après"]
        donor.delete()
        assert found("apres") == []

    def test_a_bank_s_role_cannot_write_entries(self):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            SearchEntry.objects.update(label="x")

    def test_silly_input_finds_nothing_and_breaks_nothing(self):
        make_donor(name="Laiterie")
        assert all(found(typed) in ([], ["Laiterie"]) for typed in SILLY)

    def test_every_declared_kind_is_kept_by_a_trigger_of_the_same_words(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname, tgargs FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = tgrelid WHERE tgname LIKE 'search_%%'"
                " AND c.relnamespace = current_schema()::regnamespace"
            )
            hung = {
                (table.rpartition(".")[2], name): bytes(said).decode().split("\x00")[:2]
                for table, name, said in cursor.fetchall()
            }
        for kind in searched():
            table = kind.model._meta.db_table
            assert hung[table, "search_kept"] == [kind.source, "id"]
            for followed, tie in kind.follows.items():
                assert hung[followed, f"search_{table}"] == [kind.source, tie]

    def test_a_difference_is_named(self, bank: FoodBank):
        donor, kind = make_donor(name="Ferme"), next(k for k in searched() if k.kind == "donors.donor")
        asked = [bank.schema_name, kind.source, kind.kind]
        with tampering() as cursor:
            assert cursor.execute(DIFFERENCES, asked).fetchall() == []
            cursor.execute(f"UPDATE {bank.schema_name}.kernel_searchentry SET label = 'x'")
            assert cursor.execute(DIFFERENCES, asked).fetchall() == [(donor.pk,)]


def test_slips_are_counted_as_people_make_them():
    assert distance("lait", "lati") == (1, 1)
    assert distance("epicr", "epicerie") == (3, 1)
    assert grams("riz") == ["  r", " ri", "iz ", "riz"]


def test_what_was_typed_is_marked_where_words_begin():
    assert marked("Épicerie de l’Œuvre", ["epi", "oeu"]) == [
        ("Épi", True), ("cerie de l’", False), ("Œu", True), ("vre", False),
    ]  # fmt: skip


class TestPage:
    """The page: who sees what, where a number leads."""

    def test_a_number_that_is_sent_leads_to_its_sheet(self, twin_a: FoodBank, sign_in: SignIn):
        with in_tenant(twin_a, Purpose.TEST):
            donor = make_donor(name="Ferme", code="FER-9")
        client = sign_in(twin_a, Role.MANAGER)
        answer = client.get("/search/", {"q": "fer 9", "go": "1"})
        assert answer.headers["Location"] == f"/donors/{donor.pk}/"
        assert client.get("/search/", {"q": "fer 9"}).status_code == 200

    def test_a_scanned_address_leads_to_its_record(self, twin_a: FoodBank, sign_in: SignIn):
        with in_tenant(twin_a, Purpose.TEST):
            donor = make_donor()
        asked = {"q": f"https://twin-a.example.org/donors/{donor.pk}/", "go": "1"}
        assert (
            sign_in(twin_a, Role.MANAGER).get("/search/", asked).headers["Location"] == f"/donors/{donor.pk}/"
        )

    def test_nothing_of_another_bank_is_found(self, twin_a: FoodBank, twin_b: FoodBank, sign_in: SignIn):
        with in_tenant(twin_a, Purpose.TEST):
            donor = make_donor(name="Zanzibar")
        other = sign_in(twin_b, Role.MANAGER)
        for typed in ("zanzibar", "zanzibra", f"https://twin-a.example.org/donors/{donor.pk}/"):
            assert f'href="/donors/{donor.pk}/"' not in other.get("/search/", {"q": typed}).content.decode()

    def test_a_charity_finds_its_own_file_and_no_other(self, twin_a: FoodBank, sign_in: SignIn):
        with in_tenant(twin_a, Purpose.TEST):
            own, other = make_partner(name="Entraide A"), make_partner(name="Entraide B")
        page = (
            sign_in(twin_a, Role.PARTNER, partner_id=own.pk)
            .get("/search/", {"q": "entraide"})
            .content.decode()
        )
        assert str(own.pk) in page
        assert str(other.pk) not in page

    def test_live_results_are_those_of_a_fresh_page(self, twin_a: FoodBank, sign_in: SignIn):
        with in_tenant(twin_a, Purpose.TEST):
            make_donor(name="Ferme <b>")
        client = sign_in(twin_a, Role.MANAGER)
        swapped = client.get("/search/", {"q": "fer"}, headers={"hx-request": "true", "hx-target": "found"})
        whole = client.get("/search/", {"q": "fer"}).content.decode()
        assert "<mark>Fer</mark>me &lt;b&gt;" in whole
        found = parse(whole).by_id("found")
        assert shape(parse(swapped.content.decode()).by_id("found")) == shape(found)

    def test_silly_input_gets_a_page(self, twin_a: FoodBank, sign_in: SignIn):
        client = sign_in(twin_a, Role.MANAGER)
        answers = {typed: client.get("/search/", {"q": typed, "go": "1"}).status_code for typed in SILLY}
        assert set(answers.values()) == {200}

    def test_who_may_find_nothing_is_refused(self, twin_a: FoodBank, sign_in: SignIn):
        assert sign_in(twin_a, Role.FEDERATION).get("/search/").status_code == 403


FEW = ("bourgogne", "2026", "ca")
"""What people type: a word, the beginning of every number, two letters."""


@pytest.fixture(scope="module")
def lived_in_bank(living_network: None) -> FoodBank:
    with in_platform(Purpose.TEST):
        found: FoodBank = FoodBank.objects.get(slug="bourgogne")
    return found


def asked_by(typed: str, *, scans: bool = True) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the statements that a search sends, and how the server goes about each of them.

    ``scans`` false: as if the bank were so large that no table is read from end to end where an index serves.
    """
    with CaptureQueriesContext(connection) as asked:
        find(actor_as(Role.MANAGER), read_sought(typed))
    statements = [query["sql"] for query in asked.captured_queries]
    plans = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_seqscan = {'on' if scans else 'off'}")
        for statement in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
            [(plan,)] = cursor.fetchall()
            plans.append((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return statements, plans


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each step of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps_of(part)


@pytest.mark.xdist_group("living")
class TestCost:
    """What a search costs on a lived-in bank: few statements, none of which reads a table from end to end."""

    @pytest.mark.parametrize("typed", FEW)
    def test_one_statement_finds_what_is_written_as_it_was_typed(self, lived_in_bank: FoodBank, typed: str):
        with in_tenant(lived_in_bank, Purpose.TEST):
            statements, _plans = asked_by(typed)
        assert len(statements) == 1

    @pytest.mark.parametrize(("typed", "most"), [("bourgogen", 3), ("bourgogen alimentiare", 4), ("qq", 1)])
    def test_a_slip_costs_one_statement_a_word_and_one_more(
        self, lived_in_bank: FoodBank, typed: str, most: int
    ):
        with in_tenant(lived_in_bank, Purpose.TEST):
            statements, _plans = asked_by(typed)
        assert len(statements) == most

    @pytest.mark.parametrize("typed", [*FEW, "bourgogen"])
    def test_entries_and_words_are_read_by_their_indexes(self, lived_in_bank: FoodBank, typed: str):
        with in_tenant(lived_in_bank, Purpose.TEST):
            _statements, plans = asked_by(typed, scans=False)
        steps = [step for plan in plans for step in steps_of(plan)]
        tables = {"kernel_searchentry", "kernel_searchword"}
        whole = [s["Relation Name"] for s in steps if s["Node Type"] == "Seq Scan" and "Relation Name" in s]
        assert tables.isdisjoint(whole)
        used = {step["Index Name"] for step in steps if "Index Name" in step}
        assert {"search_lexemes", "search_recent"} <= used
        assert ("search_grams" in used) == (typed == "bourgogen")


ROLES = (Role.MANAGER, Role.STOCK, Role.VOLUNTEER, Role.ACCOUNTS, Role.PARTNER, Role.DRIVER)


def everything_for(client: Client) -> set[str]:
    """Return the addresses of all that a person finds."""
    typed = ("20", "ba", "pa", "do", "la", "co", "re", "sa", "ep", "to", "br", "of", "bl", "02")
    pages = (client.get("/search/", {"q": each}).content.decode() for each in typed)
    return {url for page in pages for url in re.findall(r'<li>\s*<span>\s*<a href="([^"]+)"', page)}


@pytest.mark.slow
@pytest.mark.usefixtures("living_network")
@pytest.mark.parametrize("role", ROLES)
def test_whatever_a_person_finds_opens(role: Role):
    with in_platform(Purpose.TEST):
        hat = Membership.objects.filter(bank__slug="bourgogne", role=role).earliest("created_at")
        client = client_for(hat.user, hat.bank)
    addresses = everything_for(client)
    assert role is Role.DRIVER or addresses
    refused = {url: client.get(url).status_code for url in sorted(addresses)[:40]}
    assert {url: status for url, status in refused.items() if status != 200} == {}
