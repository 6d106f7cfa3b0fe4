"""A replayed schema is the schema that the migrations make, names of constraints and rights included."""

from collections.abc import Callable, Iterator

import pytest
from psycopg import sql

from collecto.migrate import migrate_schema
from tenants.crossing import Purpose, in_owner
from tenants.isolation import rights
from tenants.isolation.blueprint import blueprint
from tenants.isolation.history import ahead, blueprint_hash
from tenants.isolation.owning import owning
from tenants.isolation.replay import new_tables_readable, replay
from tenants.isolation.schemas import build_schema, drop_schema
from tenants.isolation.script import Script, written
from tests.tenants.isolation.catalogue import described, dumped
from tests.tenants.isolation.planting import SIX_FIELDS, asked

pytestmark = pytest.mark.django_db(transaction=True)

FILL = """
def fill(apps, editor):
    apps.get_model("donors", "Donor").objects.using(editor.connection.alias).update(note_0="x")
"""


@pytest.fixture
def schema() -> Iterator[Callable[[str], str]]:
    """Name schemas that are dropped at the end of the test."""
    names: list[str] = []

    def named(name: str) -> str:
        names.append(name)
        return name

    yield named
    for name in names:
        drop_schema(name)


def migrate_from_zero(schema: str) -> None:
    """Make a schema the slow way: Django runs every migration; then the bank's rights are told."""
    with in_owner(Purpose.TEST):
        rights.ensure_role(schema, member_of=[rights.BANKS])
    asked(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    asked(new_tables_readable(schema))
    with in_owner(Purpose.TEST):
        migrate_schema(schema)
        replay(schema, Script((), blueprint_hash()))


def replay_what_is_ahead(schema: str) -> None:
    with in_owner(Purpose.TEST):
        with owning(schema) as connection:
            script = written(connection, ahead(connection))
        replay(schema, script)


def assert_alike(one: str, other: str) -> None:
    first, second = described(one), described(other)
    for what, rows in first.items():
        assert second[what] == rows, what
    assert dumped(other) == dumped(one)


@pytest.mark.pitfall(21)
def test_replay_makes_what_the_migrations_make(schema):
    replayed, migrated = schema("b_replayed"), schema("b_migrated")
    build_schema(replayed)
    migrate_from_zero(migrated)
    assert_alike(replayed, migrated)


def plant_all_sorts(plant) -> None:
    """Plant migrations of every sort: text, looked up, Python, beside the running work, squashed."""
    plant("donors", *SIX_FIELDS)
    plant("donors", "migrations.RunPython(fill, migrations.RunPython.noop)", prelude=FILL)
    plant("donors", 'migrations.AlterField("donor", "notes", models.CharField(max_length=900))')
    plant(
        "donors",
        'migrations.CreateModel("Gift", [("id", models.BigAutoField(primary_key=True)),'
        ' ("donor", models.ForeignKey("donors.Donor", deletion.CASCADE))])',
        'migrations.AlterField("gift", "donor", models.ForeignKey("donors.Donor", deletion.CASCADE,'
        " null=True, db_constraint=False))",
        'migrations.AddConstraint("gift", models.CheckConstraint(name="g", condition=models.Q(id__gt=0)))',
    )
    plant("donors", 'AddIndexConcurrently("donor", models.Index(fields=["phone"], name="d"))', atomic=False)
    plant("donors", 'migrations.RunSQL([("COMMENT ON TABLE donors_donor IS %s", ["50 % & \'more\'"])])')


@pytest.mark.slow
@pytest.mark.pitfall(21)
def test_a_schema_of_an_older_version_brought_up_by_replay_is_a_new_one(plant, redrawn, schema):
    old, new, migrated = schema("b_older"), schema("b_newer"), schema("b_slower")
    build_schema(old)
    plant_all_sorts(plant)
    redrawn()
    build_schema(new)
    replay_what_is_ahead(old)
    migrate_from_zero(migrated)
    assert_alike(new, old)
    assert_alike(new, migrated)


def test_what_has_to_look_at_the_schema_is_written_down_once_for_new_banks(plant, redrawn):
    plant_all_sorts(plant)
    redrawn()
    assert [step.name for step in blueprint().steps if step.before] == ["donors.9006_planted"]
    assert asked("SELECT 1 FROM pg_namespace WHERE nspname = 'blueprint'") == []


def test_a_schema_that_cannot_be_built_whole_is_not_built_at_all(plant, redrawn, schema):
    plant("donors", *SIX_FIELDS, "migrations.RunSQL('SELECT 1 / 0')")
    redrawn()
    name = schema("b_half")
    with pytest.raises(Exception, match="division by zero"):
        build_schema(name)
    assert asked("SELECT 1 FROM pg_namespace WHERE nspname = %s", name) == []
    with in_owner(Purpose.TEST):
        assert asked("SELECT 1 FROM pg_roles WHERE rolname = %s", rights.role_name(name)) == []


def test_building_a_schema_that_stands_changes_nothing(schema):
    name = schema("b_twice")
    build_schema(name)
    before = described(name)
    build_schema(name)
    assert described(name) == before


def test_the_comparison_sees_a_constraint_that_lost_its_name(schema):
    one, other = schema("b_one"), schema("b_other")
    build_schema(one)
    build_schema(other)
    assert_alike(one, other)
    asked("ALTER INDEX b_other.donors_donor_pkey RENAME TO cloned")
    assert dumped(one) is None or dumped(one) != dumped(other)
    first, second = described(one), described(other)
    assert "constraints" in {what for what in first if first[what] != second[what]}
