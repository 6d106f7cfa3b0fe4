"""The pages of the sites."""

from typing import Any

import pytest
from django.urls import reverse

from apps.kernel.abilities import Role
from apps.sites.models import Location, OpeningSlot, Site, Vehicle
from tests.making.sites import make_location, make_opening_slot, make_site, make_vehicle
from tests.statements import statements_of

NEW: dict[str, Any] = {
    "code": "DIJ",
    "name": "Dijon hall",
    "kind": "warehouse",
    "city": "Dijon",
    "department": "21",
}


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_is_searched_by_town_and_filtered_by_kind(bank, browser):
    make_site(name="Hall", city="Nevers")
    make_site(name="Shed", city="Auxerre", kind="depot")
    assert "Shed" not in text(browser.get("/sites/", {"q": "nev"}))
    assert "Hall" not in text(browser.get("/sites/", {"kind": "depot"}))


def test_the_list_counts_what_a_site_holds(bank, browser):
    site = make_site()
    for _ in range(2):
        make_location(site)
        make_vehicle(site)
    row = browser.get("/sites/").context["rows"][0]
    assert [cell.value for cell in row["cells"]][-2:] == ["2", "2"]


def test_a_site_is_opened_on_screen(bank, browser):
    response = browser.post("/sites/new/", NEW, follow=True)
    assert "Dijon hall" in text(response)
    assert Site.objects.get().code == "DIJ"


def test_a_double_click_opens_one_site(bank, browser):
    key = browser.get("/sites/new/").context["form"]["op_key"].value()
    for _ in range(2):
        assert browser.post("/sites/new/", NEW | {"op_key": key}).status_code == 302
    assert Site.objects.count() == 1


def test_mistakes_are_shown_at_their_field(bank, browser):
    response = browser.post("/sites/new/", NEW | {"postcode": "2100", "department": "20"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"postcode", "department"}


def test_a_site_is_changed_on_screen_with_its_history(bank, browser):
    site = make_site(name="Hall", kind="depot")
    browser.post(f"/sites/{site.pk}/edit/", NEW | {"code": site.code})
    page = text(browser.get(f"/sites/{site.pk}/"))
    assert "Dijon hall" in page
    assert "<del>Depot</del>" in page


def test_a_site_is_put_away_and_taken_out_again(bank, browser):
    site = make_site(name="Hall")
    browser.post(f"/sites/{site.pk}/archive/", {"reason": "No longer needed."})
    assert "Hall" not in text(browser.get("/sites/")).split('id="records"')[1]
    assert "Hall" in text(browser.get("/sites/?archived=1"))
    browser.post(f"/sites/{site.pk}/archive/?archived=0")
    assert not Site.objects.get().is_archived


def test_a_location_is_added_from_the_sheet_of_its_site(bank, browser):
    site = make_site()
    url = reverse("sites_location_create", args=[site.pk], urlconf="collecto.urls_tenant")
    assert url in text(browser.get(f"/sites/{site.pk}/"))
    form = {"code": "F1", "name": "Freezer", "zone": "FROZEN", "purpose": "storage", "capacity_grams": "2500"}
    response = browser.post(url, form)
    assert response.url == f"/sites/{site.pk}/"
    location = Location.objects.get()
    assert (location.site, location.capacity_grams) == (site, 2_500_000)


def test_a_location_taken_twice_is_explained(bank, browser):
    location = make_location()
    form = {"code": location.code, "name": "B", "zone": "FROZEN", "purpose": "storage", "capacity_grams": "0"}
    response = browser.post(f"/sites/{location.site_id}/locations/new/", form)
    assert response.status_code == 422
    assert "has a location with this code" in text(response)


def test_a_location_has_a_sheet_that_leads_back_to_its_site(bank, browser):
    location = make_location(name="Rack")
    browser.post(
        f"/sites/locations/{location.pk}/edit/",
        {"code": "Z9", "name": "Rack", "zone": "AMBIENT", "purpose": "storage", "capacity_grams": "0"},
    )
    browser.post(f"/sites/locations/{location.pk}/archive/", {"reason": "No longer needed."})
    page = text(browser.get(f"/sites/locations/{location.pk}/"))
    assert f'href="/sites/{location.site_id}/"' in page
    assert "Z9" in page
    assert "Archived" in page


def test_vehicles_are_kept_on_screen(bank, sign_in):
    planner = sign_in(bank, Role.ROUNDS)
    site = make_site()
    planner.post(f"/sites/{site.pk}/vehicles/new/", {"name": "Van", "capacity_grams": "600"})
    vehicle = Vehicle.objects.get()
    planner.post(f"/sites/vehicles/{vehicle.pk}/edit/", {"name": "Big van", "capacity_grams": "900"})
    assert "Big van" in text(planner.get(f"/sites/vehicles/{vehicle.pk}/"))
    planner.post(f"/sites/vehicles/{vehicle.pk}/archive/", {"reason": "No longer needed."})
    vehicle.refresh_from_db()
    assert vehicle.is_archived


def test_opening_slots_are_kept_on_screen(bank, browser):
    site = make_site()
    form = {"purpose": "receiving", "weekday": "2", "opens_at": "08:00", "closes_at": "12:00"}
    browser.post(f"/sites/{site.pk}/slots/new/", form)
    slot = OpeningSlot.objects.get()
    assert "Wednesday 08:00–12:00" in text(browser.get(f"/sites/{site.pk}/"))
    response = browser.post(f"/sites/slots/{slot.pk}/edit/", form | {"closes_at": "07:00"})
    assert set(response.context["form"].errors) == {"closes_at"}
    assert browser.post(f"/sites/slots/{slot.pk}/remove/").url == f"/sites/{site.pk}/"
    assert not OpeningSlot.objects.exists()


def test_an_overlap_is_shown_at_the_opening_hour(bank, browser):
    slot = make_opening_slot()
    form = {"purpose": "receiving", "weekday": "0", "opens_at": "09:00", "closes_at": "10:00"}
    response = browser.post(f"/sites/{slot.site_id}/slots/new/", form)
    assert set(response.context["form"].errors) == {"opens_at"}


@pytest.mark.parametrize("page", ["list", "sheet"])
def test_thirty_lines_take_as_many_statements_as_three(bank, browser, page):
    site = make_site()
    url = "/sites/" if page == "list" else f"/sites/{site.pk}/"
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_site()
            make_location(site)
            make_vehicle(site)
        counts.append(statements_of(lambda: browser.get(url)))
    assert counts[0] == counts[1]
