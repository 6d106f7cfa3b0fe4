"""A code at the dock fills the fields: from a scanner, a photograph or digits; nothing typed is lost."""

import io
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.catalogue.models import Product
from apps.kernel.abilities import Role
from apps.kernel.gs1 import check_digit
from apps.receiving.models import GoodsReceipt
from apps.sites.models import Location
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family, make_product
from tests.making.receiving import make_receipt, make_receipt_line
from tests.making.sites import make_location
from tests.people import SignIn

GTIN = "03012345678900"[:13] + str(check_digit("0301234567890"))
OTHER = "0301234567001" + str(check_digit("0301234567001"))
OF_A_SHOP = "0212345000000" + str(check_digit("0212345000000"))


@pytest.fixture
def dock(bank: FoodBank, sign_in: SignIn) -> Client:
    """The browser of a volunteer at the dock."""
    return sign_in(bank, Role.VOLUNTEER)


@pytest.fixture
def product(bank: FoodBank) -> Product:
    return make_product(make_family(name="Yogurts"), gtin=GTIN, name="Yogurt", unit_grams=500)


def arrived(*products: Product) -> GoodsReceipt:
    """Return a receipt of products that wait at the dock, 100 kg each."""
    lines = [make_receipt_line(family=each.family, product=each) for each in products]
    receipt = make_receipt(*lines)
    make_location(receipt.site, zone=Location.Zone.AMBIENT, name="Rack")
    return receipt


def read(browser: Client, receipt: GoodsReceipt, code: str = "", /, **more: Any) -> Any:
    """Send a code from the control page."""
    sent: dict[str, Any] = {"read_code": "1", "scan-code": code, **more}
    return browser.post(f"/receiving/{receipt.pk}/control/", sent)


def field(answer: Any, name: str, line: int = 0) -> Any:
    """Return what stands in a field of a line once the code is read."""
    return str(answer.context["forms"].lines[line][name].value())


def test_one_scan_fills_kind_of_date_date_lot_and_weight(dock, product):
    receipt = arrived(product)
    answer = read(dock, receipt, f"]C101{GTIN}17291231310200123410L042")
    assert answer.status_code == 200
    assert [
        field(answer, name) for name in ("date_kind", "expires_on", "supplier_lot", "accepted_grams")
    ] == [
        "USE_BY",
        "2029-12-31",
        "L042",
        "12.34",
    ]


def test_a_count_of_articles_weighs_what_they_weigh(dock, product):
    answer = read(dock, arrived(product), f"(02){GTIN}(15)291231(37)48")
    assert field(answer, "accepted_grams") == "24"
    assert field(answer, "date_kind") == "BEST_BEFORE"


def test_what_was_typed_stays(dock, product):
    receipt = arrived(product)
    line = receipt.lines.get()
    typed = {
        f"line-{line.pk}-temperature_c": "3,5",
        f"line-{line.pk}-accepted_grams": "80",
        "comment": "Late",
    }
    answer = read(dock, receipt, f"(01){GTIN}(10)L042", **typed)
    assert field(answer, "temperature_c") == "3,5"
    assert field(answer, "accepted_grams") == "80"
    assert 'value="Late"' in answer.text


def test_another_lot_of_the_same_goods_is_another_line(dock, product):
    receipt = arrived(product)
    line = receipt.lines.get()
    answer = read(dock, receipt, f"(01){GTIN}(10)B2", **{f"line-{line.pk}-supplier_lot": "A1"})
    assert [field(answer, "supplier_lot", n) for n in (0, 1)] == ["A1", "B2"]
    assert receipt.lines.count() == 2
    assert field(answer, "location", 1)


def test_goods_that_nobody_announced_join_the_receipt(dock, product):
    receipt = arrived(make_product())
    answer = read(dock, receipt, GTIN[1:])
    assert [line.label for line in receipt.lines.all()][1] == "Yogurt"
    assert answer.status_code == 200


