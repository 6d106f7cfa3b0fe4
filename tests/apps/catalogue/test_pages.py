"""The pages of the catalogue, and who may open them."""

from typing import Any

import pytest

from apps.catalogue.models import Product, ProductFamily
from apps.kernel.abilities import Role
from tests.making.catalogue import make_family, make_product
from tests.people import visitor
from tests.statements import statements_of

STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)
KEEPERS = {Role.MANAGER, Role.STOCK}
PAGES = [
    ("/catalogue/products/", set(STAFF)),
    ("/catalogue/products/new/", KEEPERS),
    ("/catalogue/products/{product}/", set(STAFF)),
    ("/catalogue/products/{product}/edit/", KEEPERS),
    ("/catalogue/products/{product}/archive/", KEEPERS),
    ("/catalogue/families/", set(STAFF)),
    ("/catalogue/families/new/", KEEPERS),
    ("/catalogue/families/{family}/", set(STAFF)),
    ("/catalogue/families/{family}/edit/", KEEPERS),
    ("/catalogue/families/{family}/archive/", KEEPERS),
]
FAMILY: dict[str, Any] = {
    "name": "Pulses",
    "is_food": "on",
    "temperature_class": "AMBIENT",
    "date_kind": "BEST_BEFORE",
    "grace_days": "60",
    "reporting_category": "FEC",
    "value_cents_per_kg": "2.60",
}
PRODUCT: dict[str, Any] = {
    "name": "Lentils",
    "gtin": "3017620422003",
    "temperature_class": "AMBIENT",
    "unit_label": "packet",
    "unit_grams": "0.5",
    "units_per_case": "12",
    "date_kind": "BEST_BEFORE",
}


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.STOCK)


def names(response: Any) -> set[str]:
    return {row["record"].name for row in response.context["rows"]}


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("role", [*STAFF, Role.DRIVER])
def test_each_role_opens_its_pages_and_no_other(bank, sign_in, role):
    product, browser = make_product(), sign_in(bank, role)
    ids = {"product": product.pk, "family": product.family_id}
    answers = {url: browser.get(url.format(**ids)).status_code for url, _roles in PAGES}
    assert answers == {url: 200 if role in roles else 403 for url, roles in PAGES}


def test_visitors_and_other_banks_see_nothing(bank, twin_b, sign_in):
    url = f"/catalogue/products/{make_product().pk}/"
    assert visitor(bank).get(url).status_code == 302
    assert sign_in(twin_b, Role.MANAGER).get(url).status_code == 404


def test_products_are_searched_and_filtered(bank, browser):
    pulses = make_family(name="Pulses")
    make_product(pulses, name="Green lentils", is_organic=True)
    make_product(name="Yogurt", temperature_class="CHILLED_0_8", gtin="03017620422003")
    url = "/catalogue/products/"
    assert names(browser.get(url, {"q": "pul lent"})) == {"Green lentils"}
    assert names(browser.get(url, {"q": "3017620422003"})) == {"Yogurt"}
    assert names(browser.get(url, {"family": pulses.pk})) == {"Green lentils"}
    assert names(browser.get(url, {"temperature_class": "CHILLED_0_8"})) == {"Yogurt"}
    assert names(browser.get(url, {"is_organic": "1"})) == {"Green lentils"}
    assert names(browser.get(url, {"is_organic": "0"})) == {"Yogurt"}


def test_a_family_is_kept_on_screen(bank, browser):
    browser.post("/catalogue/families/new/", FAMILY)
    family = ProductFamily.objects.get()
    assert (family.code, family.value_cents_per_kg) == ("PULSES", 260)
    browser.post(f"/catalogue/families/{family.pk}/edit/", FAMILY | {"grace_days": "30"})
    assert "<del>60</del>" in text(browser.get(f"/catalogue/families/{family.pk}/"))
    assert names(browser.get("/catalogue/families/", {"q": "puls"})) == {"Pulses"}


def test_a_family_taken_twice_is_explained_at_its_name(bank, browser):
    make_family(code="PULSES")
    response = browser.post("/catalogue/families/new/", FAMILY)
    assert set(response.context["form"].errors) == {"name"}


def test_a_family_in_use_is_not_put_away(bank, browser):
    family = make_product().family
    response = browser.post(f"/catalogue/families/{family.pk}/archive/", {"reason": "No longer needed."})
    assert response.status_code == 422
    assert "Archive it first" in text(response)


def test_a_product_is_kept_on_screen(bank, browser):
    family = make_family()
    form = PRODUCT | {"family": family.pk}
    browser.post("/catalogue/products/new/", form)
    product = Product.objects.get()
    assert (product.gtin, product.unit_grams, product.grace_days) == ("03017620422003", 500, None)
    browser.post(f"/catalogue/products/{product.pk}/edit/", form | {"unit_grams": "1"})
    page = text(browser.get(f"/catalogue/products/{product.pk}/"))
    assert "<del>0.5\u00a0kg</del>" in page
    browser.post(f"/catalogue/products/{product.pk}/archive/", {"reason": "No longer needed."})
    assert names(browser.get("/catalogue/products/")) == set()


def test_a_double_click_adds_one_product(bank, browser):
    form = PRODUCT | {"family": make_family().pk}
    key = browser.get("/catalogue/products/new/").context["form"]["op_key"].value()
    for _ in range(2):
        assert browser.post("/catalogue/products/new/", form | {"op_key": key}).status_code == 302
    assert Product.objects.count() == 1


def test_mistakes_are_shown_at_their_field(bank, browser):
    form = PRODUCT | {"family": make_family().pk}
    wrong = {"gtin": "2001234567893", "unit_grams": "much", "date_kind": "USE_BY", "grace_days": "3"}
    response = browser.post("/catalogue/products/new/", form | wrong)
    assert response.status_code == 422
    assert {"gtin", "unit_grams", "grace_days"} == set(response.context["form"].errors)


def test_the_sheet_of_a_family_leads_to_a_new_product_of_it(bank, browser):
    family = make_family()
    url = f"/catalogue/products/new/?family={family.pk}"
    assert url in text(browser.get(f"/catalogue/families/{family.pk}/"))
    assert browser.get(url).context["form"]["family"].value() == str(family.pk)


def test_a_product_of_an_archived_family_can_still_be_changed(bank, browser):
    product = make_product()
    ProductFamily.objects.update(archived_at=product.created_at)
    form = PRODUCT | {"family": product.family_id, "gtin": ""}
    assert browser.post(f"/catalogue/products/{product.pk}/edit/", form).status_code == 302


@pytest.mark.parametrize("page", ["products/", "families/", "families/{family}/"])
def test_thirty_lines_take_as_many_statements_as_three(bank, browser, page):
    family = make_family()
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_product(family)
            make_product()
        counts.append(statements_of(lambda: browser.get("/catalogue/" + page.format(family=family.pk))))
    assert counts[0] == counts[1]
