"""Pallets and their labels: numbers that never change, codes that are read back, words for people."""

import datetime as dt
import io
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.utils.translation import override

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.codes import codes_in
from apps.kernel.errors import Forbidden
from apps.kernel.gs1 import is_sscc, read_symbol
from apps.kernel.history import history_of
from apps.kernel.papers import png_of
from apps.sites.models import Letterhead
from apps.stock import errors
from apps.stock.models import Pallet
from apps.stock.papers import LABEL, labels_in_words, labels_pdf
from apps.stock.selectors import lots_of_receipt, pallets_listed
from apps.stock.services import LABELS_MOST, NewPallets, labels_print, lots_receive
from apps.stock.states import LabelPaper
from tests.making.catalogue import make_family, make_product
from tests.making.receiving import make_receipt
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot, posted_receipt
from tests.people import actor_as
from tests.statements import statements_of

BASE = "http://twin-a.collecto.test/"
PREFIX = "3760001"
GTIN = "03017620422003"
USE_BY = dt.date(2026, 12, 31)


@pytest.fixture
def prefixed(bank):
    Letterhead.objects.update(gs1_prefix=PREFIX)


def make_yoghurt(*, gtin=GTIN, **fields):
    product = make_product(make_family(name="Yaourts et desserts"), name="Yaourt nature", gtin=gtin)
    usual: dict[str, Any] = {
        "label": "Yaourt nature de Bourgogne",
        "temperature_class": TemperatureClass.CHILLED_0_4,
        "date_kind": DateKind.USE_BY,
        "expires_on": USE_BY,
        "supplier_lot": "L2345A",
        "donor_label": "Laiterie des Ducs",
    }
    return make_lot(320_500, product, **usual | fields)


@pytest.fixture
def lot(bank):
    return make_yoghurt()


def printed(lot, count=1, *, key=None, actor=None, **told):
    actor = actor or actor_as(Role.STOCK)
    new = NewPallets(lot=lot, count=count, **told)
    made = labels_print(actor, op_key=key or uuid4(), new=[new])
    return list(pallets_listed().filter(pk__in=[pallet.pk for pallet in made]))


def pages_of(pallets, paper=LabelPaper.A6, *, ppi=144):
    data, pictures = labels_in_words(pallets, paper=paper, base=BASE)
    return png_of(LABEL, data, title="Labels", pictures=pictures, ppi=ppi)


def read_from(page):
    return {(code.symbology, code.text, code.is_gs1) for code in codes_in(page)}


