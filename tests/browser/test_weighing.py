"""The national collection on a telephone: a shop, what the scale shows, next; and codes read at the dock."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from apps.catalogue.models import Product
from apps.kernel.abilities import Role
from apps.kernel.gs1 import check_digit
from apps.receiving.models import CollectionShop, Container, GoodsReceipt, Weighing
from apps.receiving.states import ReceiptStatus
from tests.browser.morning import in_bank
from tests.browser.network import Network
from tests.browser.steps import fr, go, main, press
from tests.browser.test_search_camera import CAMERA

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("living")]
WIDTH = 390


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    yield
    assert network.close_all() == []


@pytest.fixture
def shop() -> CollectionShop:
    with in_bank():
        return CollectionShop.objects.select_related("collection").earliest("pk")


def grams_of(shop: CollectionShop) -> int:
    """Return what a shop has weighed so far."""
    with in_bank():
        standing = Weighing.objects.filter(shop=shop, undone_at__isnull=True)
        return sum(standing.values_list("grams", flat=True))


@pytest.mark.parametrize("scripts", [True, False])
def test_two_pallets_are_weighed_and_the_second_taken_back(network, shop, scripts):
    before = grams_of(shop)
    with in_bank():
        pallet = Container.objects.get(name="Palette bois")
    page = network.enter(Role.VOLUNTEER, size="phone", java_script_enabled=scripts)
    assert (page.viewport_size or {}).get("width") == WIDTH
    page.goto(f"/receiving/collections/{shop.collection_id}/weigh/")
    go(page, page.get_by_role("link").filter(has_text=shop.name))

    for kilograms in ("122", "222,5"):
        page.locator("[name=scale_grams]").fill(kilograms)
        page.locator(f"[name=container][value='{pallet.pk}']").check()
        press(page, "Save, next")
        expect(page.locator("[name=scale_grams]")).to_be_editable()
    assert grams_of(shop) - before == 300_500
    assert page.locator(f"[name=container][value='{pallet.pk}']").is_checked()

    go(page, main(page).get_by_role("button").filter(has_text=fr("Undo")))
    assert grams_of(shop) - before == 100_000
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


GTIN = f"0301234567890{check_digit('0301234567890')}"


def receipt_to_check() -> tuple[UUID, UUID]:
    """Return a receipt that waits, and a product that bears the article number."""
    with in_bank():
        receipt = GoodsReceipt.objects.filter(status=ReceiptStatus.EXPECTED).earliest("pk")
        product = Product.objects.earliest("ref")
        Product.objects.filter(pk=product.pk).update(gtin=GTIN)
        return receipt.pk, product.pk


def test_what_the_camera_sees_fills_the_line(network):
    receipt, product = receipt_to_check()
    page = network.enter(Role.STOCK, size="phone")
    page.add_init_script(f"({CAMERA % repr(f'(01){GTIN}(10)L042(17)291231')})()")
    page.goto(f"/receiving/{receipt}/control/")
    page.locator("[name=comment]").fill("Bleu")
    go(page, page.get_by_role("button", name=fr("With the camera")))
    expect(page.locator("[name$=supplier_lot]").last).to_have_value("L042")
    expect(page.locator("[name=comment]")).to_have_value("Bleu")
    expect(page).to_have_url(re.compile(f"/receiving/{receipt}/control/"))
    with in_bank():
        assert GoodsReceipt.objects.get(pk=receipt).lines.filter(product=product).exists()
