"""A bank that closes loses nothing: what was begun before is in its export."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from apps.stock.models import Lot
from tenants.crossing import Purpose, in_owner, in_tenant
from tenants.isolation.replay import Patience
from tenants.registry import exporting, progress
from tenants.registry.archiving import bank_archive
from tenants.registry.bundle import Manifest
from tenants.registry.exporting import bank_export
from tenants.registry.locks import BankBusy, bank_lock
from tenants.registry.models import BankStep, FoodBank
from tenants.registry.states import BankStatus, StepKind, StepState
from tenants.registry.steps import ATTEMPTS, step_ask, step_run
from tests.making.banks import fill, moved
from tests.making.stock import make_lot
from tests.spaces import OPERATOR
from tests.tenants.registry.test_kill import owner_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank)
    return bank


@pytest.fixture
def writer(bank: FoodBank) -> Iterator[psycopg.Connection[Any]]:
    """A session that has written a third lot and has not committed it yet."""
    copy = "INSERT INTO {0}.stock_lot ({1}) SELECT {2} FROM {0}.stock_lot LIMIT 1"
    columns = [str(field.column) for field in Lot._meta.concrete_fields]
    fresh: dict[str, sql.Composable] = {
        "id": sql.SQL("gen_random_uuid()"),
        "number": sql.Literal("L-late"),
        "code": sql.Literal("LATE"),
    }
    with psycopg.connect(owner_url()) as session:
        session.execute(
            sql.SQL(copy).format(
                sql.Identifier(bank.schema_name),
                sql.SQL(", ").join([sql.Identifier(name) for name in columns]),
                sql.SQL(", ").join([fresh.get(name, sql.Identifier(name)) for name in columns]),
            )
        )
        yield session
        session.rollback()


def lots_in(manifest: Manifest) -> int:
    return next(table.rows for table in manifest.tables if table.name == "stock_lot")


def committing(writer: psycopg.Connection[Any]) -> progress.Tell:
    """End the writer's work when the export has found it in its way once."""

    def tell(stage: str, done: int, _total: int) -> None:
        if stage == progress.SETTLING and done == 1:
            writer.commit()

    return tell


def test_what_was_being_written_when_a_bank_closed_is_in_its_export(bank, writer, tmp_path: Path):
    moved(bank, BankStatus.SUSPENDED)
    manifest = bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip", tell=committing(writer))
    assert lots_in(manifest) == 3


def test_what_was_being_written_when_a_bank_was_archived_is_kept(bank, writer, tmp_path: Path):
    before = bank_export(OPERATOR, bank=bank, target=tmp_path / "before.zip").rows
    facts = bank_archive(OPERATOR, bank=bank, reason="left", tell=committing(writer))
    lot_entry_and_word = 3
    assert facts["rows"] == before + lot_entry_and_word


def test_a_page_that_takes_a_closed_bank_for_open_still_ends_in_its_export(bank, settings, tmp_path: Path):
    settings.HOST_MEMORY_SECONDS = 2.0
    still_open = FoodBank(pk=bank.pk, schema_name=bank.schema_name, slug=bank.slug, status=BankStatus.ACTIVE)
    moved(bank, BankStatus.SUSPENDED)

    def written_meanwhile(seconds: float) -> None:
        assert 0 < seconds <= 2.0
        with in_tenant(still_open, Purpose.TEST):
            make_lot(1_000)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "sleep", written_meanwhile)
        manifest = bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip")
    assert lots_in(manifest) == 3


def test_a_bank_at_work_is_exported_as_it_stands_and_nobody_waits(bank, writer, tmp_path: Path):
    stages: list[str] = []
    manifest = bank_export(
        OPERATOR, bank=bank, target=tmp_path / "bank.zip", tell=lambda stage, *_numbers: stages.append(stage)
    )
    assert lots_in(manifest) == 2
    assert progress.SETTLING not in stages


def test_a_writer_that_does_not_end_leaves_no_export(bank, writer, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(exporting, "WRITERS", Patience(lock_seconds=0.05, attempts=2))
    moved(bank, BankStatus.SUSPENDED)
    with pytest.raises(BankBusy):
        bank_export(OPERATOR, bank=bank, target=tmp_path / "bank.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [StepKind.EXPORT, StepKind.ARCHIVE])
def test_a_step_that_waits_for_another_loses_no_try(bank, kind: StepKind):
    step = step_ask(OPERATOR, bank=bank, kind=kind, reason="left", hint=False)
    with in_owner(Purpose.TEST), bank_lock(bank.pk), ThreadPoolExecutor(1) as worker:
        for _sweep in range(ATTEMPTS + 1):
            waiting = worker.submit(_run_elsewhere, step).result()
    assert (waiting.state, waiting.attempts) == (StepState.WAITING, 0)
    assert step_run(step.pk).state == StepState.DONE


def test_an_erasure_that_waits_for_an_export_loses_no_try(bank):
    moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)
    step = step_ask(OPERATOR, bank=bank, kind=StepKind.ERASE, reason="left", params={"now": True}, hint=False)
    with in_owner(Purpose.TEST), bank_lock(bank.pk, shared=True), ThreadPoolExecutor(1) as worker:
        for _sweep in range(ATTEMPTS + 1):
            waiting = worker.submit(_run_elsewhere, step).result()
    assert (waiting.state, waiting.attempts) == (StepState.WAITING, 0)
    assert step_run(step.pk).state == StepState.DONE


def _run_elsewhere(step: BankStep) -> BankStep:
    """Run a step as another session of the owner would."""
    try:
        return step_run(step.pk)
    finally:
        for connection in connections.all():
            connection.close()
