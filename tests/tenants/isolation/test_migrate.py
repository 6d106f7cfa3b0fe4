"""Banks are brought to the present version by replaying what was written down once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.donors.models import Donor
from apps.kernel.scope import OWNER_DATABASE
from collecto.migrate import BankReport, Outcome, Wishes, migrate_banks, pending
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.isolation.history import blueprint_hash, standings
from tenants.isolation.owning import owning
from tenants.isolation.replay import Patience
from tenants.isolation.schemas import drop_schema
from tenants.registry.models import FoodBank
from tests.tenants.isolation.planting import SIX_FIELDS, another_connection, asked, columns_of, planted_in

pytestmark = pytest.mark.django_db(transaction=True)

HASTY = Patience(lock_seconds=0.1, attempts=2)
NO_A = 'migrations.AddConstraint("donor", models.CheckConstraint(name="no_a", condition=~models.Q(code="A")))'
NEW_FIELDS = {f"note_{number}" for number in range(6)}


@pytest.fixture
def banks(fresh_bank: Callable[..., FoodBank]) -> list[FoodBank]:
    """Three banks, the youngest last."""
    return [fresh_bank() for _ in range(3)]


def migrated(banks: list[FoodBank], **wishes) -> list[BankReport]:
    slugs = tuple(bank.slug for bank in banks)
    return list(migrate_banks(pending(slugs), Wishes(**{"patience": HASTY} | wishes)))


def outcomes(reports: list[BankReport]) -> dict[str, str]:
    return {report.bank: str(report.outcome) for report in reports}


def give_donors(bank: FoodBank, *codes: str) -> None:
    with in_tenant(bank, Purpose.TEST):
        for code in codes:
            Donor.objects.create(code=code, name=code, kind="shop", supply_source="donation", city="Dijon")


def test_six_pending_migrations_reach_every_bank_and_its_history(plant, banks):
    plant("donors", *SIX_FIELDS)
    reports = migrated(banks)
    assert outcomes(reports) == {bank.slug: "migrated" for bank in banks}
    for bank in banks:
        assert columns_of(bank.schema_name, "donors_donor") >= NEW_FIELDS
        assert planted_in(bank.schema_name) == [f"9{number:03}_planted" for number in range(6)]


def test_what_is_at_the_present_version_is_not_touched_again(plant, banks):
    plant("donors", *SIX_FIELDS)
    migrated(banks[:1])
    assert outcomes(migrated(banks)) == {bank.slug: "migrated" for bank in banks[1:]}
    assert pending([bank.slug for bank in banks]) == []


def test_banks_with_different_histories_are_brought_to_the_same_version(plant, banks):
    plant("donors", SIX_FIELDS[0])
    migrated(banks[:1])
    plant("donors", *SIX_FIELDS[1:])
    groups = pending([bank.slug for bank in banks])
    assert [(len(group.banks), len(group.steps)) for group in groups] == [(2, 6), (1, 5)]
    migrated(banks)
    assert all(columns_of(bank.schema_name, "donors_donor") >= NEW_FIELDS for bank in banks)


def test_where_all_banks_stand_is_asked_at_once(banks):
    with in_owner(Purpose.TEST), owning("public") as connection:
        connection.ensure_connection()
        with CaptureQueriesContext(connection) as asked_for:
            found = standings(connection, [bank.schema_name for bank in banks])
    assert {standing.schema for standing in found} == {bank.schema_name for bank in banks}
    assert len({standing.fingerprint for standing in found}) == 1
    assert len(asked_for) == 2


def test_a_bank_carries_the_hash_of_its_blueprint(plant, banks):
    plant("donors", *SIX_FIELDS)
    migrated(banks[:1])
    with in_owner(Purpose.TEST), owning("public") as connection:
        new, old = (standings(connection, [bank.schema_name])[0].blueprint for bank in banks[:2])
    assert new == blueprint_hash()
    assert old not in {new, ""}


def test_rights_that_changed_reach_a_bank_without_any_migration(banks, monkeypatch):
    monkeypatch.setattr(Donor, "DATABASE_RIGHTS", "SELECT", raising=False)
    (report, *_others) = migrated(banks)
    assert (report.outcome, report.steps) == (Outcome.MIGRATED, [])
    query = "SELECT has_table_privilege(%s, %s, 'INSERT')"
    with in_owner(Purpose.TEST):
        role = f"{role_prefix()}:{banks[0].schema_name}"
    assert asked(query, role, f"{banks[0].schema_name}.donors_donor") == [(False,)]


def role_prefix() -> str:
    from django.conf import settings

    return settings.DATABASE_ROLE_PREFIX


@pytest.mark.pitfall(22)
def test_a_bank_whose_rows_do_not_bear_the_change_is_named_and_the_others_go_on(plant, banks):
    give_donors(banks[0], "A")
    plant(
        "donors",
        SIX_FIELDS[0],
        NO_A,
    )
    reports = migrated(banks)
    failed = next(report for report in reports if report.bank == banks[0].slug)
    assert outcomes(reports) == {bank.slug: "migrated" for bank in banks[1:]} | {banks[0].slug: "failed"}
    assert (failed.error_class, "no_a" in failed.error) == ("CheckViolation", True)
    assert planted_in(banks[0].schema_name) == []
    assert "note_0" not in columns_of(banks[0].schema_name, "donors_donor")


@pytest.mark.pitfall(22)
def test_after_the_repair_only_the_bank_that_failed_is_left_to_migrate(plant, banks):
    give_donors(banks[0], "A")
    plant(
        "donors",
        NO_A,
    )
    migrated(banks)
    asked("UPDATE donors_donor SET code = 'B'", schema=banks[0].schema_name)
    assert outcomes(migrated(banks)) == {banks[0].slug: "migrated"}


def test_a_canary_that_fails_stops_everything(plant, banks):
    give_donors(banks[2], "A")
    plant("donors", SIX_FIELDS[0], NO_A)
    reports = migrated(banks)
    assert [(report.bank, report.is_canary) for report in reports] == [(banks[2].slug, True)]
    assert all("note_0" not in columns_of(bank.schema_name, "donors_donor") for bank in banks)


def test_the_canary_can_be_named(plant, banks):
    plant("donors", *SIX_FIELDS)
    reports = migrated(banks, canary_banks=(banks[1].slug,))
    assert [report.bank for report in reports if report.is_canary] == [banks[1].slug]
    assert reports[0].bank == banks[1].slug


@pytest.mark.pitfall(22)
def test_a_table_in_use_is_waited_for_and_tried_again(plant, banks):
    plant("donors", *SIX_FIELDS)
    groups = pending([banks[0].slug])
    with in_owner(Purpose.TEST), owning(banks[0].schema_name):
        worker = another_connection()
        worker.set_autocommit(False)
        with worker.cursor() as cursor:
            cursor.execute("LOCK TABLE donors_donor IN ACCESS SHARE MODE")
        threading.Timer(0.5, worker.connection.commit).start()
        (report,) = migrate_banks(groups, Wishes(patience=Patience(lock_seconds=0.05, attempts=8)))
        worker.close()
    assert report.outcome == Outcome.MIGRATED
    assert report.repeats >= 1


def test_a_table_that_stays_in_use_leaves_the_bank_as_it_was(plant, banks):
    plant("donors", *SIX_FIELDS)
    with in_owner(Purpose.TEST), owning(banks[0].schema_name):
        worker = another_connection()
        worker.set_autocommit(False)
        with worker.cursor() as cursor:
            cursor.execute("LOCK TABLE donors_donor IN ACCESS SHARE MODE")
        (report,) = migrated(banks[:1])
        worker.close()
    assert (report.outcome, report.error_class) == (Outcome.FAILED, "LockNotAvailable")
    assert planted_in(banks[0].schema_name) == []
    assert outcomes(migrated(banks[:1])) == {banks[0].slug: "migrated"}


FILL = """
def fill(apps, editor):
    donors = apps.get_model("donors", "Donor")
    for donor in donors.objects.using(editor.connection.alias).all():
        if donor.code == "BAD":
            raise ValueError("this donor cannot be filled in")
        donor.note_0 = f"was {donor.code}"
        donor.save()
