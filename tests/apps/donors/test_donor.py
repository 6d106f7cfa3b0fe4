"""Opening, changing and putting away a donor's file."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from apps.donors.models import Donor
from apps.donors.selectors import active_donors, convention_in_force
from apps.donors.services import donor_archive, donor_create, donor_update
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from tests.making.donors import make_donor
from tests.people import actor_as

SHOP: dict[str, Any] = {
    "name": "Shop",
    "kind": "SUPERMARKET",
    "supply_source": "GMS_RAMASSE",
    "city": "Dijon",
    "department": "21",
}
DAY = dt.date(2026, 3, 2)
LATER = dt.date(2026, 9, 2)


def test_who_plans_rounds_opens_a_file_that_gets_the_next_code(bank):
    planner = actor_as(Role.ROUNDS)
    codes = [donor_create(planner, **SHOP).code[-5:] for _ in range(2)]
    assert codes == ["00001", "00002"]


def test_a_code_of_the_bank_is_kept(bank, manager):
    assert donor_create(manager, code="DON-001", **SHOP).code == "DON-001"


def test_the_same_form_sent_twice_opens_one_file_and_uses_one_number(bank, manager):
    key = uuid4()
    assert donor_create(manager, op_key=key, **SHOP) == donor_create(manager, op_key=key, **SHOP)
    assert donor_create(manager, **SHOP).code.endswith("00002")


def test_a_mistyped_siret_is_refused_at_its_field(bank, manager):
    with pytest.raises(ValidationError) as refusal:
        donor_create(manager, siret="73282932000075", **SHOP)
    assert list(refusal.value.error_dict) == ["siret"]


def test_two_files_do_not_share_a_siret_but_many_have_none(bank, manager):
    for _ in range(2):
        donor_create(manager, **SHOP)
    donor_create(manager, siret="73282932000074", **SHOP)
    with pytest.raises(ValidationError, match="has this SIRET"):
        donor_create(manager, siret="73282932000074", **SHOP)
    assert Donor.objects.count() == 3


def test_a_convention_ends_after_it_begins(bank, manager):
    with pytest.raises(ValidationError) as refusal:
        donor_create(manager, convention_from=LATER, convention_until=DAY, **SHOP)
    assert list(refusal.value.error_dict) == ["convention_until"]


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [(DAY, DAY, True), (DAY, None, True), (LATER, None, False), (None, LATER, False), (None, None, False)],
)
def test_a_convention_is_in_force_on_both_its_ends(bank, begins, ends, expected):
    donor = make_donor(convention_from=begins, convention_until=ends)
    assert donor.has_convention(DAY) is expected
    assert Donor.objects.filter(convention_in_force(DAY)).exists() is expected
    assert Donor.objects.exclude(convention_in_force(DAY)).exists() is not expected


def test_the_history_says_who_changed_what(bank, manager):
    donor = make_donor(phone="")
    donor_update(manager, donor=donor, phone="03 80 00 00 00")
    entry = history_of(donor).get()
    assert (entry.actor_label, entry.changes) == ("manager", {"phone": ["", "03 80 00 00 00"]})


def test_an_archived_donor_leaves_the_choices_and_comes_back(bank, manager):
    donor = donor_archive(manager, donor=make_donor(), reason="Closed for good")
    assert not active_donors().exists()
    assert history_of(donor).get().reason == "Closed for good"
    donor_archive(manager, donor=donor, archived=False)
    assert active_donors().get() == donor


@pytest.mark.parametrize("role", [Role.STOCK, Role.ORDERS, Role.VOLUNTEER, Role.DRIVER, Role.PARTNER])
def test_nobody_else_changes_a_file(bank, role):
    other, donor = actor_as(role), make_donor(name="Shop")
    acts: list[Callable[[], object]] = [
        lambda: donor_create(other, **SHOP),
        lambda: donor_update(other, donor=donor, name="Mine"),
        lambda: donor_archive(other, donor=donor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert Donor.objects.get().name == "Shop"
