"""The names of roles: one per bank, whatever the installation is called."""

import pytest
from django.conf import settings

from tenants.isolation.rights import RoleNameTooLong, role_name


def test_a_name_that_postgresql_would_cut_is_refused(monkeypatch):
    monkeypatch.setattr(settings, "DATABASE_ROLE_PREFIX", "collecto_production_region_west_1")
    with pytest.raises(RoleNameTooLong, match="DATABASE_ROLE_PREFIX"):
        role_name("b_banque_alimentaire_de_la_haute_saone")


def test_a_name_that_fits_holds_the_installation_and_the_schema(monkeypatch):
    monkeypatch.setattr(settings, "DATABASE_ROLE_PREFIX", "collecto")
    assert role_name("b_haute_saone") == "collecto:b_haute_saone"