def texts(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def said(text):
    return " ".join(text.split())


def say(pallets, paper=LabelPaper.A6):
    return said(" ".join(texts(labels_pdf(pallets, paper=paper, base=BASE))))


class TestNumbers:
    """A number is given once, without gap, and stays with its pallet."""

    def test_a_bank_with_a_gs1_prefix_gives_its_pallets_sscc_in_order(self, lot, prefixed):
        first, second = printed(lot, 2)
        assert [pallet.number[:-1] for pallet in (first, second)] == [
            f"0{PREFIX}{serial:09d}" for serial in (1, 2)
        ]
        assert all(is_sscc(pallet.number) and pallet.is_sscc for pallet in (first, second))

    def test_the_series_of_a_prefix_does_not_begin_anew_with_the_year(self, lot, prefixed):
        printed(lot)
        with clock.time_set_to(clock.now() + dt.timedelta(days=400)):
            (pallet,) = printed(lot)
        assert pallet.number[8:-1] == "000000002"

    def test_a_new_prefix_begins_a_series_and_the_old_one_goes_on_where_it_was(self, lot, prefixed):
        printed(lot, 2)
        Letterhead.objects.update(gs1_prefix="376999912")
        (other,) = printed(lot)
        Letterhead.objects.update(gs1_prefix=PREFIX)
        (back,) = printed(lot)
        assert (other.number[:-1], back.number[8:-1]) == ("03769999120000001", "000000003")

    def test_a_bank_without_a_prefix_gives_a_number_of_its_own_never_called_an_sscc(self, lot):
        (pallet,) = printed(lot)
        assert (pallet.number, pallet.is_sscc) == (f"PAL-{clock.today().year}-00001", False)
        assert not {"SSCC", "(00)"} & set(say([pallet]).split())

    def test_a_refused_act_takes_no_number(self, lot, prefixed):
        with pytest.raises(errors.MoreThanInStock):
            printed(lot, grams=320_501)
        assert printed(lot)[0].number[8:-1] == "000000001"

    def test_an_act_sent_twice_numbers_once(self, lot):
        key = uuid4()
        first, second = printed(lot, 3, key=key), printed(lot, 3, key=key)
        assert [pallet.pk for pallet in first] == [pallet.pk for pallet in second]
        assert Pallet.objects.count() == 3

    def test_weight_and_units_are_shared_out_to_the_gram_and_to_the_unit(self, lot):
        pallets = printed(lot, 3, grams=320_000, unit_count=100)
        assert [pallet.grams for pallet in pallets] == [106_667, 106_667, 106_666]
        assert [pallet.unit_count for pallet in pallets] == [34, 33, 33]

    def test_what_is_already_on_labels_is_left_out_of_the_next_ones(self, lot):
        printed(lot, grams=300_000)
        assert printed(lot)[0].grams == 20_500

    @pytest.mark.parametrize(
        ("asked", "refusal"),
        [
            ({"count": 0}, errors.NoLabel),
            ({"count": LABELS_MOST + 1}, errors.TooManyLabels),
            ({"count": 3, "grams": 2}, errors.TooLightToShare),
            ({"count": 3, "unit_count": 2}, errors.TooLightToShare),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, lot, asked, refusal):
        with pytest.raises(refusal):
            printed(lot, **asked)

    @pytest.mark.parametrize("role", [Role.ORDERS, Role.ACCOUNTS, Role.PARTNER, Role.DRIVER])
    def test_who_does_not_handle_goods_prints_no_label(self, lot, role):
        with pytest.raises(Forbidden):
            printed(lot, actor=actor_as(role))


class TestReprint:
    """A torn label is printed again under the same number, and the history tells."""

    def test_the_number_stays_and_the_history_of_pallet_and_lot_tells_who(self, lot, bank, sign_in):
        (pallet,) = printed(lot)
        key = uuid4()
        for _ in range(2):
            (again,) = labels_print(actor_as(Role.VOLUNTEER), op_key=key, again=[pallet])
        assert (again.number, again.print_count) == (pallet.number, 2)
        assert [entry.action for entry in history_of(pallet)] == ["reprinted", "created"]
        sheet = sign_in(bank, Role.STOCK).get(f"/stock/{lot.pk}/").text
        assert "Label printed again" in sheet
        assert pallet.number in sheet

    def test_new_and_old_labels_of_several_lots_come_in_one_go(self, lot):
        (old,) = printed(lot)
        other = make_lot(10_000)
        both = labels_print(
            actor_as(Role.STOCK), op_key=uuid4(), new=[NewPallets(lot=other, count=2)], again=[old]
        )
        assert len(both) == 3
        assert Pallet.objects.count() == 3


class TestCodes:
    """Both codes are read back from the page, and say what they should."""

    @pytest.mark.parametrize("paper", LabelPaper)
    def test_bars_and_square_are_read_back_from_the_rasterised_page(self, lot, prefixed, paper):
        (pallet,) = printed(lot)
        (page,) = pages_of([pallet], paper)
        assert read_from(page) == {
            ("Code128", f"00{pallet.number}", True),
            ("QRCode", f"{BASE}stock/pallets/{pallet.pk}/", False),
        }

    def test_the_bars_of_a_bank_s_own_number_are_no_gs1_symbol(self, lot):
        (pallet,) = printed(lot)
        assert ("Code128", pallet.number, False) in read_from(pages_of([pallet])[0])

    def test_a_counted_article_says_in_bars_what_it_is_and_how_much(self, lot, prefixed):
        (pallet,) = printed(lot, unit_count=641)
        found = [text for _kind, text, is_gs1 in read_from(pages_of([pallet])[0]) if is_gs1]
        symbols = [read_symbol(text, today=USE_BY) for text in found]
        assert {symbol.sscc for symbol in symbols} == {pallet.number, ""}
        content = [symbol for symbol in symbols if not symbol.sscc]
        assert {symbol.content_gtin for symbol in content} == {GTIN, ""}
        assert {symbol.count for symbol in content} == {641, None}
        assert {symbol.use_by for symbol in content} == {USE_BY, None}
        assert {symbol.net_grams for symbol in content} == {320_500, None}
        assert {symbol.lot for symbol in content} == {"L2345A", ""}

    def test_a_best_before_date_is_not_said_as_a_use_by_date(self, prefixed):
        told = say(printed(make_yoghurt(date_kind=DateKind.BEST_BEFORE), unit_count=641))
        assert "(15)261231" in told
        assert "(17)" not in told

    @pytest.mark.parametrize("lacking", ["gtin", "count"])
    def test_without_article_or_count_the_content_is_told_in_words_only(self, prefixed, lacking):
        lot = make_yoghurt(gtin="" if lacking == "gtin" else GTIN)
        told = say(printed(lot, unit_count=None if lacking == "count" else 12))
        assert "(02)" not in told
        assert "L2345A" in told
        assert "320.5 kg" in told

    def test_a_number_too_long_for_bars_stands_in_words_and_in_the_square_code(self, lot):
        (pallet,) = printed(lot)
        pallet.number = "PAL-NEVERS-ABCDE-XYZ"
        assert pallet.number in say([pallet])
        assert {kind for kind, _text, _is_gs1 in read_from(pages_of([pallet])[0])} == {"QRCode"}

    def test_every_label_of_a_sheet_is_read_back(self, lot, prefixed):
        pallets = printed(lot, 5)
        sheets = pages_of(pallets, LabelPaper.A4)
        assert len(sheets) == 2
        found = {text for page in sheets for _kind, text, is_gs1 in read_from(page) if is_gs1}
        assert found == {f"00{pallet.number}" for pallet in pallets}


class TestWords:
    """What a person reads, in their language."""

    def test_a_label_says_in_order_what_it_is_until_when_how_cold_and_how_much(self, lot, prefixed, bank):
        (pallet,) = printed(lot, unit_count=641)
        told = say([pallet])
        wanted = [
            bank.name, "Yaourt nature de Bourgogne", "Yaourts et desserts", "Use by", "31 December 2026",
            "Chilled, 0 to 4 °C", "320.5 kg", lot.number, "L2345A", "641",
            f"(00) 0 {pallet.number[1:8]} {pallet.number[8:17]} {pallet.number[17]}",
        ]  # fmt: skip
        place = 0
        for word in wanted:
            place = told.index(word, place) + len(word)

    def test_a_label_in_french_is_accessible_and_names_its_language(self, lot, prefixed):
        with override("fr"):
            pdf = labels_pdf(printed(lot), paper=LabelPaper.A6, base=BASE)
        found = pypdf.PdfReader(io.BytesIO(pdf))
        assert str(found.root_object["/Lang"]) == "fr"
        assert "/StructTreeRoot" in found.root_object
        assert "DLC 31 décembre 2026" in said(found.pages[0].extract_text())

    def test_the_donor_is_printed_only_where_the_bank_chose_so(self, lot):
        pallets = printed(lot)
        assert "Laiterie des Ducs" not in say(pallets)
        Letterhead.objects.update(labels_name_donor=True)
        assert "Laiterie des Ducs" in say(pallets)

    def test_goods_of_a_public_programme_say_so(self, bank):
        assert "European food (ESF+)" in say(printed(make_yoghurt(supply_source=SupplySource.FSE_PLUS)))

    @pytest.mark.parametrize(
        ("paper", "size"), [(LabelPaper.A6, (105, 148)), (LabelPaper.A4, (210, 297))], ids=["A6", "A4"]
    )
    def test_a_label_has_the_size_of_its_paper(self, lot, paper, size):
        found = pypdf.PdfReader(io.BytesIO(labels_pdf(printed(lot), paper=paper, base=BASE)))
        box = found.pages[0].mediabox
        assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == size
        assert len(found.pages) == 1

    @pytest.mark.parametrize("name", ["X" * 120, "Assortiment de légumes " * 5, "A"])
    def test_a_name_of_any_length_leaves_the_label_on_its_page(self, prefixed, name):
        Letterhead.objects.update(labels_name_donor=True)
        long = {"campaign": "Collecte nationale de novembre 2026", "donor_label": name, "is_organic": True}
        lot = make_yoghurt(label=name, supply_source=SupplySource.FSE_PLUS, **long)
        (pallet,) = printed(lot, unit_count=641)
        (page,) = pages_of([pallet])
        assert ("Code128", f"00{pallet.number}", True) in read_from(page)

    def test_the_same_pallets_are_the_same_bytes_and_cost_the_same_statements(self, lot):
        pallets = printed(lot, 4)
        one = statements_of(lambda: labels_pdf(pallets[:1], paper=LabelPaper.A4, base=BASE))
        assert one == statements_of(lambda: labels_pdf(pallets, paper=LabelPaper.A4, base=BASE))
        assert labels_pdf(pallets, paper=LabelPaper.A4, base=BASE) == labels_pdf(
            pallets, paper=LabelPaper.A4, base=BASE
        )


def form(**typed):
    usual = {"pallet_count": "2", "grams": "100", "unit_count": "", "paper": "a4", "op_key": str(uuid4())}
    return {**usual, **typed}


class TestPages:
    """From the sheet of a lot to the paper in the hand."""

    @pytest.fixture
    def browser(self, bank, sign_in):
        return sign_in(bank, Role.VOLUNTEER)

    def test_the_sheet_of_a_lot_leads_to_its_labels(self, browser, lot):
        assert f"/stock/{lot.pk}/labels/" in browser.get(f"/stock/{lot.pk}/").text
        asked = browser.get(f"/stock/{lot.pk}/labels/")
        assert 'value="320.5"' in asked.text
        answer = browser.post(f"/stock/{lot.pk}/labels/", form())
        assert answer.status_code == 302
        paper = browser.get(answer.headers["Location"])
        assert paper["Content-Type"] == "application/pdf"
        assert [
            sum(text.count(pallet.number) for text in texts(paper.content)) for pallet in Pallet.objects.all()
        ]
        shown = browser.get(f"/stock/{lot.pk}/").text
        assert all(f"/stock/pallets/{pallet.pk}/print/" in shown for pallet in Pallet.objects.all())

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("pallet_count", "0"),
            ("pallet_count", "51"),
            ("pallet_count", "-1"),
            ("pallet_count", "two"),
            ("pallet_count", ""),
            ("grams", "0"),
            ("grams", "321"),
            ("grams", "x"),
            ("unit_count", "0"),
            ("unit_count", "1"),
            ("paper", "a5"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, browser, lot, field, wrong):
        answer = browser.post(f"/stock/{lot.pk}/labels/", form(**{field: wrong}))
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})

    def test_the_sheet_of_a_pallet_leads_to_its_lot_and_to_another_print(self, browser, lot):
        (pallet,) = printed(lot)
        shown = browser.get(f"/stock/pallets/{pallet.pk}/").text
        assert f"/stock/{lot.pk}/" in shown
        answer = browser.post(f"/stock/pallets/{pallet.pk}/print/", {"paper": "a6", "op_key": str(uuid4())})
        assert browser.get(answer.headers["Location"])["Content-Type"] == "application/pdf"
        pallet.refresh_from_db()
        assert pallet.print_count == 2

    @pytest.mark.parametrize(
        "asked", ["paper=a5", "with=x", "with=0193abcd-1234-7abc-8def-0123456789ab", "with=" + "x&with=" * 60]
    )
    def test_a_paper_of_pallets_that_are_not_there_is_not_found(self, browser, lot, asked):
        (pallet,) = printed(lot)
        assert browser.get(f"/stock/pallets/{pallet.pk}/pdf/?{asked}").status_code == 404

    def test_the_pallets_are_listed_and_found(self, browser, lot):
        pallets = printed(lot, 2)
        shown = browser.get("/stock/pallets/").text
        assert all(pallet.number in shown for pallet in pallets)
        assert pallets[0].number not in browser.get("/stock/pallets/", {"q": pallets[1].number}).text

    def test_what_of_a_lot_is_used_up_needs_no_label(self, browser, bank):
        lot = make_lot(0)
        assert f"/stock/{lot.pk}/labels/" not in browser.get(f"/stock/{lot.pk}/").text


