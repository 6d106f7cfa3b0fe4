"""A charity orders on its phone, without JavaScript."""

import datetime as dt
from typing import Any

import pytest

from apps.catalogue.models import Product
from apps.catalogue.states import TemperatureClass
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.orders.models import Order
from apps.orders.states import OrderStatus
from apps.partners.states import AccreditationKind
from tests.making.catalogue import make_family, make_product
from tests.making.delivery import make_picked
from tests.making.orders import kg, make_line, make_order, place, tomorrow
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.statements import statements_of

NEW = "/orders/basket/"


@pytest.fixture
def partner(bank):
    return make_partner(name="Le Relais")


@pytest.fixture
def browser(bank, sign_in, partner):
    return sign_in(bank, Role.PARTNER, partner_id=partner.pk)


@pytest.fixture
def shelf(bank):
    return make_location()


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def stocked(shelf: Any, name: str, kilograms: float, **lot: Any) -> Product:
    product = make_product(name=name, unit_grams=1000, unit_label="sac", **lot.pop("product", {}))
    make_lot(kg(kilograms), product=product, location=shelf, **lot)
    return product


def sent(shelf: Any, units: dict[Product, Any], **more: Any) -> dict[str, Any]:
    """Return what the form sends."""
    chosen = {f"product_{product.pk.hex}": number for product, number in units.items()}
    return {"site": shelf.site_id, "wanted_on": f"{tomorrow():%Y-%m-%d}", **chosen, **more}


def test_the_page_shows_what_is_there_what_must_go_first_on_top(browser, shelf):
    stocked(shelf, "Riz", 120)
    stocked(shelf, "Yaourts", 40, expires_on=clock.today() + dt.timedelta(days=2))
    page = text(browser.get(NEW))
    assert page.index("Yaourts") < page.index("Riz")
    assert "120 kg free" in page


def test_from_the_shelf_to_the_confirmation(browser, shelf, partner):
    rice = stocked(shelf, "Riz", 120)
    review = text(browser.post(NEW, sent(shelf, {rice: 30})))
    assert "Confirm the order: 1 line, 30 kg" in review
    assert not Order.objects.exists()
    placed = text(browser.post(NEW, sent(shelf, {rice: 30}, step="place"), follow=True))
    order = Order.objects.get(partner=partner)
    assert order.number in placed
    assert "Everything you asked for is reserved" in placed


def test_the_check_carries_the_whole_order(browser, shelf):
    rice = stocked(shelf, "Riz", 120)
    review = browser.post(NEW, sent(shelf, {rice: 30}, comment="Back door"))
    hidden = {field.html_name: field.value() for field in review.context["form"].hidden()}
    again = browser.post(NEW, {**hidden, "op_key": review.context["op_key"], "step": "place"})
    assert again.status_code == 302
    assert Order.objects.get().comment == "Back door"


def test_less_than_wanted_is_said_by_name_and_number(browser, shelf):
    carrots = stocked(shelf, "Carottes", 40)
    review = text(browser.post(NEW, sent(shelf, {carrots: 60})))
    assert "Only 40 kg left now" in review
    placed = text(browser.post(NEW, sent(shelf, {carrots: 60}, step="place"), follow=True))
    assert "Carottes: 40 kg out of 60 kg" in placed


def test_what_was_sold_out_meanwhile_is_not_lost_in_silence(browser, shelf):
    rice, gone = stocked(shelf, "Riz", 120), make_product(name="Lentilles")
    page = text(browser.post(NEW, sent(shelf, {rice: 1, gone: 5}, step="change")))
    assert "No longer in stock" in page
    placed = text(browser.post(NEW, sent(shelf, {rice: 1, gone: 5}, step="place"), follow=True))
    assert "Lentilles: 0 kg out of 2.5 kg" in placed


def test_an_order_that_gets_nothing_comes_back_with_its_numbers(browser, shelf):
    gone = make_product(name="Lentilles")
    response = browser.post(NEW, sent(shelf, {gone: 5}, step="place"))
    assert response.status_code == 422
    assert "Nothing was ordered" in text(response)
    assert f'name="product_{gone.pk.hex}" value="5"' in text(response)


