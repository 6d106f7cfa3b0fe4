"""The history of a lived-in network: it is whole, it is right, and each change is told with it.

What is replayed from the first entry of a record to its last gives the present values of all its fields.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models
from psycopg import sql
from rich.progress import Progress

from apps.kernel import clock
from apps.kernel.changes import told_fields
from apps.kernel.models import AuditEntry
from apps.kernel.scope import OWNER_DATABASE
from collecto.demo.week import Week
from collecto.journal import ALONE, OTHERS, SHEETS
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind
from tests.living import DAYS, SEED, empty_network
from tests.watching import audited

pytestmark = pytest.mark.xdist_group("living")

TWO_SIDED = "network.transfer"
"""A document of which each bank's own history tells its own steps."""
UNTOLD_BETWEEN = (TWO_SIDED, "kernel.job")
"""Kinds whose values change without an act too: by the other bank's steps, by the progress of a job."""
Values = dict[tuple[str, str], dict[str, Any]]


def members() -> Iterator[FoodBank]:
    """Open each bank of the network in turn."""
    with in_platform(Purpose.TEST):
        banks = list(FoodBank.objects.exclude(kind=BankKind.FEDERATION).order_by("slug"))
    for bank in banks:
        with in_tenant(bank, Purpose.TEST):
            yield bank


def replayed() -> Values:
    """Return the values that the history of the open bank leads to, by record and field."""
    values: Values = defaultdict(dict)
    for entry in AuditEntry.objects.order_by("at", "id"):
        _replay(values, entry.record_kind, entry.record_id, entry.changes)
    return values


def _replay(values: Values, kind: str, pk: str, changes: Mapping[str, Any]) -> None:
    for name, change in changes.items():
        if isinstance(change, Mapping):
            for part_id, part in change.items():
                _replay(values, part_kind(kind, name), part_id, part["changes"])
        else:
            values[kind, pk][name] = change[1]


def part_kind(kind: str, relation: str) -> str:
    """Return the kind of the parts under the name of a relation."""
    try:
        field: Any = apps.get_model(kind)._meta.get_field(relation)
        return str(field.related_model._meta.label_lower)
    except FieldDoesNotExist:
        return relation


def said(field: Any, told: Any) -> Any:
    """Return a told value as the table holds it; nothing said is nothing there."""
    if told in (None, ""):
        return None
    if field.is_relation:
        return told["id"]
    match field:
        case models.DateTimeField():
            return dt.datetime.fromisoformat(told)
        case models.DecimalField():
            return Decimal(told)
        case models.DateField() | models.TimeField() | models.UUIDField():
            return str(told)
    return told


def present(field: Any, row: models.Model) -> Any:
    """Return the value that the table holds."""
    value = getattr(row, field.attname)
    if value in (None, ""):
        return None
    match field:
        case models.DateTimeField() | models.DecimalField():
            return value
        case models.DateField() | models.TimeField() | models.UUIDField() | models.ForeignKey():
            return str(value)
    return value


def is_parent(field: Any, kind: str) -> bool:
    """Tell whether a field says what a part is part of, which goes without saying."""
    return field.is_relation and kind in {"lines", "opening_slots", "agreements", "hygiene_visits", "groups"}


def differences(model: type[models.Model], values: Values) -> Iterator[str]:
    """Yield every field of every row that its history does not lead to."""
    kind = model._meta.label_lower
    for row in model._default_manager.all():
        told = values.get((kind, str(row.pk)), {})
        if not told:
            yield f"{kind} {row.pk}: no word of it"
            continue
        for field in told_fields(model):
            whole = field.is_relation and is_parent(field, str(field.remote_field.related_name))
            if not whole and said(field, told.get(field.name)) != present(field, row):
                yield f"{kind} {row}: {field.name} is {present(field, row)}, told {told.get(field.name)}"


def test_every_row_is_what_its_history_says(living_network):
    wrong = []
    for bank in members():
        values = replayed()
        for model in audited().values():
            wrong += [f"{bank.slug}: {line}" for line in differences(model, values)]
    assert wrong[:20] == []


