"""The letterhead: who the bank is on its papers, how they look, and what is refused."""

import io
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.kernel.abilities import Role, software
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.sites.errors import LetterheadFollows
from apps.sites.models import Letterhead
from apps.sites.rules import contrast_on_paper
from apps.sites.selectors import legal_of, letterhead_now, logo_of
from apps.sites.services import letterhead_follow, letterhead_update
from tests.people import actor_as

LOOK = {"colour": "#1E5B3E", "accent": "#AB4409", "legal_name": "Banque Alimentaire de Test"}


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


def picture(width=900, height=300, *, kind="PNG"):
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "#AB4409").save(kept, kind)
    return kept.getvalue()


def logo(content):
    return SimpleUploadedFile("logo.png", content, content_type="image/png")


def test_a_bank_begins_with_what_the_register_knows_of_it(bank):
    written = Letterhead.objects.get()
    assert (written.legal_name, written.city, written.issued_for) == (bank.name, bank.city, "")


def test_a_manager_changes_it_and_the_history_tells(bank, browser):
    answer = browser.post("/sites/letterhead/", LOOK | {"siret": "12345678901234", "gs1_prefix": "3760001"})
    assert answer.status_code == 302
    assert (letterhead_now().siret, letterhead_now().gs1_prefix) == ("12345678901234", "3760001")
    assert history_of(letterhead_now()).filter(action="changed").exists()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("siret", "123"),
        ("rna", "123"),
        ("gs1_prefix", "12"),
        ("colour", "green"),
        ("colour", "#F6E27A"),
        ("legal_name", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, field, wrong):
    answer = browser.post("/sites/letterhead/", LOOK | {field: wrong})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})


def test_a_colour_too_light_is_refused_with_its_contrast(browser):
    answer = browser.post("/sites/letterhead/", LOOK | {"colour": "#F6E27A"})
    assert "1.3" in answer.context["form"].errors["colour"][0]
    assert round(contrast_on_paper("#000000")) == 21


def test_the_logo_is_written_anew_and_small(browser, bank):
    browser.post("/sites/letterhead/", LOOK | {"logo": logo(picture(3_000, 900, kind="JPEG"))})
    kept = logo_of(letterhead_now())
    assert kept is not None
    sent = b"".join(browser.get(f"/files/{kept.pk}/").streaming_content)
    assert Image.open(io.BytesIO(sent)).size == (600, 180)
    assert Image.open(io.BytesIO(sent)).format == "PNG"


def test_what_is_no_picture_is_no_logo(browser):
    answer = browser.post("/sites/letterhead/", LOOK | {"logo": logo(b"<svg/>")})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"logo"})


def test_a_logo_sent_twice_is_kept_once_and_can_be_taken_off(bank, manager):
    key = uuid4()
    for _ in range(2):
        letterhead_update(manager, logo=ContentFile(picture()), op_key=key)
    assert history_of(letterhead_now()).filter(action="logo_changed").count() == 1
    letterhead_update(manager, remove_logo=True)
    assert logo_of(letterhead_now()) is None


def test_a_preview_shows_what_is_typed_and_saves_nothing(browser, bank):
    page = browser.post("/sites/letterhead/", LOOK | {"legal_name": "Autre nom", "preview": "1"})
    assert "legal_name=Autre+nom" in page.text
    assert letterhead_now().legal_name == bank.name
    sample = browser.get("/sites/letterhead/sample/", LOOK | {"legal_name": "Autre nom"})
    assert sample.content != browser.get("/sites/letterhead/sample/").content
    assert Image.open(io.BytesIO(sample.content)).size == (794, 1123)


@pytest.mark.parametrize("role", [Role.STOCK, Role.VOLUNTEER, Role.PARTNER])
def test_nobody_but_a_manager_changes_it(bank, role):
    with pytest.raises(Forbidden):
        letterhead_update(actor_as(role), phone="0380000000")


def test_an_antenna_issues_papers_in_the_name_of_its_bank_which_alone_changes_it(bank, manager):
    Letterhead.objects.update(issued_for="Banque mère", legal_name="Banque mère")
    with pytest.raises(LetterheadFollows):
        letterhead_update(manager, legal_name="Autre nom")
    letterhead_update(manager, phone="0380000000", legal_name="Banque mère")
    letterhead_follow(software("test"), legal={**legal_of(letterhead_now()), "legal_name": "Banque mère 2"})
    assert (letterhead_now().issued_for, letterhead_now().phone) == ("Banque mère 2", "0380000000")


def test_a_bank_of_its_own_follows_nobody(bank):
    letterhead_follow(software("test"), legal={**legal_of(letterhead_now()), "legal_name": "Autre"})
    assert letterhead_now().legal_name == bank.name
