"""Delivery notes on paper: what they say, in order, for ever; and how they are sent."""

import io
from uuid import uuid4

import pypdf
import pytest
from django.core import mail
from django.utils.translation import override

from apps.delivery.facts import NoteMailed
from apps.delivery.models import DeliveryLine, DeliveryNote
from apps.delivery.papers import NOTE, note_pdf, notes_in_words, notes_pdf
from apps.delivery.selectors import notes_with_lines
from apps.delivery.services import note_mail
from apps.kernel.abilities import Role
from apps.kernel.codes import codes_in
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.kernel.papers import png_of
from apps.kernel.scope import current_bank_id
from apps.partners.models import Partner
from apps.sites.models import Site
from apps.sites.services import letterhead_update
from apps.stock.models import Lot
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tests.making.delivery import make_note, make_rate
from tests.making.facts import facts_told
from tests.people import actor_as
from tests.statements import statements_of
from tests.web.dom import parse

BASE = "http://twin-a.collecto.test/"


@pytest.fixture
def note(bank):
    make_rate(25)
    return make_note()


def whole(note):
    return notes_with_lines(DeliveryNote.objects.all()).get(pk=note.pk)


def pages(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def say(pdf):
    return " ".join(" ".join(pages(pdf)).split())


def test_a_note_says_in_order_who_what_how_much_and_who_signed(note, bank):
    line = note.lines.get()
    said = say(note_pdf(whole(note), base=BASE))
    wanted = [
        bank.name, f"Delivery note {note.number}", "From", note.partner.name, note.partner.code,
        note.picking_list.order.number, line.label, line.lot.number, "10 kg", "Total weight",
        "Solidarity contribution", "Handed over by", note.handed_over_by, "Camille Petit",
    ]  # fmt: skip
    place = 0
    for word in wanted:
        place = said.index(word, place) + len(word)


def test_a_note_in_french_has_a_title_a_language_and_no_word_of_trade(note):
    with override("fr"):
        pdf = note_pdf(whole(note), base=BASE)
    found = pypdf.PdfReader(io.BytesIO(pdf))
    assert found.metadata is not None
    assert found.metadata.title == f"Bon de livraison {note.number}"
    assert str(found.root_object["/Lang"]) == "fr"
    said = say(pdf).lower()
    assert "participation de solidarité" in said
    assert not {"prix", "vente", "facture"} & set(said.split())


def test_a_note_that_asks_nothing_does_not_speak_of_a_contribution(bank):
    said = say(note_pdf(whole(make_note()), base=BASE))
    assert "contribution" not in said
    assert "free of charge" in said


def test_an_issued_note_never_changes(note, manager):
    before = note_pdf(whole(note), base=BASE)
    Lot.objects.update(label="Renamed", supplier_lot="X", expires_on=None, date_kind="NONE")
    Partner.objects.update(name="Another name", address="Elsewhere", city="Elsewhere")
    letterhead_update(manager, legal_name="Another legal name", siret="12345678901234")
    assert note_pdf(whole(note), base=BASE) == before


def test_the_note_on_screen_says_what_the_paper_says_whatever_changes(bank, note, manager, sign_in):
    browser = sign_in(bank, Role.MANAGER)
    kept = whole(note)
    line, parties = kept.lines.all()[0], kept.parties
    Lot.objects.update(label="Renamed", supplier_lot="X-9", expires_on=None, date_kind="NONE")
    Partner.objects.update(name="Another name", address="Elsewhere Street", city="Elsewhere")
    Site.objects.update(name="Another site")
    letterhead_update(manager, legal_name="Another legal name")
    page = parse(browser.get(f"/delivery/notes/{note.pk}/").content.decode()).by_id("main").text()
    paper = say(note_pdf(whole(note), base=BASE))
    for word in (
        parties["issuer"]["legal_name"],
        parties["site"]["name"],
        parties["partner"]["name"],
        line.lot_number,
    ):
        assert word in page
        assert word in paper
    for word in (
        "Renamed",
        "L-RENAMED",
        "X-9",
        "Another name",
        "Elsewhere",
        "Another site",
        "Another legal name",
    ):
        assert word not in page.split("History")[0]
        assert word not in paper


def test_a_note_of_the_first_versions_shows_what_its_lot_says(note):
    kept = whole(note)
    for line in kept.lines.all():
        line.lot_number = line.supplier_lot = line.temperature_class = line.date_kind = ""
        line.expires_on = None
    kept.parties = None
    assert say(note_pdf(kept, base=BASE)) == say(note_pdf(whole(note), base=BASE))


@pytest.mark.parametrize("count", [1, 300])
def test_a_note_of_any_length_repeats_its_header_and_counts_its_pages(note, count):
    kept = whole(note)
    line = kept.lines.all()[0]
    kept._prefetched_objects_cache["lines"] = [
        DeliveryLine(**{f.attname: getattr(line, f.attname) for f in line._meta.fields}) for _ in range(count)
    ]
    found = pages(note_pdf(kept, base=BASE))
    assert sum(page.count(line.label) for page in found) == count
    assert [f"Page {n} of {len(found)}" in page for n, page in enumerate(found, 1)] == [True] * len(found)
    full = [page for page in found if line.label in page]
    assert all("Goods" in page and "Weight" in page for page in full)
    assert len(found) == 1 or note.number in found[1]


def test_the_notes_of_a_day_count_their_own_pages(note):
    other = make_note()
    found = pages(notes_pdf([whole(note), whole(other)], base=BASE))
    assert ["Page 1 of 1" in page for page in found] == [True, True]
    assert [number in page for number, page in zip([note.number, other.number], found, strict=True)] == [
        True
    ] * 2


def test_the_code_of_a_note_leads_to_it(note):
    data, pictures = notes_in_words([whole(note)], base=BASE)
    (page,) = png_of(NOTE, data, title=note.number, pictures=pictures)
    assert [code.text for code in codes_in(page)] == [f"{BASE}delivery/notes/{note.pk}/"]


def test_reading_a_hundred_lines_asks_no_more_than_one(note):
    make_note()
    notes = notes_with_lines(DeliveryNote.objects.all())
    one = statements_of(lambda: notes_pdf(list(notes.filter(pk=note.pk)), base=BASE))
    assert one == statements_of(lambda: notes_pdf(list(notes.all()), base=BASE))


def test_a_note_is_opened_as_pdf_by_who_may_see_it(note, bank, sign_in):
    address = f"/delivery/notes/{note.pk}/pdf/"
    answer = sign_in(bank, Role.VOLUNTEER).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="{note.number}.pdf"' in answer["Content-Disposition"]
    own = sign_in(bank, Role.PARTNER, partner_id=note.partner_id).get(address)
    assert own.content == answer.content
    assert sign_in(bank, Role.PARTNER, partner_id=uuid4()).get(address).status_code in (403, 404)


def test_a_note_is_mailed_once_with_its_pdf_and_the_history_tells(
    note, bank, sign_in, django_capture_on_commit_callbacks
):
    browser = sign_in(bank, Role.ORDERS)
    form = {"email": "asso@example.org", "op_key": str(uuid4())}
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            assert browser.post(f"/delivery/notes/{note.pk}/send/", form).status_code == 302
    assert history_of(note).filter(action="mailed").count() == 1


def test_what_is_mailed_is_the_note(note, deliver, manager):
    note_mail(manager, note=note, email="asso@example.org", base=BASE, op_key=uuid4())
    deliver()
    (letter,) = mail.outbox
    name, content, kind = letter.attachments[0]
    assert (letter.to, name, kind) == (["asso@example.org"], f"{note.number}.pdf", "application/pdf")
    assert note.number in say(content)


def test_sending_a_note_is_told_once_however_often_it_is_asked(note, manager):
    key = uuid4()
    with facts_told(NoteMailed) as told, override("fr"):
        for _ in range(2):
            note_mail(manager, note=note, email="asso@example.org", base=BASE, op_key=key)
    assert told == [NoteMailed(note_id=note.pk, email="asso@example.org", base=BASE, language="en")]


SUBJECTS = {"fr": "Bon de livraison", "en": "Delivery note", "": "Delivery note"}


@pytest.mark.parametrize("language", SUBJECTS)
def test_a_mailed_note_is_in_the_language_of_who_gets_it(note, deliver, manager, language):
    here = current_bank_id()
    with in_platform(Purpose.TEST):
        reader = person_ensure(email="asso@example.org", full_name="Ada", language=language)
        bank = FoodBank.objects.get(pk=here)
        membership_grant(user=reader, bank=bank, role=Role.PARTNER, partner_id=note.partner_id)
    with override("fr" if language == "en" else "en"):
        note_mail(manager, note=note, email="Asso@example.org", base=BASE, op_key=uuid4())
    deliver()
    (letter,) = mail.outbox
    assert letter.subject == f"{SUBJECTS[language]} {note.number}"


def test_the_language_of_people_of_other_banks_is_not_told(note, deliver, manager):
    with in_platform(Purpose.TEST):
        person_ensure(email="asso@example.org", full_name="Ada", language="fr")
    note_mail(manager, note=note, email="asso@example.org", base=BASE, op_key=uuid4())
    deliver()
    (letter,) = mail.outbox
    assert letter.subject == f"Delivery note {note.number}"


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PARTNER, Role.DRIVER])
def test_who_does_not_hand_over_does_not_mail(note, role):
    with pytest.raises(Forbidden):
        note_mail(actor_as(role), note=note, email="a@example.org", base=BASE, op_key=uuid4())
