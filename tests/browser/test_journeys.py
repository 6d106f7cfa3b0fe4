"""The work of a day through a real browser, on the window that each person has at hand.

Each story makes what it needs in the lived-in network and leaves it there; none relies on another.
"""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from apps.delivery.models import DeliveryNote
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import offer_accept
from apps.orders.models import Order
from apps.orders.states import OrderStatus
from apps.partners.models import Partner
from apps.rounds.models import Stop
from apps.rounds.states import StopStatus
from apps.stock.models import Lot
from tests.browser.morning import (
    a_picked_order,
    a_stop_at,
    an_offer_from,
    an_order_to_pick,
    dry_store,
    goods_at_the_dock_from,
    in_bank,
    rice_in_stock,
)
from tests.browser.network import Network
from tests.browser.steps import fetched, follow, fr, go, goods, main, open_row, press, row
from tests.making.offers import TESTER
from tests.making.orders import make_line, place
from tests.making.papers import PDF, PNG
from tests.making.partners import make_agreement, make_hygiene_visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No script fails and no file is missing in the whole story."""
    yield
    assert network.close_all() == []


def test_a_shop_gives_food_on_its_telephone_and_follows_the_answer(network):
    page = network.visit(size="phone")
    page.goto("/")
    follow(page, fr("Give food"))
    page.locator("[name=goods-0-family][value=EPICERIE_SUCREE]").check()
    page.locator("[name=goods-0-grams]").fill("25,5")
    page.locator("[name=goods-0-expires_on]").fill(str(clock.today() + dt.timedelta(days=60)))
    about = {
        "name": "Épicerie de la Mairie",
        "contact_name": "Lucie Martin",
        "phone": "03 80 00 00 00",
        "email": "epicerie@example.org",
        "address": "2 place de la Mairie",
        "city": "Dijon",
    }
    for name, value in about.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=department]").select_option("21")
    press(page, "Offer this food")

    expect(page).to_have_url(re.compile(r"/offers/[\w-]+/$"))
    expect(main(page)).to_contain_text("Banque alimentaire de Bourgogne")
    with in_bank():
        offer_accept(TESTER, offer=Offer.objects.get(donor__name="Épicerie de la Mairie"))
    page.reload()
    expect(main(page).locator("strong")).to_contain_text("25,5")


def test_the_office_takes_part_of_an_offer_and_its_stop_waits_to_be_planned(network):
    with in_bank():
        offer = an_offer_from("Conserverie des Ducs", kg=100)
    page = network.enter(Role.MANAGER)
    page.goto("/offers/?q=Conserverie")
    open_row(page, offer.number)
    follow(page, fr("Accept in part"))
    page.locator("input[name^=line]").fill("60")
    press(page, "Accept these weights")

    expect(page.locator(".message").filter(has_text=offer.number)).to_be_visible()
    page.goto("/rounds/")
    waiting = page.get_by_role("region", name=fr("Stops to plan"))
    expect(waiting).to_contain_text("Conserverie des Ducs")
    expect(waiting).to_contain_text(re.compile(r"60\s*kg"))


def test_a_driver_records_a_stop_on_the_telephone(network):
    with in_bank():
        stop = a_stop_at("Fromagerie du Coin", kg=40)
    page = network.enter(Role.DRIVER, size="phone")
    page.goto(f"/rounds/drive/{stop.round_id}/")
    follow(page, "Fromagerie du Coin", exact=False)
    page.locator("[name$=collected_grams]").fill("38,5")
    page.locator("[name$=temperature_c]").fill("3,5")
    press(page, "Confirm, next stop")

    expect(page.locator(".message")).to_contain_text("Fromagerie du Coin")
    expect(page.get_by_role("button", name=fr("Close the round")).locator("visible=true")).to_have_count(1)
    with in_bank():
        done = Stop.objects.get(pk=stop.pk)
        assert (done.status, done.lines.get().collected_grams) == (StopStatus.COLLECTED, 38_500)


def test_the_dock_checks_what_came_in_and_its_lot_stands_in_the_cold_room(network):
    with in_bank():
        goods_at_the_dock_from("Laiterie des Prés", kg=40)
    page = network.enter(Role.VOLUNTEER, size="phone")
    page.goto("/receiving/?q=Laiterie")
    open_row(page, "Laiterie des Prés")
    follow(page, fr("Weigh and check"))
    page.locator("[name$=accepted_grams]").fill("39")
    page.locator("[name$=temperature_c]").fill("4")
    page.locator("[name$=location]").select_option(label="F1 Chambre froide")
    press(page, "Put in stock")

    expect(row(page, "Yaourts nature")).to_contain_text("LOT-")
    with in_bank():
        lot = Lot.objects.get(donor_label="Laiterie des Prés")
    follow(page, lot.number)
    expect(row(page, "F1 Chambre froide")).to_contain_text(re.compile(r"39\s*kg"))


def test_a_charity_orders_with_its_thumb_sees_what_is_missing_and_cancels(network):
    with in_bank():
        rice = rice_in_stock("Riz de Camargue", kg=5)
    page = network.enter(Role.PARTNER, size="phone")
    page.goto("/orders/basket/")
    for _press in range(3):
        goods(page, "Riz de Camargue").get_by_role("button", name=fr("One more")).click()
    expect(page.locator(".cart")).to_contain_text(re.compile(r"3\s*kg"))
    press(page, "See the order")
    with in_bank():
        somebody_else_takes(rice, kg=4)
    go(page, page.locator("button[value=place]"))

    expect(page.locator(".notice[data-tone=warn]")).to_contain_text(re.compile(r"1\s*kg.*3\s*kg"))
    follow(page, fr("Cancel the order"))
    page.locator("[name=reason]").fill("Nous n’en avons plus besoin")
    press(page, "Cancel the order")
    expect(page.locator(".page-title .chip")).to_have_text(fr("Cancelled"))
    with in_bank():
        assert order_of(rice, wanted=3_000).status == OrderStatus.CANCELLED


def test_a_charity_orders_and_cancels_without_any_script(network):
    with in_bank():
        rice = rice_in_stock("Riz complet", kg=5)
    page = network.enter(Role.PARTNER, size="phone", java_script_enabled=False)
    page.goto("/orders/basket/")
    expect(goods(page, "Riz complet").get_by_role("button")).to_have_count(0)
    goods(page, "Riz complet").get_by_role("spinbutton").fill("4")
    press(page, "See the order")
    go(page, page.locator("button[value=change]"))
    goods(page, "Riz complet").get_by_role("spinbutton").fill("3")
    press(page, "See the order")
    expect(goods(page, "Riz complet")).to_contain_text(re.compile(r"3\s*kg"))
    go(page, page.locator("button[value=place]"))

    expect(page.locator(".notice[data-tone=ok]")).to_be_visible()
    follow(page, fr("Cancel the order"))
    page.locator("[name=reason]").fill("Camion en panne")
    press(page, "Cancel the order")
    expect(page.locator(".page-title .chip")).to_have_text(fr("Cancelled"))
    with in_bank():
        assert order_of(rice, wanted=3_000).status == OrderStatus.CANCELLED


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_two_clicks_on_confirm_make_one_order(network, scripts):
    name = f"Riz basmati {scripts}"
    with in_bank():
        rice = rice_in_stock(name, kg=5)
    page = network.enter(Role.PARTNER, java_script_enabled=scripts)
    page.goto("/orders/basket/")
    goods(page, name).get_by_role("spinbutton").fill("2")
    press(page, "See the order")
    page.locator("button[value=place]").dblclick()

    expect(page).to_have_url(re.compile(r"/placed/$"))
    with in_bank():
        assert order_of(rice, wanted=2_000).status == OrderStatus.CONFIRMED


def test_a_volunteer_weighs_an_order_that_the_keeper_hands_over_with_its_note(network):
    with in_bank():
        picking = an_order_to_pick("Riz rouge", kg=12)
        number = picking.order.number
    volunteer = network.enter(Role.VOLUNTEER, size="phone")
    volunteer.goto(f"/delivery/picking/?q={number}")
    open_row(volunteer, number)
    goods(volunteer, "Riz rouge").get_by_role("textbox").fill("11,5")
    press(volunteer, "Save the weights")
    expect(volunteer.locator(".message")).to_contain_text(number)

    keeper = network.enter(Role.STOCK)
    keeper.goto(f"/delivery/picking/{picking.pk}/")
    follow(keeper, fr("Hand over"))
    keeper.locator("[name=received_by]").fill("Amina Diallo")
    press(keeper, "Hand over and write the note")
    expect(keeper.locator(".signatures")).to_contain_text("Amina Diallo")
    expect(row(keeper, "Riz rouge")).to_contain_text(re.compile(r"11,5\s*kg"))


def test_a_delivery_note_prints_on_one_sheet_without_the_menus(network):
    with in_bank():
        picking = a_picked_order("Riz gluant", kg=8)
    page = network.enter(Role.STOCK)
    page.goto(f"/delivery/picking/{picking.pk}/handover/")
    page.locator("[name=received_by]").fill("Paul Renard")
    press(page, "Hand over and write the note")
    expect(page.locator(".signatures")).to_be_visible()
    paper = page.get_by_role("link", name=fr("Print or keep (PDF)")).filter(visible=True).first
    assert fetched(page, paper).startswith(b"%PDF")

    page.emulate_media(media="print")
    expect(page.locator(".topbar")).to_be_hidden()
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    with in_bank():
        assert DeliveryNote.objects.get(picking_list=picking).received_by == "Paul Renard"


def test_the_office_keeps_a_signed_agreement_and_a_photograph_in_a_charity_s_file(network, tmp_path):
    with in_bank():
        partner = make_agreement().partner
        make_hygiene_visit(partner)
    page = network.enter(Role.MANAGER)
    for kind, name, content in ((0, "convention.pdf", PDF), (1, "chambre-froide.png", PNG)):
        (tmp_path / name).write_bytes(content)
        page.goto(f"/partners/{partner.pk}/")
        follow(page, fr("Attach a paper"))
        page.locator("[name=subject]").select_option(index=kind + 1)
        page.locator("[name=file]").set_input_files(tmp_path / name)
        press(page, "Attach a paper")
        expect(row(page, name)).to_be_visible()
    assert fetched(page, row(page, "convention.pdf").get_by_role("link").first) == PDF

    row(page, "chambre-froide.png").get_by_role("link", name=re.compile(fr("Archive"))).click()
    asking = page.get_by_role("dialog")
    asking.locator("[name=reason]").fill("Photographie floue")
    go(page, asking.get_by_role("button", name=fr("Archive")))
    expect(row(page, "chambre-froide.png")).to_have_count(0)
    press(page, "Undo")
    expect(row(page, "chambre-froide.png")).to_be_visible()
    open_row(page, "chambre-froide.png")
    assert page.locator("img").evaluate("image => image.naturalWidth") == 8


def somebody_else_takes(product, *, kg: int) -> None:
    charity = Partner.objects.order_by("code").last()
    place(make_line(product, kg), partner=charity, site=dry_store().site, wanted_on=clock.today())


def order_of(product, *, wanted: int) -> Order:
    """Return the only order of so many grams of a product."""
    return Order.objects.get(lines__product=product, lines__wanted_grams=wanted)
