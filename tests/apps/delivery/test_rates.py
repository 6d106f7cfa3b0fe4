"""Setting the solidarity contribution."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.delivery.errors import RateNotAllowed
from apps.delivery.models import ContributionRate
from apps.delivery.services import rate_create, rate_update
from apps.donors.states import SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.errors import Forbidden
from apps.kernel.history import history_of
from tests.making.delivery import KEEPER, make_note, make_rate
from tests.people import actor_as

pytestmark = pytest.mark.usefixtures("bank")


def fields(rate: ContributionRate, **changes: Any) -> dict[str, Any]:
    """Return a rate's fields as a form sends them."""
    names = ("partner_type", "supply_source", "cents_per_kg", "starts_on")
    return {name: getattr(rate, name) for name in names} | changes


def test_accounts_set_a_rate():
    rate = rate_create(
        actor_as(Role.ACCOUNTS), partner_type="", supply_source="", cents_per_kg=8, starts_on=clock.today()
    )
    assert history_of(rate).get().action == "created"


@pytest.mark.parametrize("source", [SupplySource.FSE_PLUS, SupplySource.AGRI_WITHDRAWAL])
def test_no_contribution_is_set_for_food_that_is_always_free(source):
    with pytest.raises(RateNotAllowed) as refused:
        make_rate(5, supply_source=source)
    assert refused.value.field == "cents_per_kg"
    assert make_rate(0, supply_source=source).cents_per_kg == 0


def test_two_rates_for_the_same_thing_and_day_are_refused():
    first = make_rate(5)
    with pytest.raises(ValidationError):
        make_rate(6, starts_on=first.starts_on)


def test_a_changed_rate_leaves_the_notes_already_written():
    rate = make_rate(10)
    note = make_note()
    rate_update(KEEPER, rate=rate, **fields(rate, cents_per_kg=20))
    note.refresh_from_db()
    assert (note.contribution_cents, make_note().contribution_cents) == (100, 200)
    assert history_of(rate)[0].changes == {"cents_per_kg": [10, 20]}


@pytest.mark.parametrize("role", [Role.ORDERS, Role.STOCK, Role.VOLUNTEER, Role.PARTNER])
def test_it_is_not_for_everybody(role):
    rate = make_rate()
    with pytest.raises(Forbidden):
        rate_update(actor_as(role), rate=rate, **fields(rate, cents_per_kg=0))