def test_what_was_before_is_what_was_told_last(living_network):
    wrong: list[str] = []
    for _bank in members():
        last: dict[tuple[str, str, str], Any] = {}
        for entry in AuditEntry.objects.exclude(record_kind__in=UNTOLD_BETWEEN).order_by("at", "id"):
            pairs = {name: pair for name, pair in entry.changes.items() if isinstance(pair, list)}
            for name, (before, after) in pairs.items():
                known = last.get((entry.record_kind, entry.record_id, name), before)
                wrong += [] if known == before else [f"{entry}: {name} was {known}, told {before}"]
                last[entry.record_kind, entry.record_id, name] = after
    assert wrong[:20] == []


def test_no_history_holds_a_secret_or_a_word_of_code(living_network):
    for _bank in members():
        held = {name for changes in AuditEntry.objects.values_list("changes", flat=True) for name in changes}
        assert held.isdisjoint({"storage_name", "sha256", "digest", "op_key", "password", "secret"})


def test_the_journal_knows_every_kind_of_record(living_network):
    for _bank in members():
        kinds = set(AuditEntry.objects.order_by().values_list("record_kind", flat=True).distinct())
        assert kinds <= {*SHEETS, *ALONE, *OTHERS}


WATCH = """
CREATE TABLE public.watched (xid text, space text, kind text, id text, old jsonb, new jsonb);
CREATE FUNCTION public.watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.watched VALUES (
        pg_current_xact_id()::text, TG_TABLE_SCHEMA, TG_ARGV[0],
        CASE WHEN TG_OP = 'DELETE' THEN OLD.id::text ELSE NEW.id::text END,
        CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END,
        CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END
    );
    RETURN NULL;
END $$;
"""


def watch_every_row(space: str) -> None:
    """Have the database write down every row of a bank that is written, with its transaction."""
    kinds = {table: model._meta.label_lower for table, model in audited().items()}
    with connections[OWNER_DATABASE].cursor() as cursor:
        for table, kind in {**kinds, "kernel_auditentry": "kernel.auditentry"}.items():
            cursor.execute(
                sql.SQL(
                    "CREATE TRIGGER watched AFTER INSERT OR UPDATE OR DELETE ON {}"
                    " FOR EACH ROW EXECUTE FUNCTION public.watch({})"
                ).format(sql.Identifier(space, table), sql.Literal(kind))
            )


def written() -> Iterator[tuple[tuple[str, str], str, str, dict[str, Any], dict[str, Any]]]:
    """Yield what was written: transaction and bank, kind, id, the row before and after."""
    with connections[OWNER_DATABASE].cursor() as cursor:
        cursor.execute("SELECT xid, space, kind, id, old, new FROM public.watched")
        for xid, space, kind, pk, old, new in cursor.fetchall():
            yield (xid, space), kind, pk, json.loads(old), json.loads(new)


def mentioned(entry: Mapping[str, Any]) -> set[str]:
    """Return the records that an entry tells of: its own, and the parts it names."""
    parts = [change for change in entry["changes"].values() if isinstance(change, Mapping)]
    return {entry["record_id"], *(pk for part in parts for pk in part)}


@pytest.mark.slow
def test_every_row_is_told_in_the_transaction_that_writes_it(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), empty_network("watched"), Progress(disable=True) as progress:
        week = Week(seed=SEED, first=clock.today() - dt.timedelta(days=DAYS), progress=progress)
        week.open()
        with in_owner(Purpose.TEST):
            with connections[OWNER_DATABASE].cursor() as cursor:
                cursor.execute(WATCH)
            for files in week.files.values():
                watch_every_row(files.bank.schema_name)
        for number in range(DAYS):
            week.day(number)
        week.this_morning()
        with in_owner(Purpose.TEST):
            rows = list(written())
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for where, kind, _pk, _old, new in rows:
        if kind == "kernel.auditentry":
            told[where] |= mentioned(new)
    assert len(told) > 100
    assert [
        f"{kind} {pk}: {old} -> {new}"
        for where, kind, pk, old, new in rows
        if kind != "kernel.auditentry" and pk not in told[where] and has_changed(kind, old, new)
    ][:20] == []


def has_changed(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether a field that the history tells is another one now."""
    names = [field.column for field in told_fields(apps.get_model(kind))]
    return any(old.get(name) != new.get(name) for name in names)
