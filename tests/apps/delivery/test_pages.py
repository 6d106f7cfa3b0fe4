"""From the picking list to the delivery note, on screen, without JavaScript."""

import re
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.catalogue.states import TemperatureClass
from apps.delivery.models import ContributionRate, DeliveryNote, PickingList
from apps.delivery.selectors import pick_lines_of
from apps.delivery.states import PickingStatus
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from tests.making.catalogue import make_product
from tests.making.delivery import make_note, make_picked, make_picking, make_rate
from tests.making.orders import kg, make_line, make_order, place
from tests.making.partners import make_partner
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.statements import statements_of


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def weighing(picking: PickingList) -> str:
    return f"/delivery/picking/{picking.pk}/"


def fields(picking: PickingList, *typed: str) -> dict[str, str]:
    """Return what the weighing form sends, line after line."""
    names = [f"weight_{line.pk.hex}" for line in pick_lines_of(picking)]
    return dict(zip(names, typed, strict=True))


def three_lines(**partner: Any) -> PickingList:
    location, products = make_location(), [make_product(name=name) for name in ("Riz", "Sel", "Thé")]
    for product in products:
        make_lot(kg(10), product=product, location=location)
    lines = [make_line(product, 10) for product in products]
    return make_picking(place(*lines, site=location.site, partner=make_partner(**partner)))


def test_the_list_shows_what_to_pick(browser):
    picking = make_picking()
    assert picking.order.number in text(browser.get("/delivery/picking/"))
    assert picking.order.number not in text(
        browser.get("/delivery/picking/", {"status": PickingStatus.PICKED})
    )


def test_weights_typed_then_the_rest_as_reserved(browser):
    picking = three_lines()
    page = text(browser.post(weighing(picking), fields(picking, "9.5", "", ""), follow=True))
    assert "Lines left to weigh: 2." in page
    done = browser.post(weighing(picking), fields(picking, "9.5", "", "") | {"rest": "reserved"})
    assert done["Location"].endswith("/handover/")
    assert [line.picked_grams for line in pick_lines_of(picking)] == [kg(9.5), kg(10), kg(10)]


def test_a_wrong_weight_is_shown_at_its_line_and_the_others_are_kept(browser):
    picking = three_lines()
    response = browser.post(weighing(picking), fields(picking, "9.5", "dix", "11"))
    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [list(fields(picking, "", "", ""))[1]]
    assert [field.value()[0] for _line, field in form.rows()] == ["9.5", "dix", "11"]


def test_more_than_the_lot_holds_is_shown_at_its_line(browser):
    picking = three_lines()
    response = browser.post(weighing(picking), fields(picking, "10", "12", "10"))
    form = response.context["form"]
    assert list(form.errors) == [list(fields(picking, "", "", ""))[1]]
    assert "Sel" in text(response)


def test_the_sheet_follows_the_walk(browser):
    picking = three_lines()
    page = text(browser.get(f"{weighing(picking)}sheet/"))
    assert pick_lines_of(picking)[0].reservation.location.code in page
    assert page.index("Riz") < page.index("Sel") < page.index("Thé")


def test_handing_over_writes_the_note(browser):
    make_rate(10)
    picked = make_picked()
    url = f"{weighing(picked)}handover/"
    assert "Solidarity contribution: €1.00" in text(browser.get(url))
    page = text(browser.post(url, {"received_by": "Camille Petit"}, follow=True))
    note = DeliveryNote.objects.get()
    assert note.number in page
    assert "Camille Petit" in page
    assert "€1.00" in page


def test_a_double_click_hands_over_once(browser):
    url = f"{weighing(make_picked())}handover/"
    key = browser.get(url).context["form"]["op_key"].value()
    for _n in range(2):
        answer = browser.post(url, {"received_by": "Camille Petit", "op_key": key})
        assert answer.status_code == 302
    assert DeliveryNote.objects.count() == 1


def test_a_second_handover_says_that_it_is_done(browser):
    picked = make_picked()
    note = make_note(picked.order)
    response = browser.post(f"{weighing(picked)}handover/", {"received_by": "Camille Petit"})
    assert note.number in text(response)
    assert response.status_code == 422


def test_what_is_missing_is_asked_at_its_field(browser):
    picked = make_picked(lot={"product": make_product(temperature_class=TemperatureClass.FROZEN_M18)})
    url = f"{weighing(picked)}handover/"
    response = browser.post(url, {"received_by": ""})
    assert set(response.context["form"].errors) == {"received_by", "frozen_temperature_c"}
    browser.post(url, {"received_by": "Camille Petit", "frozen_temperature_c": "-18.5"})
    assert DeliveryNote.objects.get().frozen_temperature_c == Decimal("-18.5")