"""


def plant_python(plant) -> None:
    plant("donors", SIX_FIELDS[0])
    plant("donors", "migrations.RunPython(fill, migrations.RunPython.noop)", prelude=FILL)
    plant("donors", 'migrations.RenameField("donor", "note_0", "remark")')


def test_python_runs_in_each_bank_at_its_place_in_the_order(plant, banks):
    for bank in banks:
        give_donors(bank, bank.slug[:10])
    plant_python(plant)
    assert set(outcomes(migrated(banks)).values()) == {"migrated"}
    for bank in banks:
        rows = asked("SELECT remark FROM donors_donor", schema=bank.schema_name)
        assert rows == [(f"was {bank.slug[:10]}",)]


def test_python_that_fails_in_a_bank_leaves_nothing_of_the_steps_before_it(plant, banks):
    give_donors(banks[0], "BAD")
    plant_python(plant)
    reports = {report.bank: report for report in migrated(banks)}
    assert reports[banks[0].slug].error_class == "ValueError"
    assert "note_0" not in columns_of(banks[0].schema_name, "donors_donor")
    assert reports[banks[1].slug].outcome == Outcome.MIGRATED


def test_a_constraint_that_has_to_be_looked_up_is_dropped_in_each_bank(plant, banks):
    plant("donors", 'migrations.AlterField("donor", "code", models.CharField(max_length=20))')
    assert set(outcomes(migrated(banks)).values()) == {"migrated"}
    for bank in banks:
        give_donors(bank, "SAME", "SAME")


INDEX = 'AddIndexConcurrently("donor", models.Index(fields=["phone"], name="donor_phone"))'


def test_an_index_built_beside_the_running_work_stands_outside_the_transaction(plant, banks):
    plant("donors", SIX_FIELDS[0])
    plant("donors", INDEX, atomic=False)
    plant("donors", SIX_FIELDS[1])
    assert set(outcomes(migrated(banks)).values()) == {"migrated"}
    for bank in banks:
        assert planted_in(bank.schema_name) == ["9000_planted", "9001_planted", "9002_planted"]


def test_an_index_whose_build_was_interrupted_is_built_again(plant, banks):
    bank = banks[0]
    plant("donors", INDEX, atomic=False)
    asked("CREATE INDEX donor_phone ON donors_donor (phone)", schema=bank.schema_name)
    asked(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
        f"{bank.schema_name}.donor_phone",
    )
    assert outcomes(migrated([bank])) == {bank.slug: "migrated"}
    query = "SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass"
    assert asked(query, f"{bank.schema_name}.donor_phone") == [(True,)]


def test_a_table_that_is_new_can_be_read_by_its_own_bank_alone(plant, banks):
    plant("donors", 'migrations.CreateModel("Gift", [("id", models.BigAutoField(primary_key=True))])')
    migrated(banks)
    table = f"{banks[0].schema_name}.donors_gift"
    rights = asked(
        "SELECT has_table_privilege(%s, %s, 'SELECT'), has_table_privilege(%s, %s, 'SELECT')",
        f"{role_prefix()}:{banks[0].schema_name}",
        table,
        f"{role_prefix()}:{banks[1].schema_name}",
        table,
    )
    assert rights == [(True, False)]


def test_a_squashed_migration_whose_parts_are_there_is_only_written_down(plant, banks):
    plant("donors", *SIX_FIELDS)
    migrated(banks)
    plant("donors", *SIX_FIELDS, squashes=True)
    (group,) = pending([bank.slug for bank in banks])
    assert group.steps == []
    migrated(banks)
    assert planted_in(banks[0].schema_name)[-1] == "9006_planted"
    assert pending([bank.slug for bank in banks]) == []


@pytest.mark.pitfall(22)
def test_a_bank_works_before_and_after_a_change_that_only_adds(plant, banks):
    """The running code does not know the new column: it works beside banks of both versions."""
    plant(
        "donors",
        'migrations.AddField("donor", "pronoun", models.CharField(max_length=9, db_default="", default=""))',
    )
    migrated(banks[:1])
    for bank in banks:
        give_donors(bank, "NEW")
        with in_tenant(bank, Purpose.TEST):
            assert Donor.objects.get(code="NEW").name == "NEW"
    assert "pronoun" in columns_of(banks[0].schema_name, "donors_donor")
    assert "pronoun" not in columns_of(banks[1].schema_name, "donors_donor")


def test_a_closed_bank_is_left_as_it_is(plant, banks):
    plant("donors", *SIX_FIELDS)
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=banks[0].pk).update(status="archived")
    assert banks[0].slug not in {bank for group in pending() for bank in group.banks}
    with pytest.raises(LookupError, match=banks[0].slug):
        pending([banks[0].slug])


def test_a_bank_erased_meanwhile_leaves_no_trace_in_the_shared_tables(plant, banks):
    plant("donors", 'migrations.CreateModel("Gift", [("id", models.BigAutoField(primary_key=True))])')
    groups = pending([banks[0].slug])
    drop_schema(banks[0].schema_name)
    assert outcomes(list(migrate_banks(groups))) == {banks[0].slug: "gone"}
    assert asked("SELECT to_regclass('public.donors_gift')") == [(None,)]
    assert planted_in("public") == []


def test_after_each_batch_the_server_gives_back_what_it_remembers_of_the_banks(plant, banks):
    plant("donors", *SIX_FIELDS)
    with in_owner(Purpose.TEST):
        connections[OWNER_DATABASE].ensure_connection()
    before = asked("SELECT pg_backend_pid()")
    migrated(banks, batch=1)
    assert asked("SELECT pg_backend_pid()") != before
