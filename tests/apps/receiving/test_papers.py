"""Receipt notes on paper: what they say, in order, for ever."""

import io
from decimal import Decimal
from uuid import uuid4

import pypdf
import pytest
from django.utils.translation import override

from apps.catalogue.states import TemperatureClass
from apps.donors.models import Donor
from apps.kernel.abilities import Role
from apps.kernel.codes import codes_in
from apps.kernel.papers import png_of
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.papers import NOTE, receipt_in_words, receipt_pdf
from apps.receiving.selectors import receipts_with_lines
from apps.receiving.services import receipt_post
from apps.rounds.states import RefusalReason
from apps.sites.models import Letterhead
from apps.stock.services import lots_receive
from tests.making.catalogue import make_family
from tests.making.donors import make_donor
from tests.making.offers import TESTER
from tests.making.receiving import make_check, make_receipt, make_receipt_line
from tests.statements import statements_of

BASE = "http://twin-a.collecto.test/"


def posted(*lines, comment="", **checked):
    donor = Donor.objects.first() or make_donor(name="Laiterie des Ducs", code="DON-7")
    receipt = make_receipt(*lines, donor=donor)
    checks = [make_check(line, **checked) for line in receipt.lines.all()]
    receipt = receipt_post(TESTER, receipt=receipt, checks=checks, comment=comment)
    lots_receive(TESTER, receipt=receipt)
    return whole(receipt)


def whole(receipt):
    return receipts_with_lines().get(pk=receipt.pk)


@pytest.fixture
def receipt(bank):
    chilled = make_family(name="Crèmerie", temperature_class=TemperatureClass.CHILLED_0_4)
    return posted(
        make_receipt_line(grams=120_000, family=chilled),
        accepted_grams=110_000,
        refused_grams=10_000,
        refusal_reason=RefusalReason.DAMAGED,
        temperature_c=Decimal("3.4"),
        supplier_lot="L2345A",
        comment="Une palette filmée sur trois.",
    )


def pages(pdf):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def say(receipt):
    return " ".join(pages(receipt_pdf(receipt, base=BASE)))


def test_a_note_says_in_order_who_gave_what_was_found_and_who_signs(receipt, bank):
    line = receipt.lines.get()
    told = say(receipt)
    wanted = [
        bank.name, f"Receipt note {receipt.number}", "Laiterie des Ducs (DON-7)", receipt.site.name,
        "Crèmerie", line.lot.number, "3.4 °C", "110 kg", "10 kg", "Accepted", "L2345A", "Chilled, 0 to 4 °C",
        "120 kg expected", "Damaged", "Total", "Une palette filmée sur trois.",
        "Signature of the donor or carrier", "Signature of the food bank", "Keep this note for five years.",
    ]  # fmt: skip
    assert [word for word in wanted if word not in told] == []


def test_a_note_in_french_has_a_title_and_a_language_and_is_no_tax_receipt(receipt):
    with override("fr"):
        pdf = receipt_pdf(receipt, base=BASE)
        told = " ".join(pages(pdf)).lower()
    found = pypdf.PdfReader(io.BytesIO(pdf))
    assert found.metadata is not None
    assert found.metadata.title == f"Bordereau de réception {receipt.number}"
    assert str(found.root_object["/Lang"]) == "fr"
    assert not {"prix", "vente", "facture", "fiscal", "valeur"} & set(told.split())


def test_a_posted_note_never_changes(receipt):
    before = receipt_pdf(receipt, base=BASE)
    Donor.objects.update(name="Another name", address="Elsewhere")
    Letterhead.objects.update(legal_name="Another legal name", siret="12345678901234")
    assert receipt_pdf(whole(receipt), base=BASE) == before


def test_the_note_on_screen_says_who_they_were_as_the_printed_one_does(receipt, bank, sign_in):
    kept = receipt.parties
    Donor.objects.update(name="Another name", code="OTHER", address="Elsewhere")
    Letterhead.objects.update(legal_name="Another legal name")
    shown = sign_in(bank, Role.VOLUNTEER).get(f"/receiving/{receipt.pk}/note/").text
    assert f"{kept['issuer']['legal_name']} · {kept['site']['name']}" in shown
    assert "Laiterie des Ducs (DON-7)" in shown
    assert [word for word in ("Another", "OTHER", "Elsewhere") if word in shown] == []


def test_a_note_of_the_first_versions_says_who_they_are_now(receipt):
    GoodsReceipt.objects.update(parties=None, posted_at=None)
    assert "Laiterie des Ducs (DON-7)" in say(whole(receipt))


def test_a_note_of_any_length_repeats_its_header_and_counts_its_pages(receipt):
    line = receipt.lines.all()[0]
    copied = {field.attname: getattr(line, field.attname) for field in line._meta.fields}
    receipt._prefetched_objects_cache["lines"] = [ReceiptLine(**copied | {"id": None}) for _ in range(120)]
    found = pages(receipt_pdf(receipt, base=BASE))
    assert sum(page.count("Crèmerie") for page in found) == 120
    assert [f"Page {n} of {len(found)}" in page for n, page in enumerate(found, 1)] == [True] * len(found)
    assert all("Goods" in page and "Control" in page for page in found if "Crèmerie" in page)


def test_the_code_of_a_note_leads_to_its_receipt(receipt):
    data, pictures = receipt_in_words(receipt, base=BASE)
    (page,) = png_of(NOTE, data, title=data["title"], pictures=pictures)
    assert [code.text for code in codes_in(page)] == [f"{BASE}receiving/{receipt.pk}/"]


def test_many_lines_ask_no_more_than_one(receipt):
    many = posted(*(make_receipt_line() for _ in range(4)))
    one = statements_of(lambda: receipt_pdf(whole(receipt), base=BASE))
    assert one == statements_of(lambda: receipt_pdf(whole(many), base=BASE))


def test_the_sheet_and_the_note_lead_to_the_pdf_of_a_posted_receipt_alone(receipt, bank, sign_in):
    browser = sign_in(bank, Role.VOLUNTEER)
    address = f"/receiving/{receipt.pk}/pdf/"
    assert address in browser.get(f"/receiving/{receipt.pk}/").text
    assert address in browser.get(f"/receiving/{receipt.pk}/note/").text
    answer = browser.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="{receipt.number}.pdf"' in answer["Content-Disposition"]
    assert browser.get(f"/receiving/{make_receipt().pk}/pdf/").status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.DRIVER])
def test_who_does_not_see_receipts_does_not_see_their_notes(receipt, bank, sign_in, role):
    browser = sign_in(bank, role, partner_id=uuid4() if role == Role.PARTNER else None)
    assert browser.get(f"/receiving/{receipt.pk}/pdf/").status_code == 403