class TestReceipt:
    """All lots of a receipt get their labels in one go."""

    @pytest.fixture
    def browser(self, bank, sign_in):
        return sign_in(bank, Role.VOLUNTEER)

    @pytest.fixture
    def receipt(self, bank):
        place = make_location()
        goods = [
            (make_product(name=name), grams, place) for name, grams in (("Riz", 600_000), ("Sel", 90_000))
        ]
        receipt = posted_receipt(place, *goods)
        lots_receive(KEEPER, receipt=receipt)
        return receipt

    @staticmethod
    def asked(receipt, *counts, **typed):
        names = [f"pallet_count_{lot.pk.hex}" for lot in lots_of_receipt(receipt)]
        return {"paper": "a4", "op_key": str(uuid4()), **dict(zip(names, counts, strict=True)), **typed}

    def test_the_sheet_of_a_posted_receipt_leads_to_the_labels_of_all_its_lots(self, browser, receipt):
        address = f"/stock/receipts/{receipt.pk}/labels/"
        assert address in browser.get(f"/receiving/{receipt.pk}/").text
        answer = browser.post(address, self.asked(receipt, "2", "1"))
        paper = browser.get(answer.headers["Location"])
        assert len(texts(paper.content)) == 1
        grams = Pallet.objects.order_by("number").values_list("lot__label", "grams")
        assert list(grams) == [("Riz", 300_000), ("Riz", 300_000), ("Sel", 90_000)]

    def test_labels_that_are_there_are_printed_again_beside_new_ones(self, browser, receipt):
        address = f"/stock/receipts/{receipt.pk}/labels/"
        browser.post(address, self.asked(receipt, "1", "1"))
        shown = browser.get(address)
        assert [field.initial for name, field in shown.context["form"].fields.items() if "count" in name] == [
            0,
            0,
        ]
        answer = browser.post(address, self.asked(receipt, "0", "0", again="on"))
        assert answer.status_code == 302
        assert {pallet.print_count for pallet in Pallet.objects.all()} == {2}

    @pytest.mark.parametrize(
        "wrong", [("-1", "1"), ("51", "1"), ("x", "1"), ("26", "25"), ("0", "0"), ("", "1")]
    )
    def test_what_is_wrong_is_said_at_its_field(self, browser, receipt, wrong):
        answer = browser.post(f"/stock/receipts/{receipt.pk}/labels/", self.asked(receipt, *wrong))
        first = next(iter(answer.context["form"].lots))
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {first})
        assert not Pallet.objects.exists()

    def test_a_receipt_whose_goods_have_all_left_says_that_there_is_nothing_to_print(self, browser, bank):
        receipt = posted_receipt(make_location())
        answer = browser.post(f"/stock/receipts/{receipt.pk}/labels/", {"paper": "a4"})
        assert answer.status_code == 422
        assert "at least one" in answer.text

    def test_a_receipt_that_still_waits_has_none(self, browser, bank):
        assert browser.get(f"/stock/receipts/{make_receipt().pk}/labels/").status_code == 404

    def test_who_does_not_handle_goods_is_not_led_there(self, bank, sign_in, receipt):
        browser = sign_in(bank, Role.ACCOUNTS)
        address = f"/stock/receipts/{receipt.pk}/labels/"
        assert address not in browser.get(f"/receiving/{receipt.pk}/").text
        assert browser.get(address).status_code == 403