def test_an_unknown_article_is_shown_raw_and_asked_about(dock, product):
    receipt = arrived(product)
    answer = read(dock, receipt, f"(01){OTHER}(10)L9")
    assert answer.status_code == 422
    assert f"(01){OTHER}(10)L9 is not in the catalogue. Choose what it is." in answer.text
    assert f'value="(01){OTHER}(10)L9"' in answer.text
    assert "Keep this article number" not in answer.text
    assert field(answer, "supplier_lot") == ""

    chosen = {"scan-goods": f"product-{product.pk}", "scan-keep_gtin": "on"}
    answer = read(dock, receipt, f"(01){OTHER}(10)L9", **chosen)
    assert field(answer, "supplier_lot") == "L9"
    product.refresh_from_db()
    assert product.gtin == GTIN


@pytest.mark.parametrize(("role", "kept"), [(Role.STOCK, OTHER), (Role.VOLUNTEER, "")])
def test_who_keeps_the_catalogue_may_keep_the_number_others_may_not(bank, sign_in, role, kept):
    rice = make_product(name="Rice")
    receipt = arrived(rice)
    sent = {"scan-goods": f"product-{rice.pk}", "scan-keep_gtin": "on"}
    read(sign_in(bank, role), receipt, OTHER, **sent)
    rice.refresh_from_db()
    assert rice.gtin == kept


def test_a_code_of_a_shop_is_no_identity_and_its_weight_is_used(dock, product):
    receipt = arrived(product, make_product())
    answer = read(dock, receipt, f"(01){OF_A_SHOP}(3103)001500")
    assert answer.status_code == 422
    assert "was made by a shop for itself" in answer.text
    answer = read(dock, receipt, f"(01){OF_A_SHOP}(3103)001500", **{"scan-goods": f"product-{product.pk}"})
    assert field(answer, "accepted_grams") == "1.5"


def test_a_code_without_an_article_is_about_the_only_goods_there_are(dock, product):
    assert field(read(dock, arrived(product), "(17)291231(10)L7"), "supplier_lot") == "L7"


@pytest.mark.parametrize("wrong", ["", "bonjour", "12345678901", f"(01){GTIN[:13]}{9 - int(GTIN[13])}"])
def test_what_is_no_code_is_said_at_its_field_with_what_was_read(dock, product, wrong):
    answer = read(dock, arrived(product), wrong)
    assert answer.status_code == 422
    assert set(answer.context["scan"].errors) == {"code"}
    assert answer.context["scan"]["code"].value() == wrong


def photograph(text: str) -> SimpleUploadedFile:
    """Return a picture of a code."""
    made = io.BytesIO()
    segno.make(text, micro=False, error="m").save(made, kind="png", scale=8, border=4)
    return SimpleUploadedFile("code.png", made.getvalue(), content_type="image/png")


def test_a_photograph_is_read_like_a_scan(dock, product):
    link = f"https://id.example.org/01/{GTIN}/10/L042?17=291231&3102=001234"
    answer = read(dock, arrived(product), "", **{"scan-photo": photograph(link)})
    assert (field(answer, "supplier_lot"), field(answer, "accepted_grams")) == ("L042", "12.34")


def test_a_photograph_of_nothing_is_said_at_its_field(dock, product):
    blank = SimpleUploadedFile("nothing.png", b"no picture", content_type="image/png")
    answer = read(dock, arrived(product), "", **{"scan-photo": blank})
    assert answer.status_code == 422
    assert set(answer.context["scan"].errors) == {"photo"}


def test_an_unknown_code_on_a_photograph_need_not_be_photographed_again(dock, product):
    answer = read(dock, arrived(product), "", **{"scan-photo": photograph(f"(01){OTHER}")})
    assert answer.context["scan"]["code"].value() == f"(01){OTHER}"


def test_the_arrival_takes_goods_and_weight_from_a_code_and_keeps_what_is_typed(dock, product):
    sent = {
        "read_code": "1",
        "scan-code": f"(01){GTIN}(3102)001234",
        "comment": "Blue truck",
        "line_count": "1",
    }
    rice = make_product(name="Rice")
    first = {"line-0-goods": f"product-{rice.pk}", "line-0-expected_grams": "5"}
    answer = dock.post("/receiving/new/", {**sent, **first})
    assert answer.status_code == 200
    kept, found = list(answer.context["lines"])
    assert (kept["goods"].value(), kept["expected_grams"].value()) == (f"product-{rice.pk}", "5")
    assert (found["goods"].value(), found["expected_grams"].value()) == (f"product-{product.pk}", "12.34")
    assert 'value="Blue truck"' in answer.text
    assert not GoodsReceipt.objects.exists()
