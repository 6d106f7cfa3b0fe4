"""The pages of the partners, and who may open them."""

import datetime as dt
from typing import Any

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.partners.models import Partner
from tests.making.partners import make_hygiene_visit, make_partner
from tests.people import visitor
from tests.statements import statements_of

STAFF = (Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER)
KEEPERS = {Role.MANAGER, Role.ORDERS}
PAGES = [
    ("/partners/", set(STAFF)),
    ("/partners/own/", set()),
    ("/partners/new/", KEEPERS),
    ("/partners/{partner}/", set(STAFF)),
    ("/partners/{partner}/edit/", KEEPERS),
    ("/partners/{partner}/archive/", KEEPERS),
    ("/partners/{partner}/agreements/new/", KEEPERS),
    ("/partners/{partner}/visits/new/", KEEPERS),
]
NEW: dict[str, Any] = {
    "name": "Helping hands",
    "partner_type": "EPICERIE_SOCIALE",
    "city": "Dijon",
    "department": "21",
    "person_count": "120",
    "household_count": "50",
    "order_rhythm": "WEEKLY",
    "accreditation_kind": "REGIONAL",
}


@pytest.fixture
def browser(bank, sign_in):
    return sign_in(bank, Role.MANAGER)


def names(response: Any) -> set[str]:
    return {row["record"].name for row in response.context["rows"]}


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("role", [*STAFF, Role.DRIVER])
def test_each_role_opens_its_pages_and_no_other(bank, sign_in, role):
    partner, browser = make_partner(), sign_in(bank, role)
    answers = {url: browser.get(url.format(partner=partner.pk)).status_code for url, _roles in PAGES}
    assert answers == {url: 200 if role in roles else 403 for url, roles in PAGES}


def test_a_partners_person_is_led_to_their_file_and_sees_no_other(bank, sign_in):
    own, other = make_partner(notes="Late payer"), make_partner()
    browser = sign_in(bank, Role.PARTNER, partner_id=own.pk)
    page = browser.get("/partners/own/", follow=True)
    assert page.context["record"] == own
    assert page.context["history"] is None
    assert "Late payer" not in text(page)
    assert browser.get(f"/partners/{other.pk}/").status_code == 403
    assert browser.get("/partners/").status_code == 403
    assert browser.get(f"/partners/{own.pk}/edit/").status_code == 403


def test_visitors_and_other_banks_see_nothing(bank, twin_b, sign_in):
    url = f"/partners/{make_partner().pk}/"
    assert visitor(bank).get(url).status_code == 302
    assert sign_in(twin_b, Role.MANAGER).get(url).status_code == 404


def test_the_list_is_searched_and_filtered(bank, browser):
    make_partner(name="Helping hands", city="Nevers")
    make_partner(name="Shelter", partner_type="CHRS", agreement=False)
    assert names(browser.get("/partners/", {"q": "hand nev"})) == {"Helping hands"}
    assert names(browser.get("/partners/", {"partner_type": "CHRS"})) == {"Shelter"}
    assert names(browser.get("/partners/", {"agreement": "yes"})) == {"Helping hands"}
    assert names(browser.get("/partners/", {"agreement": "no"})) == {"Shelter"}


def test_a_file_is_opened_changed_and_put_away_on_screen(bank, browser):
    browser.post("/partners/new/", NEW)
    partner = Partner.objects.get()
    browser.post(f"/partners/{partner.pk}/edit/", NEW | {"accreditation_kind": "NONE"})
    page = text(browser.get(f"/partners/{partner.pk}/"))
    assert "It receives gifts, but no public food." in page
    assert "<del>Regional</del>" in page
    browser.post(f"/partners/{partner.pk}/archive/", {"reason": "No longer needed."})
    assert names(browser.get("/partners/")) == set()


@pytest.mark.parametrize(
    ("days", "words"), [(10, "may receive public food until"), (-10, "No public food since")]
)
def test_the_sheet_says_what_the_accreditation_allows(bank, browser, days, words):
    partner = make_partner(accreditation_until=clock.today() + dt.timedelta(days=days))
    assert words in text(browser.get(f"/partners/{partner.pk}/"))


def test_an_agreement_is_recorded_on_screen(bank, browser):
    partner = make_partner(agreement=False)
    assert "None in force" in text(browser.get(f"/partners/{partner.pk}/"))
    form = {"starts_on": "2020-01-01", "ends_on": "2099-12-31", "signed_by": "President"}
    response = browser.post(f"/partners/{partner.pk}/agreements/new/", form, follow=True)
    assert "President" in text(response)
    assert "None in force" not in text(response)


def test_an_overlap_is_shown_at_the_first_day(bank, browser):
    partner = make_partner()
    form = {"starts_on": "2020-01-01", "ends_on": "2099-12-31"}
    response = browser.post(f"/partners/{partner.pk}/agreements/new/", form)
    assert set(response.context["form"].errors) == {"starts_on"}


def test_a_visit_is_recorded_on_screen_with_its_mistakes(bank, browser):
    partner = make_partner()
    url = f"/partners/{partner.pk}/visits/new/"
    form = {"visited_on": "2026-01-05", "visitor": "Referent", "score": "140"}
    assert set(browser.post(url, form).context["form"].errors) == {"score"}
    response = browser.post(url, form | {"score": "92"}, follow=True)
    assert "92" in text(response)


@pytest.mark.parametrize("page", ["list", "sheet"])
def test_thirty_lines_take_as_many_statements_as_three(bank, browser, page):
    partner = make_partner()
    url = "/partners/" if page == "list" else f"/partners/{partner.pk}/"
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_partner()
            make_hygiene_visit(partner)
        counts.append(statements_of(lambda: browser.get(url)))
    assert counts[0] == counts[1]
