"""Migrations planted after the real ones of a stage, for tests of what happens when they are replayed."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner
from tenants.isolation.blueprint import blueprint
from tenants.isolation.owning import owning

Plant = Callable[..., str]

TEXT = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import deletion

{prelude}

class Migration(migrations.Migration):
    dependencies = [({app!r}, {before!r})]
    atomic = {atomic}
    replaces = {replaces}
    operations = [
{operations}
    ]
"""

SIX_FIELDS = [
    f'migrations.AddField("donor", "note_{number}", models.CharField(max_length=40, default=""))'
    for number in range(6)
]


@pytest.fixture
def redrawn() -> Iterator[Callable[[], None]]:
    """Let a test have the blueprint written down again, planted migrations included."""
    was_redrawn = []

    def redraw() -> None:
        blueprint.cache_clear()
        was_redrawn.append(True)

    yield redraw
    if was_redrawn:
        blueprint.cache_clear()


@pytest.fixture
def plant(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Plant migrations after those of a stage: each argument holds the operations of one.

    ``squashes`` makes one migration of all, which replaces as many planted before. Returns the module that
    stands in for the stage's migrations.
    """
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {}

    def planted(
        app: str, *migrations: str, prelude: str = "", atomic: bool = True, squashes: bool = False
    ) -> str:
        module = settings.MIGRATION_MODULES.get(app) or _new_package(tmp_path, app)
        settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, app: module}
        parts = [(app, f"9{number:03}_planted") for number in range(len(migrations))] if squashes else []
        for operations in [",\n".join(migrations)] if squashes else migrations:
            _write(tmp_path / module, app, operations, prelude, atomic=atomic, parts=parts)
        return module

    return planted


def _new_package(folder: Path, app: str) -> str:
    module = f"planted_{app}_{uuid4().hex[:8]}"
    (folder / module).mkdir()
    text = f"from apps.{app} import migrations\n__path__ = [*__path__, *migrations.__path__]\n"
    (folder / module / "__init__.py").write_text(text)
    return module


def _write(
    package: Path, app: str, operations: str, prelude: str, *, atomic: bool, parts: list[tuple[str, str]]
) -> None:
    sys.path_importer_cache.clear()
    number = len(list(package.glob("9*.py")))
    first = number == 0 or parts
    before = _last_real(app) if first else f"9{number - 1:03}_planted"
    body = indent(dedent(operations).strip() + ",", " " * 8)
    values = {"app": app, "before": before, "atomic": atomic, "replaces": parts, "operations": body}
    text = TEXT.format(**values, prelude=dedent(prelude))
    (package / f"9{number:03}_planted.py").write_text(text)


def _last_real(app: str) -> str:
    names = (name for label, name in MigrationLoader(None).disk_migrations if label == app)
    return max(name for name in names if not name.endswith("_planted"))


def asked(query: str | sql.Composable, *arguments: Any, schema: str = "public") -> list[tuple[Any, ...]]:
    """Return the rows that the owner gets in a schema."""
    with in_owner(Purpose.TEST), owning(schema) as connection, connection.cursor() as cursor:
        cursor.execute(query, list(arguments) or None)
        return cursor.fetchall() if cursor.description else []


def columns_of(schema: str, table: str) -> set[str]:
    """Return the names of a table's columns."""
    query = "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
    return {name for (name,) in asked(query, schema, table)}


def planted_in(schema: str) -> list[str]:
    """Return the planted migrations that a schema's history holds, in order."""
    return [
        name
        for (name,) in asked(
            "SELECT name FROM django_migrations WHERE name LIKE '9%' ORDER BY id", schema=schema
        )
    ]


def another_connection():
    """Return one more connection of the owner, for somebody who works at the same time."""
    return connections.create_connection(OWNER_DATABASE)
