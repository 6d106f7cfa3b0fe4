"""The engine of papers: data stay text, the same paper is the same bytes, nothing else is read."""

import datetime as dt
import io
from pathlib import Path

import pypdf
import pytest
from django.utils.translation import gettext_lazy, override

from apps.kernel.papers import PaperFailed, Picture, pdf_of, png_of

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[3]
SQUARE = Picture(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><path d="M0 0h4v4z"/></svg>',
    "svg",
    "a square",
)


@pytest.fixture
def template(tmp_path):
    def written(text):
        path = tmp_path / "papers" / "note.typ"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#import "/base.typ": *\n#show: paper\n{text}')
        return path

    return written


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


@pytest.mark.parametrize(
    "typed", ["#panic(1) *x* $y$ _z_ @ref <a> \\ //", "= Title", "« 1\u202f234,5\u00a0kg »"]
)
def test_what_people_typed_stays_text(template, typed):
    pdf = pdf_of(template("#data.name"), {"name": typed}, title="Note", at=AT)
    assert read(pdf).pages[0].extract_text().split() == typed.split()


def test_a_letter_that_no_font_draws_becomes_a_square_and_the_paper_is_made(template):
    pdf = pdf_of(template("#data.name"), {"name": "Lait 🥛 \x02 Łódź"}, title="Note 🥛", at=AT)
    assert read(pdf).pages[0].extract_text() == "Lait □   Łódź"


def test_a_paper_has_a_title_a_language_and_tags(template):
    with override("fr"):
        found = read(pdf_of(template("= #data.name"), {"name": gettext_lazy("Weight")}, title="BL-1", at=AT))
    root = found.trailer["/Root"]
    assert (found.metadata.title, root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("BL-1", "fr", True)
    assert "StructTreeRoot" in str(root.keys())


def test_the_same_paper_is_the_same_bytes(template):
    path = template('= #data.name\n#picture("square", width: 1cm)')
    one, two = (
        pdf_of(path, {"name": "A"}, title="A", at=AT, pictures={"square": SQUARE}, archival=archival)
        for archival in (False, False)
    )
    assert one == two


def test_a_paper_may_be_kept_for_years(template):
    pdf = pdf_of(template("= #data.name"), {"name": "A"}, title="A", at=AT, archival=True)
    assert b"pdfaid:part" in pdf


@pytest.mark.parametrize(
    "text", ["== A\n==== B", '#image(bytes("<svg/>"), format: "svg")', "#data.missing", '#read("papers.py")']
)
def test_a_template_that_is_wrong_or_not_accessible_is_refused(template, text):
    with pytest.raises(PaperFailed):
        pdf_of(template(text), {}, title="A", at=AT)


def test_a_failure_is_told_without_what_was_on_the_paper(template, caplog):
    with pytest.raises(PaperFailed) as failed:
        pdf_of(template("#float(data.name)"), {"name": "Marguerite Duval"}, title="A", at=AT)
    assert "Marguerite" not in str(failed.value) + caplog.text + str(caplog.records[0].__dict__)
    assert "note.typ" in str(failed.value)


def test_a_value_that_nobody_put_into_words_is_refused(template):
    with pytest.raises(TypeError, match="date"):
        pdf_of(template("#data.day"), {"day": AT.date()}, title="A", at=AT)


def test_a_paper_is_also_a_picture_of_each_page(template):
    pages = png_of(template("A #pagebreak() B"), {}, title="A")
    assert [page[:8] for page in pages] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_no_template_asks_for_a_package_or_for_the_hour():
    templates = [path for top in ("apps", "tenants", "platform") for path in (ROOT / top).rglob("*.typ")]
    assert templates
    assert [
        path for path in templates if "@preview" in path.read_text() or "datetime.today" in path.read_text()
    ] == []
