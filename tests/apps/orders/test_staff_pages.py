"""The order desk: the list, an order with its lots, ordering for a partner, cancelling."""

from typing import Any

import pytest

from apps.kernel.abilities import Role
from apps.orders.models import Order
from apps.orders.states import OrderStatus
from tests.making.catalogue import make_product
from tests.making.orders import kg, make_order, tomorrow
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.statements import statements_of


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.ORDERS)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def listed(response: Any) -> list[Order]:
    return [row["record"] for row in response.context["rows"]]


def test_the_list_is_searched_and_filtered_by_partner_and_state(browser):
    wanted = make_order(partner=make_partner(name="Le Relais"))
    make_order(partner=make_partner(name="Saint-Jean"))
    assert listed(browser.get("/orders/", {"q": "relais"})) == [wanted]
    assert listed(browser.get("/orders/", {"partner": wanted.partner_id})) == [wanted]
    assert listed(browser.get("/orders/", {"status": OrderStatus.DELIVERED})) == []


def test_the_export_is_what_is_shown(browser):
    make_order(10, in_stock=4, partner=make_partner(name="Le Relais"))
    make_order(partner=make_partner(name="Saint-Jean"))
    lines = browser.get("/orders/", {"q": "relais", "format": "csv"}).content.decode().splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("10;4")


def test_an_order_shows_its_lots(browser):
    order = make_order(10, in_stock=4)
    page = text(browser.get(f"/orders/{order.pk}/"))
    assert order.lines.get().reservations.get().lot.number in page
    assert "Short" in page
    assert "Created" in page


def test_ordering_for_a_partner(browser):
    partner, location, product = make_partner(), make_location(), make_product()
    make_lot(kg(20), product=product, location=location)
    assert partner.name in text(browser.get("/orders/new/"))
    url = f"/orders/new/?partner={partner.pk}"
    assert product.name in text(browser.get(url))
    data = {"site": location.site_id, "wanted_on": f"{tomorrow():%Y-%m-%d}", f"product_{product.pk.hex}": 4}
    assert "Confirm the order" in text(browser.post(url, data))
    page = text(browser.post(url, data | {"step": "place"}, follow=True))
    assert Order.objects.get(partner=partner).number in page


@pytest.mark.parametrize("partner", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_partner_that_is_none_is_refused_at_its_field(browser, partner):
    assert browser.get("/orders/new/", {"partner": partner}).status_code == 422


def test_a_cancelled_order_says_why_in_its_history(browser):
    order = make_order()
    browser.post(f"/orders/{order.pk}/cancel/", {"reason": "Van broken"})
    assert "Van broken" in text(browser.get(f"/orders/{order.pk}/"))


def test_cancelling_twice_is_harmless(browser):
    order = make_order()
    for _n in range(2):
        response = browser.post(f"/orders/{order.pk}/cancel/", {"reason": "Van broken"})
        assert response.status_code == 302


@pytest.mark.parametrize("url", ["/orders/", "/orders/{order}/", "/"])
def test_the_pages_take_the_same_statements_however_much_there_is(browser, url):
    url = url.format(order=make_order().pk)
    counts = []
    for _n in range(2):
        make_order()
        counts.append(statements_of(lambda: browser.get(url)))
    assert counts[0] == counts[1]
