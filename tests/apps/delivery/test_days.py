"""The delivery notes of a day on paper: a few at once, many as a background job in files of fifty."""

import datetime as dt
import io
from uuid import uuid4

import pypdf
import pytest
from django.utils.translation import override

from apps.delivery.jobs import NOTES_OF_DAY, DayOfNotes
from apps.delivery.views.days import AT_ONCE
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.files import chunks_of
from apps.kernel.jobs.kinds import Part
from apps.kernel.jobs.selectors import files_of_job
from apps.kernel.jobs.services import job_ask
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job
from tests.making.days import make_day_of_notes
from tests.making.delivery import make_note
from tests.people import actor_as

DAY = dt.date(2026, 3, 3)
BASE = "http://twin-a.collecto.test/"


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.ORDERS)


def asking(day: dt.date, key=None) -> dict[str, str]:
    return {"day": day.isoformat(), "op_key": str(key or uuid4())}


def numbers_in(pdf: bytes) -> list[str]:
    """Return the number of the note on each page."""
    said = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return [next(word for word in text.split() if word.startswith("BL-2")) for text in said]


def test_a_few_notes_are_opened_at_once_in_one_file(browser):
    notes = make_day_of_notes(AT_ONCE, day=DAY)
    answer = browser.post("/delivery/notes/day/", asking(DAY))
    assert answer["Location"] == "/delivery/notes/day/pdf/?day=2026-03-03"
    paper = browser.get(answer["Location"])
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"] == 'inline; filename="delivery-notes-2026-03-03.pdf"'
    assert numbers_in(paper.content) == [note.number for note in notes]
    assert not Job.objects.exists()


def test_many_notes_are_a_job_that_makes_one_file_of_up_to_fifty(browser, deliver):
    notes = make_day_of_notes(AT_ONCE + 1, day=DAY)
    key = uuid4()
    for _ in range(2):
        answer = browser.post("/delivery/notes/day/", asking(DAY, key))
        assert answer["Location"] == f"/jobs/{key}/"
    job = Job.objects.get()
    assert "Delivery notes of 3\u00a0March\u00a02026" in browser.get(answer["Location"]).content.decode()
    deliver()
    (file,) = files_of_job(job)
    assert file.name == "delivery-notes-2026-03-03.pdf"
    assert numbers_in(b"".join(chunks_of(file))) == [note.number for note in notes]


def test_a_hundred_and_more_notes_are_files_of_fifty_named_after_their_places(bank, deliver):
    """Compiled as a whole each, so that each keeps its tags; a note written meanwhile is not part of it."""
    notes = make_day_of_notes(103, day=DAY)
    asked = DayOfNotes(day=DAY, base=BASE)
    with override("fr"):
        job = job_ask(actor_as(Role.STOCK), kind=NOTES_OF_DAY, asked=asked, op_key=uuid4())
    make_day_of_notes(1, day=DAY, start=200)
    deliver()
    ended = Job.objects.get()
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, 103, 103)
    files = list(files_of_job(job))
    assert [file.name for file in files] == [
        f"bons-de-livraison-2026-03-03-{places}.pdf" for places in ("001-050", "051-100", "101-103")
    ]
    made = [pypdf.PdfReader(io.BytesIO(b"".join(chunks_of(file)))) for file in files]
    assert [len(pdf.pages) for pdf in made] == [50, 50, 3]
    assert all("/StructTreeRoot" in pdf.root_object and str(pdf.root_object["/Lang"]) == "fr" for pdf in made)
    found = [number for file in files for number in numbers_in(b"".join(chunks_of(file)))]
    assert found == [note.number for note in notes]


def test_the_page_proposes_the_latest_day_with_a_note(browser):
    latest = make_note()
    make_day_of_notes(1, day=DAY)
    assert f'value="{latest.delivered_on:%Y-%m-%d}"' in browser.get("/delivery/notes/day/").content.decode()


@pytest.mark.parametrize(
    ("day", "said"),
    [("2001-01-01", "no delivery note of this day"), ("", "required"), ("31/31", "valid date")],
)
def test_a_day_without_notes_or_no_day_is_refused_at_the_field(browser, day, said):
    answer = browser.post("/delivery/notes/day/", {"day": day})
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("asked", ["", "?day=2001-01-01", "?day=2026-02-31", "?day=x"])
def test_the_address_of_the_paper_without_a_day_that_fits_leads_to_the_form(browser, asked):
    answer = browser.get(f"/delivery/notes/day/pdf/{asked}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/delivery/notes/day/")


def test_the_paper_of_many_notes_leads_to_the_form(browser):
    make_day_of_notes(AT_ONCE + 1, day=DAY)
    answer = browser.get("/delivery/notes/day/pdf/?day=2026-03-03")
    assert answer["Location"] == "/delivery/notes/day/?day=2026-03-03"


def test_the_list_leads_there(browser):
    assert 'href="/delivery/notes/day/"' in browser.get("/delivery/notes/").content.decode()


@pytest.mark.parametrize("role", [Role.PARTNER, Role.DRIVER])
def test_who_does_not_work_for_the_bank_prints_no_day(bank, sign_in, role):
    partner_id = uuid4() if role is Role.PARTNER else None
    browser = sign_in(bank, role, partner_id=partner_id)
    for path in ("/delivery/notes/day/", "/delivery/notes/day/pdf/?day=2026-03-03"):
        assert browser.get(path).status_code == 403
    with pytest.raises(Forbidden):
        asked = DayOfNotes(day=DAY, base=BASE)
        job_ask(actor_as(role, partner_id=partner_id), kind=NOTES_OF_DAY, asked=asked, op_key=uuid4())


def test_notes_that_are_gone_are_told(bank):
    part = Part(items=[str(uuid4())], start=0, total=1)
    with pytest.raises(Exception, match="not there any more"):
        NOTES_OF_DAY.run(DayOfNotes(day=DAY, base=BASE), part)
