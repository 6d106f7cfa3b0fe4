"""Opening, changing and putting away a site."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from apps.sites.errors import SiteCodeFixed
from apps.sites.models import Site
from apps.sites.selectors import active_locations, active_sites, active_vehicles
from apps.sites.services import site_archive, site_create, site_update
from tests.making.sites import make_location, make_site, make_vehicle

DIJON: dict[str, Any] = {"code": "DIJ", "name": "Dijon", "city": "Dijon", "department": "21"}


def test_a_manager_opens_a_site(bank, manager):
    site = site_create(manager, **DIJON)
    assert Site.objects.get() == site


def test_the_same_form_sent_twice_opens_one_site(bank, manager):
    key = uuid4()
    first = site_create(manager, op_key=key, **DIJON)
    assert site_create(manager, op_key=key, **DIJON) == first
    assert Site.objects.count() == history_of(first).count() == 1


@pytest.mark.parametrize(("field", "value"), [("postcode", "9"), ("department", "20"), ("name", "")])
def test_a_wrong_field_is_named(bank, manager, field, value):
    with pytest.raises(ValidationError) as refusal:
        site_create(manager, **DIJON | {field: value})
    assert list(refusal.value.error_dict) == [field]
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("latitude", "longitude", "wrong"),
    [
        (None, 5.0, "latitude"),
        (47.3, None, "longitude"),
        (91.0, 5.0, "latitude"),
        (47.3, -181.0, "longitude"),
    ],
)
def test_a_place_is_whole_and_on_the_globe(bank, manager, latitude, longitude, wrong):
    with pytest.raises(ValidationError) as refusal:
        site_create(manager, **DIJON, latitude=latitude, longitude=longitude)
    assert list(refusal.value.error_dict) == [wrong]


def test_a_code_is_given_once(bank, manager):
    make_site(code="DIJ")
    with pytest.raises(ValidationError) as refusal:
        site_create(manager, **DIJON)
    assert list(refusal.value.error_dict) == ["code"]


def test_the_history_tells_what_changed(bank, manager):
    site = make_site(name="Old hall")
    site_update(manager, site=site, name="New hall", city=site.city)
    entry = history_of(site).get()
    assert (entry.actor_label, entry.changes) == ("manager", {"name": ["Old hall", "New hall"]})


def test_the_code_of_a_site_stays_since_figures_are_kept_under_it(bank, manager):
    site = make_site(code="DIJON")
    with pytest.raises(SiteCodeFixed):
        site_update(manager, site=site, code="BEAUNE")


def test_an_archived_site_takes_its_parts_out_of_the_choices(bank, manager):
    site = make_site()
    make_location(site)
    make_vehicle(site)
    site_archive(manager, site=site)
    assert not active_sites().exists()
    assert not active_locations().exists()
    assert not active_vehicles().exists()


def test_a_restored_site_is_in_use_again(bank, manager):
    site = site_archive(manager, site=make_site())
    site_archive(manager, site=site, archived=False)
    assert active_sites().get() == site


def test_a_volunteer_changes_nothing(bank, volunteer):
    site = make_site(name="Hall")
    acts: list[Callable[[], object]] = [
        lambda: site_create(volunteer, **DIJON),
        lambda: site_update(volunteer, site=site, name="Mine"),
        lambda: site_archive(volunteer, site=site),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert Site.objects.get().name == "Hall"


def test_one_bank_does_not_see_the_sites_of_another(bank, twin_b, sign_in):
    make_site(name="Only in A")
    page = sign_in(twin_b, Role.MANAGER).get("/sites/")
    assert "Only in A" not in page.content.decode()