def test_a_double_click_orders_once(browser, shelf):
    rice = stocked(shelf, "Riz", 120)
    key = browser.post(NEW, sent(shelf, {rice: 30})).context["op_key"]
    for _n in range(2):
        assert browser.post(NEW, sent(shelf, {rice: 30}, step="place", op_key=key)).status_code == 302
    assert Order.objects.count() == 1


def test_each_check_has_its_own_key(browser, shelf):
    rice = stocked(shelf, "Riz", 120)
    first, second = (browser.post(NEW, sent(shelf, {rice: 30})).context["op_key"] for _n in range(2))
    assert first != second


@pytest.mark.parametrize("typed", ["-3", "trois", "2.5"])
def test_a_wrong_number_is_shown_at_its_goods_and_the_others_are_kept(browser, shelf, typed):
    rice, pasta = stocked(shelf, "Riz", 120), stocked(shelf, "Pâtes", 50)
    response = browser.post(NEW, sent(shelf, {rice: typed, pasta: 7}, step="place"))
    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [f"product_{rice.pk.hex}"]
    assert form[f"product_{pasta.pk.hex}"].value() == "7"


def test_everything_that_is_wrong_is_said_at_once(browser, shelf):
    rice = stocked(shelf, "Riz", 120)
    response = browser.post(NEW, sent(shelf, {rice: "x"}) | {"wanted_on": "2020-01-01"})
    assert set(response.context["form"].errors) == {"wanted_on", f"product_{rice.pk.hex}"}


def test_a_day_in_the_past_is_shown_at_the_day(browser, shelf):
    rice = stocked(shelf, "Riz", 120)
    yesterday = f"{clock.today() - dt.timedelta(days=1):%Y-%m-%d}"
    response = browser.post(NEW, sent(shelf, {rice: 1}) | {"wanted_on": yesterday})
    assert list(response.context["form"].errors) == ["wanted_on"]


@pytest.mark.parametrize("day", ["", "demain", "2026-02-31"])
def test_a_day_that_is_none_is_shown_at_the_day(browser, shelf, day):
    rice = stocked(shelf, "Riz", 120)
    response = browser.post(NEW, sent(shelf, {rice: 1}) | {"wanted_on": day})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["wanted_on"])


def test_an_empty_basket_says_so(browser, shelf):
    stocked(shelf, "Riz", 120)
    assert "Choose at least one thing" in text(browser.post(NEW, sent(shelf, {})))


def test_an_agreement_that_has_ended_is_said_at_the_day(bank, sign_in, shelf):
    rice, late = stocked(shelf, "Riz", 120), make_partner(agreement=False)
    browser = sign_in(bank, Role.PARTNER, partner_id=late.pk)
    response = browser.post(NEW, sent(shelf, {rice: 1}, step="place"))
    assert "No agreement" in text(response)
    assert list(response.context["form"].errors) == ["wanted_on"]


def test_goods_that_need_a_freezer_are_refused_at_their_line(bank, sign_in, shelf):
    fish = stocked(shelf, "Poisson", 9, product={"temperature_class": TemperatureClass.FROZEN_M18})
    browser = sign_in(bank, Role.PARTNER, partner_id=make_partner(has_frozen=False).pk)
    assert "Poisson" not in text(browser.get(NEW))
    response = browser.post(NEW, sent(shelf, {fish: 1}, step="place"))
    assert list(response.context["form"].errors) == [f"product_{fish.pk.hex}"]


def test_european_food_is_not_shown_to_a_partner_without_accreditation(bank, sign_in, shelf):
    stocked(shelf, "Farine FSE", 9, supply_source=SupplySource.FSE_PLUS)
    partner = make_partner(accreditation_kind=AccreditationKind.NONE)
    assert "Farine FSE" not in text(sign_in(bank, Role.PARTNER, partner_id=partner.pk).get(NEW))


def test_mixed_lots_are_ordered_as_the_family_comes(browser, shelf):
    family = make_family(name="Légumes")
    make_lot(kg(30), family=family, location=shelf)
    page = text(browser.get(NEW))
    assert "Légumes, as it comes" in page
    data = sent(shelf, {}, step="place") | {f"family_{family.pk.hex}": 12}
    placed = text(browser.post(NEW, data, follow=True))
    assert "12 kg" in placed


