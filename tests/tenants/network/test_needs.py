"""What a bank lacks: told to donors and sister banks as it chose, and nothing else of it."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.sites.states import LocationPurpose
from apps.stock.models import MinimumLevel
from apps.stock.selectors import levels_below, levels_now
from apps.stock.services import level_archive, level_create
from apps.stock.today import queues
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import SharedNeed
from tenants.network.needs import needs_for_donors, needs_of_others
from tenants.network.tasks import tell_needs
from tests.making.catalogue import make_family, make_product
from tests.making.sites import make_location
from tests.making.stock import KEEPER, make_lot, reserved_item
from tests.people import actor_as
from tests.statements import statements_of


def want(**fields):
    return level_create(KEEPER, op_key=uuid4(), **{"minimum_grams": 10_000, **fields})


@pytest.fixture
def lentils(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        return make_product(make_family(name="Légumes secs"), name="Lentilles")


def test_what_may_leave_counts_and_what_is_kept_back_does_not(twin_a, lentils):
    with in_tenant(twin_a, Purpose.TEST):
        shelf = make_location()
        lot = make_lot(4_000, lentils, location=shelf)
        reserved_item(lot, shelf, 1_000)
        make_lot(5_000, lentils, location=make_location(purpose=LocationPurpose.QUARANTINE))
        make_lot(2_000, lentils, status="blocked")
        make_lot(1_500, family=lentils.family)
        levels = [
            want(product=lentils),
            want(family=lentils.family),
            want(product=lentils, site=shelf.site, minimum_grams=4_000),
        ]
        now = levels_now(levels)
        assert [each.held_grams for each in now] == [4_000, 5_500, 4_000]
        assert [each.wanted_grams for each in now] == [6_000, 4_500, 0]
        assert [each.level for each in levels_below()] == levels[:2]
        assert ("minimums not reached", 2) in [(q.label, q.count) for q in queues(actor_as(Role.STOCK))]


def test_a_bank_without_minimum_levels_does_not_sum_its_stock(twin_a):
    with in_tenant(twin_a, Purpose.TEST):
        assert statements_of(levels_below) == 1


def test_only_what_the_bank_shares_is_told_and_only_as_it_chose(twin_a, twin_b, lentils):
    with in_tenant(twin_a, Purpose.TEST):
        secret, quiet = make_product(name="Secret"), make_product(name="Discret")
        want(product=secret)
        want(product=quiet, share="donors")
        level = want(product=lentils, share="all", tells_weight=True)
        assert tell_needs() == 2
    with in_platform(Purpose.TEST):
        told = {need.label: need.wanted_grams for need in needs_for_donors()}
    assert told == {"Lentilles": 10_000, "Discret": None}
    with in_tenant(twin_b, Purpose.TEST):
        assert [need.label for need in needs_of_others()] == ["Lentilles"]
        assert not SharedNeed.objects.filter(label="Discret").exists()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            SharedNeed.objects.update(wanted_grams=1)
    with in_tenant(twin_a, Purpose.TEST):
        level_archive(KEEPER, level=level, reason="Enough")
        tell_needs()
    with in_tenant(twin_b, Purpose.TEST):
        assert not needs_of_others().exists()


def test_a_need_that_is_met_is_no_longer_told(twin_a, lentils):
    with in_tenant(twin_a, Purpose.TEST):
        want(product=lentils, share="all")
        assert tell_needs() == 1
        make_lot(10_000, lentils)
        assert tell_needs() == 0
    with in_platform(Purpose.TEST):
        assert needs_for_donors() == []


def test_what_is_lacking_is_told_even_where_telling_arrivals_fails(twin_a, lentils, monkeypatch):
    def fail() -> int:
        raise ValueError("arrivals")

    monkeypatch.setattr("tenants.network.tasks.arrivals_tell", fail)
    with in_tenant(twin_a, Purpose.TEST):
        want(product=lentils, share="donors")
        with pytest.raises(ValueError, match="arrivals"):
            tell_needs()
    with in_platform(Purpose.TEST):
        assert [need.label for need in needs_for_donors()] == ["Lentilles"]


def test_donors_read_what_is_lacking_where_they_give(client, twin_a, lentils):
    with in_tenant(twin_a, Purpose.TEST):
        want(product=lentils, share="donors", tells_weight=True)
        tell_needs()
    for page in ("/banks/", "/give/"):
        shown = client.get(page, headers={"host": "localhost"}).content.decode()
        assert "Lentilles" in shown
        assert "10\u00a0kg" in shown


def test_a_sister_bank_reads_it_on_its_own_page_and_a_volunteer_sets_no_level(
    twin_a, twin_b, lentils, sign_in
):
    with in_tenant(twin_a, Purpose.TEST):
        want(product=lentils, share="banks")
        tell_needs()
        with pytest.raises(Forbidden):
            level_create(actor_as(Role.VOLUNTEER), op_key=uuid4(), product=lentils, minimum_grams=1)
    assert "Lentilles" in sign_in(twin_b, Role.STOCK).get(reverse("network_need_list")).content.decode()


def test_a_level_is_set_once_of_one_kind_of_goods_from_its_page_and_shown_in_the_catalogue(
    twin_a, lentils, sign_in
):
    browser = sign_in(twin_a, Role.STOCK)
    sent = {"product": lentils.pk, "minimum_grams": "12,5", "share": "nobody"}
    browser.post(reverse("stock_level_create"), sent)
    twice = browser.post(reverse("stock_level_create"), sent)
    both = browser.post(reverse("stock_level_create"), sent | {"family": lentils.family_id})
    assert (twice.status_code, both.status_code) == (422, 422)
    with in_tenant(twin_a, Purpose.TEST):
        level = MinimumLevel.objects.get()
    browser.post(reverse("stock_level_edit", args=[level.pk]), sent | {"minimum_grams": "20"})
    assert "20\u00a0kg missing" in browser.get(reverse("stock_level_list")).content.decode()
    sheet = browser.get(reverse("catalogue_product_detail", args=[lentils.pk])).content.decode()
    assert "20\u00a0kg missing" in sheet
