"""The names of roles: one per bank, whatever the installation is called."""

import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from apps.kernel.models import AuditEntry
from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner, in_tenant
from tenants.isolation.rights import RoleNameTooLong, app_login, grant_public_rights, role_name


def test_a_name_that_postgresql_would_cut_is_refused(monkeypatch):
    monkeypatch.setattr(settings, "DATABASE_ROLE_PREFIX", "collecto_production_region_west_1")
    with pytest.raises(RoleNameTooLong, match="DATABASE_ROLE_PREFIX"):
        role_name("b_banque_alimentaire_de_la_haute_saone")


def test_a_name_that_fits_holds_the_installation_and_the_schema(monkeypatch):
    monkeypatch.setattr(settings, "DATABASE_ROLE_PREFIX", "collecto")
    assert role_name("b_haute_saone") == "collecto:b_haute_saone"


@pytest.mark.django_db(transaction=True)
def test_a_bank_of_an_older_version_is_within_reach_after_migrating(fresh_bank):
    bank = fresh_bank()
    with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
        role, login = role_name(bank.schema_name), app_login()
        cursor.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(role), sql.Identifier(login)))
        grant_public_rights()
    with in_tenant(bank, Purpose.TEST):
        assert not AuditEntry.objects.filter(record_kind="x").exists()
