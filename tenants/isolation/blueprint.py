"""The blueprint of a bank's schema: every migration from zero, written down once per process."""

from functools import lru_cache
from typing import Final

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from tenants.crossing import Purpose, in_owner
from tenants.isolation.history import Ahead
from tenants.isolation.owning import owning
from tenants.isolation.script import Script, rehearsed, written

NOWHERE: Final = "blueprint"
"""A schema that nobody has: what is written down there names no bank."""


@lru_cache(maxsize=1)
def blueprint() -> Script:
    """Return what makes an empty bank's tables, constraints, triggers and functions.

    Names no schema: it is meant to run with ``search_path`` on the new one. Costs about a second, once
    per process (Django renders the models of every migration).
    """
    with in_owner(Purpose.PROVISIONING), owning(NOWHERE) as connection:
        executor = MigrationExecutor(connection)
        executor.loader = loader = MigrationLoader(None)
        plan = executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True)
        everything = Ahead(
            plan=tuple(migration for migration, _backwards in plan),
            state=ProjectState(real_apps=loader.unmigrated_apps),
        )
        return rehearsed(connection, written(connection, everything).joined(), NOWHERE)


@lru_cache(maxsize=1)
def history_table() -> str:
    """Return what makes the table in which Django remembers the migrations of a schema."""
    with in_owner(Purpose.PROVISIONING), owning(NOWHERE) as connection:
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            editor.create_model(MigrationRecorder.Migration)
        return "\n".join(editor.collected_sql)