def test_handing_over_leads_back_to_the_weighing_or_on_to_the_note(browser):
    picking = make_picking()
    url = f"{weighing(picking)}handover/"
    assert browser.get(url)["Location"] == weighing(picking)
    note = make_note(picking.order)
    assert browser.get(url)["Location"] == f"/delivery/notes/{note.pk}/"


def test_the_note_has_one_section_per_kind_of_source_and_campaign(browser):
    location, lines = make_location(), []
    for source, campaign in (
        (SupplySource.FSE_PLUS, "ESF+ 2026"),
        (SupplySource.FSE_PLUS, "ESF+ 2025"),
        (SupplySource.INDUSTRY, ""),
        (SupplySource.CATERING, ""),
    ):
        product = make_product()
        make_lot(kg(5), product, location=location, supply_source=source, campaign=campaign)
        lines.append(make_line(product, 5, source))
    note = make_note(place(*lines, site=location.site))
    page = text(browser.get(f"/delivery/notes/{note.pk}/"))
    assert page.count('class="panel" aria-labelledby="section') == 3
    assert page.index("ESF+ 2025") < page.index("ESF+ 2026") < page.index("Gifts")


def test_the_contribution_is_never_called_a_price(browser):
    make_rate(10)
    note = make_note()
    for url in (f"/delivery/notes/{note.pk}/", "/delivery/notes/", "/delivery/rates/"):
        assert not re.search(r"\b(prices?|sales?|invoices?)\b", text(browser.get(url)), re.IGNORECASE)


def test_the_notes_are_filtered_and_exported(browser):
    first, second = make_note(partner=make_partner()), make_note(partner=make_partner())
    url = "/delivery/notes/"
    lines = browser.get(url, {"partner": first.partner_id, "format": "csv"}).content.decode().splitlines()
    assert len(lines) == 2
    assert first.number in lines[1]
    assert second.number in text(browser.get(url, {"since": f"{clock.today():%Y-%m-%d}"}))


def test_a_charity_reads_its_own_notes(bank, sign_in):
    own, other = make_note(partner=make_partner()), make_note(partner=make_partner())
    browser = sign_in(bank, Role.PARTNER, partner_id=own.partner_id)
    page = text(browser.get("/delivery/notes/mine/"))
    assert own.number in page
    assert other.number not in page
    assert own.received_by in text(browser.get(f"/delivery/notes/{own.pk}/"))
    assert browser.get(f"/delivery/notes/{other.pk}/").status_code == 404


def test_a_rate_is_set_and_put_right(browser):
    data = {"partner_type": "", "supply_source": "", "cents_per_kg": "8", "starts_on": "2026-01-01"}
    browser.post("/delivery/rates/new/", data)
    rate = ContributionRate.objects.get()
    assert "Every partner" in text(browser.get("/delivery/rates/"))
    browser.post(f"/delivery/rates/{rate.pk}/edit/", data | {"cents_per_kg": "9"})
    assert ContributionRate.objects.get().cents_per_kg == 9


def test_a_contribution_for_free_food_is_refused_at_its_field(browser):
    data = {"supply_source": "FSE_PLUS", "cents_per_kg": "8", "starts_on": "2026-01-01"}
    response = browser.post("/delivery/rates/new/", data)
    assert list(response.context["form"].errors) == ["cents_per_kg"]


def test_home_says_what_to_pick_and_what_is_ready(browser):
    make_order(wanted_on=clock.today())
    make_picked()
    page = text(browser.get("/"))
    assert "order to pick today" in page
    assert "order ready for handover" in page


PAGES = [
    "/delivery/picking/",
    "/delivery/picking/{picking}/",
    "/delivery/picking/{picking}/sheet/",
    "/delivery/picking/{picking}/handover/",
    "/delivery/notes/",
    "/delivery/notes/{note}/",
    "/",
]


@pytest.mark.parametrize("url", PAGES)
def test_the_pages_take_the_same_statements_however_much_there_is(browser, url):
    counts = []
    for lines in (1, 4):
        location = make_location()
        wanted = []
        for _n in range(lines):
            product = make_product()
            make_lot(kg(20), product=product, location=location)
            wanted.append(make_line(product, 5))
        picked = make_picked(place(*wanted, site=location.site))
        note = make_note(place(*wanted, site=location.site))
        ask = partial(browser.get, url.format(picking=picked.pk, note=note.pk))
        counts.append(statements_of(ask))
    assert counts[0] == counts[1]