class TestSearch:
    """Whatever is typed or scanned from a label leads to the goods."""

    @pytest.fixture
    def found(self, bank, sign_in):
        browser = sign_in(bank, Role.VOLUNTEER)
        return lambda typed: browser.get("/search/", {"q": typed, "go": "1"}).headers.get("Location")

    def test_an_sscc_typed_spaced_or_scanned_leads_to_its_pallet(self, found, lot, prefixed):
        pallet, _other = printed(lot, 2)
        number = pallet.number
        spaced = f"{number[0]} {number[1:8]} {number[8:17]} {number[17]}"
        typed = (number, spaced, f"(00){number}", f"00{number}", f"]C100{number}")
        assert {found(each) for each in typed} == {f"/stock/pallets/{pallet.pk}/"}

    def test_a_number_of_the_bank_and_the_square_code_lead_there_too(self, found, lot):
        (pallet,) = printed(lot)
        typed = (pallet.number, pallet.number.lower(), f"{BASE}stock/pallets/{pallet.pk}/")
        assert {found(each) for each in typed} == {f"/stock/pallets/{pallet.pk}/"}

    @pytest.mark.parametrize("paper", LabelPaper)
    def test_a_photograph_of_a_label_leads_there(self, bank, sign_in, lot, prefixed, paper):
        (pallet,) = printed(lot, unit_count=641)
        photo = io.BytesIO(pages_of([pallet], paper)[0])
        photo.name = "label.png"
        browser = sign_in(bank, Role.VOLUNTEER)
        answer = browser.post("/search/photo/", {"photo": photo})
        assert browser.get(answer.headers["Location"]).headers["Location"] == f"/stock/pallets/{pallet.pk}/"

    def test_the_number_of_a_lot_still_leads_to_the_lot(self, found, lot):
        printed(lot)
        assert found(lot.number) == f"/stock/{lot.pk}/"

    def test_a_label_says_nothing_to_another_bank(self, lot, prefixed, twin_b, sign_in):
        (pallet,) = printed(lot)
        browser = sign_in(twin_b, Role.MANAGER)
        for address in ("", "print/", "pdf/"):
            assert browser.get(f"/stock/pallets/{pallet.pk}/{address}").status_code == 404
        assert f"/stock/pallets/{pallet.pk}/" not in browser.get("/search/", {"q": pallet.number}).text


def test_a_location_of_the_lot_can_be_acted_on_from_the_pallet(bank, sign_in):
    place = make_location()
    (pallet,) = printed(make_lot(5_000, location=place))
    shown = sign_in(bank, Role.STOCK).get(f"/stock/pallets/{pallet.pk}/").text
    assert f"?location={place.pk}" in shown