def test_the_basket_is_counted_as_one_chooses(browser, shelf):
    rice = stocked(shelf, "Riz", 120)
    bar = browser.post(NEW, sent(shelf, {rice: 24}, step="cart"))
    assert "See the order: 1 line, 24 kg" in text(bar)
    assert "<html" not in text(bar)


def test_the_same_as_last_time_fills_the_page_with_what_is_still_there(browser, shelf, partner):
    rice, gone = stocked(shelf, "Riz", 120), stocked(shelf, "Lentilles", 4)
    order = place(make_line(rice, 30), make_line(gone, 4), site=shelf.site, partner=partner)
    response = browser.get(NEW, {"repeat": order.number})
    assert response.context["form"].basket_grams == kg(30)
    assert "Not in stock today: Lentilles." in text(response)


def test_the_order_of_another_charity_is_not_repeated(browser, shelf):
    order = make_order(lot={"location": shelf})
    assert browser.get(NEW, {"repeat": order.number}).context["form"].basket == []


def test_without_stock_the_page_says_what_to_do(browser, shelf):
    assert "Try another day or another site" in text(browser.get(NEW))


def test_without_any_site_the_page_opens(browser):
    assert browser.get(NEW).status_code == 200


def test_my_orders_are_mine_alone(browser, partner, shelf):
    own, other = make_order(partner=partner), make_order()
    page = text(browser.get("/orders/mine/"))
    assert own.number in page
    assert other.number not in page
    assert browser.get(f"/orders/mine/{other.pk}/").status_code == 404


def test_a_charity_cancels_its_order(browser, partner):
    order = make_order(partner=partner)
    url = f"/orders/mine/{order.pk}/cancel/"
    assert url in text(browser.get(f"/orders/mine/{order.pk}/"))
    assert browser.post(url, {"reason": " "}).status_code == 422
    page = text(browser.post(url, {"reason": "Van broken"}, follow=True))
    assert f"{order.number} is cancelled." in page
    assert Order.objects.get().status == OrderStatus.CANCELLED


def test_an_order_already_prepared_is_cancelled_by_telephone(browser, partner):
    order = make_picked(partner=partner).order
    url = f"/orders/mine/{order.pk}/cancel/"
    assert url not in text(browser.get(f"/orders/mine/{order.pk}/"))
    assert "Call the food bank" in text(browser.post(url, {"reason": "Van broken"}))


def test_home_says_what_is_ready_and_what_can_be_ordered(browser, partner):
    make_picked(partner=partner)
    make_lot(kg(5))
    page = text(browser.get("/"))
    assert "order ready to collect" in page
    assert "Order now" in page


@pytest.mark.parametrize("url", [NEW, "/orders/mine/", "/orders/mine/{order}/"])
def test_the_pages_take_the_same_statements_however_much_there_is(browser, shelf, partner, url):
    url = url.format(order=make_order(partner=partner, lot={"location": shelf}).pk)
    counts = []
    for name in ("Riz", "Pâtes"):
        for _n in range(2):
            place(make_line(stocked(shelf, name, 30), 5), site=shelf.site, partner=partner)
        counts.append(statements_of(lambda: browser.get(url)))
    assert counts[0] == counts[1]


def test_goods_are_ordered_in_cases_and_shown_in_every_unit(browser, shelf):
    product = stocked(shelf, "Huile", 120, product={"units_per_case": 6})
    key = f"product_{product.pk.hex}"
    checked = browser.post(NEW, sent(shelf, {product: 3}, **{f"{key}_unit": "case", "step": "review"}))
    assert "18 × sac · 3 cases" in text(checked)
    carried = {field.html_name: field.value() or "" for field in checked.context["form"].hidden()}
    browser.post(NEW, carried | {"step": "place", "op_key": str(checked.context["op_key"])})
    assert Order.objects.get().lines.get().wanted_grams == 18_000


@pytest.mark.parametrize("units", ["100000", "9" * 5_000], ids=["too many", "too long"])
def test_more_than_a_warehouse_holds_is_refused_at_its_field(browser, shelf, units):
    product = stocked(shelf, "Huile", 120, product={"units_per_case": 30_000})
    key = f"product_{product.pk.hex}"
    sheet = sent(shelf, {product: 1}, **{f"{key}_unit": "case", "step": "review"}) | {key: units}
    refused = browser.post(NEW, sheet)
    assert key in refused.context["form"].errors
