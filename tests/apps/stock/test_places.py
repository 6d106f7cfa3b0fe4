"""Locations and pallets from the warehouse's seat: what lies where, two scans, setting aside, undoing."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.sites.states import LocationPurpose
from apps.stock.models import Lot, Pallet
from apps.stock.papers.places import place_pdf
from apps.stock.selectors import pallets_at
from apps.stock.services import NewPallets, labels_print
from tests.making.catalogue import make_family, make_product
from tests.making.pages import queries_of
from tests.making.sites import make_location
from tests.making.stock import KEEPER, held, make_inspection, make_lot


@pytest.fixture
def lot(shelf: Location) -> Lot:
    return make_lot(12_000, make_product(name="Lentilles"), location=shelf)


@pytest.fixture
def pallet(lot: Lot) -> Pallet:
    return labels_print(KEEPER, op_key=uuid4(), new=[NewPallets(lot=lot, count=1)])[0]


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.STOCK)


def test_a_location_shows_its_lots_in_both_units_and_its_pallets(browser, shelf, lot, pallet):
    shown = browser.get(reverse("stock_place_detail", args=[shelf.pk])).content.decode()
    for words in ("Lentilles", "24 × paquet · 2 cases", pallet.number, f"locations={shelf.pk}"):
        assert words in shown
    assert (
        reverse("stock_place_detail", args=[shelf.pk])
        in browser.get(reverse("sites_location_detail", args=[shelf.pk])).content.decode()
    )


@pytest.mark.parametrize("said", ["code", "address"])
def test_a_pallet_is_moved_by_scanning_its_label_and_that_of_the_location(browser, shelf, lot, pallet, said):
    other = make_location(shelf.site)
    code = other.code if said == "code" else f"https://x.org{reverse('stock_place_detail', args=[other.pk])}"
    page = reverse("stock_pallet_move", args=[pallet.pk])
    form = browser.get(page).context["form"]
    sent = {"code": code, "grams": form["grams"].value(), "location": shelf.pk, "op_key": uuid4()}
    assert browser.post(page, sent).status_code == 302
    pallet.refresh_from_db()
    assert (held(lot, shelf), held(lot, other), pallet.location) == ((0, 0), (12_000, 0), other)
    assert (list(pallets_at(other)), list(pallets_at(shelf))) == ([pallet], [])


def test_a_code_that_is_no_location_is_refused_at_its_field(browser, shelf, pallet):
    page = reverse("stock_pallet_move", args=[pallet.pk])
    for code in ("nowhere", ""):
        response = browser.post(page, {"code": code, "grams": "1", "location": shelf.pk})
        assert (response.status_code, [*response.context["form"].errors]) == (422, ["code"])


def test_the_label_of_a_location_leads_to_its_page(browser, shelf):
    assert browser.get(reverse("stock_place_label", args=[shelf.pk])).content.startswith(b"%PDF")
    assert place_pdf(shelf, base="https://x.org/") == place_pdf(shelf, base="https://x.org/")


def test_goods_are_set_aside_with_a_reason_and_nowhere_else(browser, shelf, lot):
    aside = make_location(shelf.site, purpose=LocationPurpose.QUARANTINE)
    page = reverse("stock_lot_quarantine", args=[lot.pk])
    sent = {"location": shelf.pk, "grams": "1", "grams_unit": "case", "op_key": uuid4()}
    assert browser.post(page, sent | {"to": aside.pk}).status_code == 422
    assert (
        browser.post(page, sent | {"to": make_location(shelf.site).pk, "comment": "Odd"}).status_code == 422
    )
    browser.post(page, sent | {"to": aside.pk, "comment": "Odd smell"})
    assert (held(lot, shelf), held(lot, aside)) == ((6_000, 0), (6_000, 0))


def test_a_loss_in_cases_says_why_and_is_undone_from_the_word_that_says_it_is_done(browser, shelf, lot):
    sent = {
        "location": shelf.pk, "grams": "1", "grams_unit": "case", "reason": "damaged",
        "destination": "compost", "comment": "Fell", "op_key": uuid4(),
    }  # fmt: skip
    done = browser.post(reverse("stock_lot_lose", args=[lot.pk]), sent, follow=True)
    made = lot.movements.get(kind="lose")
    assert (made.grams, made.reason, held(lot, shelf)) == (6_000, "Fell", (6_000, 0))
    undo = f"{reverse('stock_movement_reverse', args=[made.pk])}?undo=1"
    assert undo in done.content.decode()
    browser.post(undo)
    assert held(lot, shelf) == (12_000, 0)


def test_goods_that_passed_their_inspection_say_so_wherever_they_are_shown(browser, shelf):
    past = clock.today() - dt.timedelta(days=2)
    lot = make_lot(5_000, make_product(make_family(grace_days=20)), location=shelf, expires_on=past)
    [pallet] = labels_print(KEEPER, op_key=uuid4(), new=[NewPallets(lot=lot, count=1)])
    pages = [
        reverse("stock_place_detail", args=[shelf.pk]),
        reverse("stock_pallet_detail", args=[pallet.pk]),
        reverse("stock_lot_detail", args=[lot.pk]),
    ]
    states = ("Past best before, to inspect", "Past best before, inspected")
    for n, state in enumerate(states):
        for page in pages:
            shown = browser.get(page).content.decode()
            assert (state in shown, states[1 - n] in shown) == (True, False), page
        make_inspection(lot)


@pytest.mark.parametrize("grams", ["inf", "1e999999", "1e30", "9999999"])
def test_a_loss_that_cannot_be_is_refused_at_its_field(browser, shelf, lot, grams):
    sent = {"location": shelf.pk, "grams": grams, "grams_unit": "case", "reason": "damaged",
            "destination": "compost", "op_key": uuid4()}  # fmt: skip
    response = browser.post(reverse("stock_lot_lose", args=[lot.pk]), sent)
    assert (response.status_code, [*response.context["form"].errors]) == (422, ["grams"])


def test_the_page_of_a_location_asks_the_same_of_the_database_for_one_lot_and_for_many(browser, shelf):
    page, asked = reverse("stock_place_detail", args=[shelf.pk]), []
    for count in (1, 4):
        for _ in range(count):
            make_inspection(make_lot(1_000, make_product(), location=shelf))
        asked.append(queries_of(browser, page))
    assert asked[0] == asked[1]
