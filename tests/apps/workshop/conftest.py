"""A shelf of the twin bank."""

import pytest

from apps.sites.models import Location
from tenants.registry.models import FoodBank
from tests.making.sites import make_location


@pytest.fixture
def shelf(bank: FoodBank) -> Location:
    """A dry storage location."""
    return make_location()
