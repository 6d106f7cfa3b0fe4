"""Who may open which page of delivery, row by row."""

from uuid import uuid4

import pytest

from apps.delivery.abilities import abilities, rate_abilities
from apps.kernel.abilities import Role
from tests.making.delivery import make_note, make_picked, make_rate
from tests.making.partners import make_partner
from tests.people import actor_as, visitor

STAFF = {Role.MANAGER, Role.STOCK, Role.ROUNDS, Role.ORDERS, Role.ACCOUNTS, Role.VOLUNTEER}
KEEPERS = {Role.MANAGER, Role.ORDERS, Role.STOCK}
ACCOUNTS = {Role.MANAGER, Role.ACCOUNTS}
PAGES = [
    ("/delivery/picking/", STAFF),
    ("/delivery/picking/{picking}/", STAFF),
    ("/delivery/picking/{picking}/sheet/", STAFF),
    ("/delivery/picking/{picking}/handover/", KEEPERS),
    ("/delivery/notes/", STAFF),
    ("/delivery/notes/mine/", {Role.PARTNER}),
    ("/delivery/notes/{note}/", STAFF | {Role.PARTNER}),
    ("/delivery/rates/", ACCOUNTS),
    ("/delivery/rates/new/", ACCOUNTS),
    ("/delivery/rates/{rate}/", ACCOUNTS),
    ("/delivery/rates/{rate}/edit/", ACCOUNTS),
]


@pytest.fixture
def partner(bank):
    return make_partner()


@pytest.fixture
def papers(partner):
    note = make_note(partner=partner)
    return {"picking": make_picked(partner=partner).pk, "note": note.pk, "rate": make_rate().pk}


@pytest.mark.parametrize("role", [*sorted(STAFF), Role.PARTNER, Role.DRIVER])
def test_each_role_opens_its_pages_and_no_other(bank, papers, partner, sign_in, role):
    browser = sign_in(bank, role, partner_id=partner.pk if role == Role.PARTNER else None)
    opened = {url for url, _roles in PAGES if browser.get(url.format(**papers)).status_code == 200}
    assert opened == {url for url, roles in PAGES if role in roles}


@pytest.mark.parametrize("url", [url for url, _roles in PAGES])
def test_a_visitor_is_asked_to_sign_in(bank, papers, url):
    assert visitor(bank).get(url.format(**papers)).status_code == 302


@pytest.mark.parametrize("url", [url for url, _roles in PAGES if "{" in url])
def test_the_manager_of_another_bank_finds_nothing_there(papers, twin_b, sign_in, url):
    assert sign_in(twin_b, Role.MANAGER).get(url.format(**papers)).status_code == 404


def test_a_volunteer_weighs_but_does_not_hand_over(bank, papers, sign_in):
    browser = sign_in(bank, Role.VOLUNTEER)
    page = browser.get(f"/delivery/picking/{papers['picking']}/").content.decode()
    assert "/handover/" not in page
    assert browser.post(f"/delivery/picking/{papers['picking']}/handover/", {}).status_code == 403


def test_what_a_charity_may_do_with_its_own_note_and_with_anothers(partner):
    note = make_note(partner=partner)
    assert abilities(actor_as(Role.PARTNER, partner_id=partner.pk), note) == {"view_notes", "view_own_notes"}
    assert abilities(actor_as(Role.PARTNER, partner_id=uuid4()), note) == set()
    assert abilities(actor_as(Role.PARTNER, partner_id=partner.pk), note.picking_list) == set()


@pytest.mark.parametrize("role", Role)
def test_only_manager_and_accounts_set_rates(role):
    assert bool(rate_abilities(actor_as(role))) == (role in ACCOUNTS)
