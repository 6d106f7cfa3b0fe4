"""The report of a recall on paper: complete, accessible, and never a promise that goods are safe."""

import io
from typing import Any

import pypdf
import pytest
from django.utils.translation import override

from apps.kernel.abilities import Role
from apps.recalls.papers import report_pdf
from apps.recalls.services import case_close, match_dismiss, reach_answer
from tests.apps.recalls.test_partners import serve
from tests.making.recalls import SAFETY, make_case, make_recalled_lot, only_match, only_reach


def words_of(pdf: bytes) -> str:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return " ".join(" ".join(pages).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_closing_report_tells_lots_partners_and_time(bank):
    serve(name="Les Amis")
    case = make_case(is_exercise=True)
    reach_answer(
        SAFETY,
        reach=only_reach(case),
        returned_grams=1_000,
        destroyed_grams=3_000,
        used_grams=0,
        answered_by="Camille",
    )
    case_close(SAFETY, case=case, conclusion="Everything was burnt.")
    case.refresh_from_db()
    said = words_of(report_pdf(case))
    for word in (
        "Closing report",
        case.number,
        "EXERCISE",
        "Les Amis",
        "12345A",
        "burnt",
        "10 kg",
        "Time line",
    ):
        assert word in said
    assert "does not say that goods are safe" in said


def test_a_report_without_lots_says_what_that_does_not_mean(bank):
    assert "This does not say that the goods are safe" in words_of(report_pdf(make_case()))


def test_the_report_is_tagged_and_named_in_the_language_of_its_reader(bank):
    make_recalled_lot(lot="Z9")
    case = make_case()
    match_dismiss(SAFETY, match=only_match(case), reason="label compared")
    with override("fr"):
        pdf = pypdf.PdfReader(io.BytesIO(report_pdf(case)))
    root: Any = pdf.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("fr", True)


@pytest.mark.parametrize(("role", "status"), [(Role.VOLUNTEER, 200), (Role.DRIVER, 404)])
def test_the_staff_reads_the_report(bank, sign_in, role, status):
    assert sign_in(bank, role).get(f"/recalls/{make_case().pk}/pdf/").status_code == status
