"""A bank's row may name a shared row; none of those disappears, and a name that leads nowhere is found."""

import logging
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from apps.donors.models import Donor
from collecto.doctor import findings
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.isolation.references import orphans, shared_references
from tenants.network.tasks import check_references
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor


def plant(bank: FoodBank) -> Donor:
    with in_tenant(bank, Purpose.TEST):
        donor = make_donor()
        Donor.objects.filter(pk=donor.pk).update(account_id=uuid4())
        donor.refresh_from_db()
    return donor


def test_no_constraint_leaves_a_bank_s_schema(twin_a: FoodBank):
    with in_platform(Purpose.TEST), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = %s::regnamespace"
            " AND (SELECT relnamespace FROM pg_class WHERE oid = confrelid) <> connamespace",
            [twin_a.schema_name],
        )
        assert cursor.fetchall() == []


def test_every_reference_names_a_shared_model():
    shared = {config.name for config in apps.get_app_configs()} & set(settings.SHARED_APPS)
    assert {f.to: apps.get_model(f.to)._meta.app_config.name in shared for f in shared_references()} == {
        f.to: True for f in shared_references()
    }
    assert len(shared_references()) >= 5


@pytest.mark.pitfall(23)
def test_a_planted_orphan_is_found_and_named(twin_a: FoodBank, twin_b: FoodBank):
    donor = plant(twin_b)
    (found,) = orphans()
    assert (
        str(found) == f"Banque Twin B: donors.Donor.account_id names {donor.account_id}, which is not there"
    )


@pytest.mark.pitfall(23)
def test_the_nightly_look_tells_of_an_orphan_and_so_does_the_doctor(twin_a: FoodBank, caplog):
    plant(twin_a)
    with caplog.at_level(logging.ERROR):
        assert check_references() == 1
    assert "a reference leads nowhere: Banque Twin A" in caplog.text
    assert [f.sentence for f in findings() if f.subject == "references" and not f.is_fine]


@pytest.mark.pitfall(23)
@pytest.mark.parametrize("label", sorted({field.to for field in shared_references()}))
def test_a_shared_row_that_banks_may_name_is_never_deleted(db: None, label: str):
    table = apps.get_model(label)._meta.db_table
    refused = pytest.raises(DatabaseError, match="permission denied")
    with in_platform(Purpose.TEST), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM public.{table}")


def test_where_every_reference_leads_somewhere_nothing_is_said(twin_a: FoodBank):
    assert orphans() == []
