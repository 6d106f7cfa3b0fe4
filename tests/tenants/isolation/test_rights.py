"""Every right in the database is one that was reviewed: ``docs/rights.md`` says the same as the catalogue.

``RIGHTS=write`` writes the document anew; the difference is reviewed like code.
"""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_federation, in_owner, in_platform, in_tenant
from tenants.isolation import rights
from tenants.isolation.matrix import RIGHTS, rights_document
from tenants.registry.models import FoodBank

REVIEWED = Path(__file__).resolve().parents[3] / "docs" / "rights.md"
SECRETS = (
    "django_session",
    "accounts_user",
    "accounts_membership",
    "accounts_apitoken",
    "account_emailaddress",
    "accounts_opensession",
    "accounts_signinevent",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "socialaccount_socialtoken",
)


def test_the_rights_are_those_that_were_reviewed(twin_a: FoodBank):
    with in_owner(Purpose.TEST):
        found = rights_document(twin_a.schema_name)
    if os.environ.get("RIGHTS") == "write":
        REVIEWED.write_text(found, encoding="utf-8")
    assert found == REVIEWED.read_text(encoding="utf-8")


def test_every_shared_table_that_a_bank_reads_is_common_or_guarded_row_by_row():
    common = {
        "registry_foodbank",
        "registry_domain",
        "registry_territory",
        "federation_recallnotice",
        "network_sharedresource",
    }
    open_to_banks = {
        model._meta.db_table
        for model in rights.models_of(settings.SHARED_APPS)
        if getattr(model, "BANK_RIGHTS", "") and getattr(model, "BANK_ROWS", None) is None
    }
    assert {name for name in open_to_banks if not name.startswith("library_")} == common


@pytest.mark.parametrize("table", SECRETS)
def test_a_bank_s_role_reads_no_session_and_no_person(bank: FoodBank, table: str):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM public.{table}")


@pytest.mark.parametrize("table", SECRETS)
def test_the_federation_s_role_reads_no_session_and_no_person(federation: FoodBank, table: str):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with in_federation(federation, Purpose.TEST), refused, transaction.atomic():
        connection.cursor().execute(f"SELECT * FROM public.{table}")


def test_no_table_of_another_bank_is_within_reach_of_any_verb(twin_a: FoodBank, twin_b: FoodBank):
    others = (twin_a.schema_name, rights.BANKS, rights.PLATFORM, rights.FEDERATION, rights.APP)
    roles = [rights.role_name(name) for name in others]
    with in_platform(Purpose.TEST), connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, t.oid::regclass::text FROM pg_class t CROSS JOIN pg_roles r"
            " WHERE t.relnamespace = %s::regnamespace AND t.relkind = 'r' AND r.rolname = ANY(%s)"
            " AND has_table_privilege(r.oid, t.oid, %s)",
            [
                twin_b.schema_name,
                roles,
                ", ".join(RIGHTS),
            ],
        )
        granted = cursor.fetchall()
    assert granted == []


@pytest.mark.pitfall(12)
def test_reading_any_table_of_another_bank_is_refused(twin_a: FoodBank, twin_b: FoodBank):
    refused = pytest.raises(DatabaseError, match="permission denied for schema")
    with in_tenant(twin_a, Purpose.TEST):
        for model in rights.models_of(settings.TENANT_APPS):
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'SELECT 1 FROM "{twin_b.schema_name}"."{model._meta.db_table}" LIMIT 1')


def test_a_policy_that_is_in_place_is_not_made_again(twin_a: FoodBank):
    with in_owner(Purpose.TEST), connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_policy ORDER BY oid")
        before = cursor.fetchall()
        rights.grant_public_rights()
        cursor.execute("SELECT oid FROM pg_policy ORDER BY oid")
        assert cursor.fetchall() == before
