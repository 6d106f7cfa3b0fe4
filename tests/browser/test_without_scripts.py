"""Without any script the same work is done: an offer from its donor to its round, filters, a job."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.rounds.models import Stop
from apps.rounds.services import round_create
from apps.sites.models import Site
from tests.browser.lives import exporting
from tests.browser.morning import in_bank
from tests.browser.network import Network
from tests.browser.steps import follow, fr, go, main, open_row, press, row
from tests.making.offers import TESTER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("living")]

DONOR = "Biscuiterie sans Script"


@pytest.fixture(autouse=True)
def no_complaint(network: Network):
    """No file is missing in the whole story."""
    yield
    assert network.close_all() == []


def test_an_offer_is_declared_followed_answered_and_planned_without_any_script(network):
    donor = network.visit(size="phone", java_script_enabled=False)
    donor.goto("/give/")
    about = {
        "goods-0-grams": "30",
        "goods-0-expires_on": str(clock.today() + dt.timedelta(days=60)),
        "name": DONOR,
        "contact_name": "Lucie Martin",
        "phone": "03 80 00 00 00",
        "email": "biscuits@example.org",
        "address": "2 place de la Mairie",
        "city": "Dijon",
    }
    donor.locator("[name=goods-0-family][value=EPICERIE_SUCREE]").check()
    for name, value in about.items():
        donor.locator(f"[name={name}]").fill(value)
    donor.locator("[name=department]").select_option("21")
    press(donor, "Offer this food")
    expect(donor).to_have_url(re.compile(r"/offers/[\w-]+/$"))

    with in_bank():
        planned = round_create(TESTER, day=clock.today(), site=Site.objects.earliest("code"))
    office = network.enter(Role.MANAGER, java_script_enabled=False)
    office.goto("/offers/")
    office.locator("#q").fill("sans Script")
    go(office, office.locator(".filters").get_by_role("button", name=fr("Search")))
    expect(office).to_have_url(re.compile(r"q=sans\+Script"))
    go(office, row(office, DONOR).get_by_role("button", name=re.compile(fr("Accept all"))))
    open_row(office, DONOR)
    expect(main(office)).to_contain_text(fr("Accepted"))
    donor.reload()
    expect(main(donor).locator("strong").first).to_contain_text("30")

    with in_bank():
        stop = Stop.objects.get(offer__donor__name=DONOR)
    office.goto("/rounds/")
    office.locator("[name=round]").select_option(str(planned.pk))
    office.locator(f"[id='tick-{stop.pk}']").check()
    press(office, "Put in the round")
    with in_bank():
        assert Stop.objects.get(pk=stop.pk).round_id == planned.pk


def test_a_list_is_filtered_sorted_and_cleared_without_any_script(network):
    page = network.enter(Role.MANAGER, java_script_enabled=False)
    page.goto("/offers/")
    page.locator("[name=supply_source]").select_option(index=1)
    go(page, page.locator(".filters").get_by_role("button", name=fr("Search")))
    expect(page).to_have_url(re.compile(r"supply_source=\w+"))
    follow(page, fr("Donor"))
    expect(page).to_have_url(re.compile(r"sort=donor__name"))
    expect(page).to_have_url(re.compile(r"supply_source=\w+"))
    go(page, page.locator(".active-filters a"))
    expect(page).not_to_have_url(re.compile(r"supply_source=\w+"))


def test_a_job_says_how_far_it_is_without_any_script(network):
    bank = exporting("sansscript")
    page = network.operate(java_script_enabled=False)
    page.goto(f"/operator/banks/{bank.pk}/")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
