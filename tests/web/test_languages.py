"""Whatever a person reads is in their language: pages, papers, spreadsheets, refusals, figures and dates."""

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any, Final

import pypdf
import pytest
from django.test import Client
from django.utils.translation import gettext, ngettext, ngettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.delivery.models import DeliveryNote
from apps.delivery.papers import note_pdf
from apps.delivery.selectors import notes_with_lines
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.display import (
    counted_as,
    day,
    days_away,
    number,
    paper_day,
    percent,
    size,
)
from apps.kernel.errors import DomainError
from apps.kernel.folding import by_words
from apps.kernel.money import format_euros
from apps.kernel.quantity import format_kg
from apps.kernel.sentences import kept, told
from tenants.accounts.models import User
from tenants.crossing import Purpose, in_platform
from tests.making.delivery import make_note
from tests.making.donors import make_donor

LANGUAGES: Final = ["fr", "en"]
NARROW, WIDE = "\u202f", "\u00a0"


@pytest.fixture
def browser(bank, sign_in) -> Client:
    manager: Client = sign_in(bank, Role.MANAGER)
    return manager


@pytest.fixture
def speaks(browser):
    """Have everybody read a language, whatever their browsers ask for."""

    def chosen(language: str) -> None:
        with in_platform(Purpose.TEST):
            User.objects.update(language=language)
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en" if language == "fr" else "fr"

    return chosen


class TestFigures:
    """Numbers, weights, euros, shares and sizes."""

    @pytest.mark.parametrize(
        ("language", "written"),
        [
            ("fr", [f"1{NARROW}234,5{WIDE}kg", f"12{NARROW}345,67{WIDE}€", f"42{NARROW}%", f"1,2{WIDE}Mo"]),
            ("en", [f"1,234.5{WIDE}kg", "€12,345.67", "42%", f"1.2{WIDE}MB"]),
        ],
    )
    def test_are_written_as_the_reader_writes_them(self, language, written):
        with override(language):
            said = [format_kg(1_234_500), format_euros(1_234_567), percent(Decimal("0.42")), size(1_258_291)]
        assert said == written

    @pytest.mark.parametrize(
        ("language", "text"), [("fr", f"1{NARROW}234{NARROW}567,89"), ("en", "1,234,567.89")]
    )
    def test_thousands_never_break_over_a_line(self, language, text):
        with override(language):
            assert number(Decimal("1234567.89"), decimals=2) == text


class TestPlurals:
    """Nothing is one in French; a thing and a half too. In English only one is."""

    @pytest.mark.parametrize(
        ("language", "count", "words"),
        [
            ("fr", 0, "0 palette"), ("fr", 1, "1 palette"), ("fr", 2, "2 palettes"),
            ("en", 0, "0 pallets"), ("en", 1, "1 pallet"), ("en", 2, "2 pallets"),
        ],
    )  # fmt: skip
    def test_of_whole_things(self, language, count, words):
        with override(language):
            assert ngettext("%(count)s pallet", "%(count)s pallets", count) % {"count": count} == words

    @pytest.mark.parametrize(
        ("language", "value", "form"),
        [
            ("fr", "0", 0), ("fr", "0.5", 0), ("fr", "1", 0), ("fr", "1.5", 0), ("fr", "1.99", 0),
            ("fr", "2", 1), ("fr", "-1.5", 0), ("fr", "-2", 1),
            ("en", "0", 1), ("en", "0.5", 1), ("en", "1", 0), ("en", "1.5", 1), ("en", "2", 1),
            ("en", "-1", 0),
        ],
    )  # fmt: skip
    def test_of_parts_of_things(self, language, value, form):
        with override(language):
            forms = "%(count)s pallet", "%(count)s pallets"
            said = ngettext(*forms, counted_as(Decimal(value)))
        assert said.endswith("s") == bool(form)

    @pytest.mark.parametrize(
        ("language", "days", "words"),
        [
            ("fr", -1, "il y a 1 jour"), ("fr", -2, "il y a 2 jours"), ("fr", 3, "dans 3 jours"),
            ("en", -1, "1 day ago"), ("en", -2, "2 days ago"), ("en", 3, "in 3 days"),
        ],
    )  # fmt: skip
    def test_of_days(self, language, days, words):
        with override(language):
            said = days_away(clock.today() + dt.timedelta(days=days))
        assert said.replace(WIDE, " ") == words


@pytest.mark.parametrize(
    ("language", "written"),
    [("fr", ["1er mars 2026", "2 mars 2026"]), ("en", ["1 March 2026", "2 March 2026"])],
)
def test_dates_are_written_as_the_reader_writes_them(language, written):
    with override(language):
        said = [paper_day(dt.date(2026, 3, 1)), paper_day(dt.date(2026, 3, 2))]
        assert "2020" in day(dt.date(2020, 1, 2))
    assert [text.replace(WIDE, " ") for text in said] == written


MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_keeps_its_name(language):
    """A text of ours that is written like a month, such as “May”, must not be told in its place."""
    with override(language):
        said = [paper_day(dt.date(2026, month, 2)) for month in range(1, 13)]
    assert [text.replace(WIDE, " ").split()[1] for text in said] == MONTHS[language].split()


def test_accents_and_capitals_do_not_change_the_order():
    names = ["Zoé", "étoile", "Eau", "élan", "œuf", "Ohé", "Ça", "camion"]
    assert sorted(names, key=by_words) == ["Ça", "camion", "Eau", "élan", "étoile", "œuf", "Ohé", "Zoé"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_sorts_names_as_people_do_in_every_language(browser, speaks, language):
    speaks(language)
    names = ["eau vive", "Ecole hôtelière", "Épicerie du lac", "Zoé primeurs"]
    for name in reversed(names):
        make_donor(name=name)
    page = browser.get("/donors/?sort=name").text
    assert sorted(names, key=page.index) == names


@pytest.mark.parametrize(("language", "words"), [("fr", "Donateurs"), ("en", "Donors")])
def test_a_page_follows_the_person_and_not_the_browser(browser, speaks, language, words):
    speaks(language)
    answer = browser.get("/donors/")
    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert f">{words}<" in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headings_and_decimals_of_a_spreadsheet_follow_the_person(bank, browser, speaks, language):
    speaks(language)
    note = make_note()
    rows = list(csv.reader(io.StringIO(file_of(browser, "/delivery/notes/")), delimiter=";"))
    with override(language):
        assert gettext("Number") in rows[0]
        assert any(gettext("Weight") in heading for heading in rows[0])
    assert note.number in [cell for row in rows[1:] for cell in row]


def file_of(browser: Client, address: str) -> str:
    answer: Any = browser.get(address, {"format": "csv"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8-sig")


@pytest.mark.parametrize(("language", "words"), [("fr", "Bon de livraison"), ("en", "Delivery note")])
def test_a_paper_follows_the_person_and_says_its_language(browser, speaks, language, words):
    speaks(language)
    note = make_note()
    answer = browser.get(f"/delivery/notes/{note.pk}/pdf/")
    paper = pypdf.PdfReader(io.BytesIO(answer.content))
    assert f"{words} {note.number}" in " ".join(" ".join(p.extract_text() for p in paper.pages).split())
    root: Any = paper.trailer["/Root"]
    assert str(root["/Lang"]) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_writes_weights_in_its_language(bank, language):
    note = make_note()
    whole = notes_with_lines(DeliveryNote.objects.all()).get(pk=note.pk)
    with override(language):
        said = pypdf.PdfReader(io.BytesIO(note_pdf(whole, base="http://x/"))).pages[0].extract_text()
        assert paper_day(note.delivered_on).replace(WIDE, " ") in said.replace(WIDE, " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_at_a_field_follows_the_person(browser, speaks, language):
    speaks(language)
    answer = browser.post("/donors/new/", {"name": "", "department": "99"})
    assert answer.status_code == 422
    with override(language):
        assert gettext("Write the code of a department, for example 21, 2A or 974.") in answer.text


class TestSentences:
    """What is stored for people to read later is in no language."""

    @pytest.mark.parametrize("writer", LANGUAGES)
    @pytest.mark.parametrize(
        ("reader", "words"),
        [("fr", "2 antennes sont rattachées à cette banque"), ("en", "2 antennas depend on this bank")],
    )
    def test_one_with_a_plural(self, writer, reader, words):
        forms = (
            "%(count)s antenna depends on this bank: archive it first.",
            "%(count)s antennas depend on this bank: archive them first.",
        )
        with override(writer):
            held = [kept(ngettext_lazy(*forms, number), {"count": 2}) for number in (2, "count")]
        with override(reader):
            assert [told(each).startswith(words) for each in held] == [True, True]

    def test_one_with_a_word_that_is_itself_translated(self):
        refusal = DomainError(
            _("A bank cannot go from “%(now)s” to “%(to)s”."), params={"now": _("Active"), "to": "x"}
        )
        with override("fr"):
            held = refusal.sentence
        with override("en"):
            assert told(held) == "A bank cannot go from “Active” to “x”."
        assert held["params"] == {"now": {"text": "Active"}, "to": "x"}

    def test_one_with_a_context(self):
        with override("fr"):
            held = kept(pgettext_lazy("verb", "Order"))
            assert told(held) == "Commander"
        with override("en"):
            assert told(held) == "Order"

    def test_words_of_before_are_told_as_they_stand(self):
        with override("fr"):
            assert told(kept("Écrit avant, 100 % tel quel")) == "Écrit avant, 100 % tel quel"
            assert told({}) == ""
