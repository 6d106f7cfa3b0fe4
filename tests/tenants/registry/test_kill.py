"""A process killed in the middle of a bank's life leaves nothing half-made, and who comes next finishes.

Each test holds a lock that the killed process needs, so that it stands at a known statement.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import storages
from psycopg import sql

from tenants.crossing import Purpose, in_platform
from tenants.isolation.files import files_of
from tenants.isolation.rights import role_name
from tenants.registry.models import BankStep, ErasureProof, FoodBank
from tenants.registry.states import BankStatus, StepState
from tenants.registry.steps import steps_sweep
from tests.making.banks import asked, events_of, fill, moved, remove
from tests.workers import database_url, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = "SELECT pid FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
LIVES = "SELECT pid FROM pg_stat_activity WHERE pid = ANY (%s)"


def owner_url() -> str:
    """Return the address of the test database under the login that owns the tables."""
    database = settings.DATABASES["owner"]
    login = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


class Run:
    """``collecto bank …`` in a process of its own, on the test database."""

    def __init__(self, *arguments: str) -> None:
        storage: Any = storages["default"]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "collecto.settings.demo",
            "DATABASE_URL": database_url(),
            "DATABASE_OWNER_URL": owner_url(),
            "DATABASE_ROLE_PREFIX": settings.DATABASE_ROLE_PREFIX,
            "FILES_ROOT": str(storage.inner.location),
            "SECRET_KEY": "only-for-tests",
            "CELERY_BROKER_URL": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "collecto", "bank", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill(self, gate: "Gate") -> None:
        """Kill it as a power cut would, once it stands before the gate."""
        assert wait_until(lambda: gate.waiting() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()[0]
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def said(self) -> str:
        """Wait until it has ended well; returns what it said."""
        output, _errors = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, output
        return output


class Gate:
    """A transaction that holds what a process needs, and knows whose sessions wait for it."""

    def __init__(self, session: psycopg.Connection[Any]) -> None:
        self.session, self.pids = session, set[int]()

    def waiting(self) -> bool:
        self.pids |= {pid for (pid,) in asked(WAITS, self.session.info.backend_pid)}
        return bool(self.pids)


@contextmanager
def standing_before(statement: str | sql.Composed) -> Iterator[Gate]:
    """Hold what a statement takes until the end of the block; then the killed one's sessions end too."""
    with psycopg.connect(owner_url()) as session:
        session.execute(statement)
        gate = Gate(session)
        yield gate
        session.rollback()
    assert wait_until(lambda: not asked(LIVES, list(gate.pids)))


@pytest.fixture
def slug() -> Iterator[str]:
    """A sub-domain for one test; whatever was opened under it goes afterwards."""
    name = f"k-{uuid4().hex[:10]}"
    yield name
    remove(name)


def schema_of(slug: str) -> str:
    return "b_" + slug.replace("-", "_")


def opening(slug: str) -> Run:
    return Run("open", slug, "--name", slug)


def state_of(slug: str) -> str | None:
    with in_platform(Purpose.TEST):
        return FoodBank.objects.filter(slug=slug).values_list("status", flat=True).first()


@pytest.mark.slow
def test_killed_while_it_registers_a_bank_is_unknown(slug):
    with standing_before("LOCK TABLE registry_domain IN SHARE MODE") as gate:
        opening(slug).kill(gate)
    assert state_of(slug) is None
    assert "active" in opening(slug).said()


@pytest.mark.slow
def test_killed_while_it_builds_a_space_there_is_none(slug):
    schema = sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_of(slug)))
    with standing_before(schema) as gate:
        opening(slug).kill(gate)
    assert state_of(slug) == BankStatus.PROVISIONING
    assert asked("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_of(slug)) == []
    assert asked("SELECT 1 FROM pg_roles WHERE rolname = %s", role_name(schema_of(slug))) == []
    assert "active" in opening(slug).said()
    assert state_of(slug) == BankStatus.ACTIVE


@pytest.mark.slow
def test_killed_between_the_space_and_its_state_the_next_opening_finishes(slug):
    run = opening(slug)
    assert wait_until(lambda: state_of(slug))
    with standing_before("LOCK TABLE registry_bankevent IN SHARE MODE") as gate:
        run.kill(gate)
        assert asked("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_of(slug))
    assert state_of(slug) == BankStatus.PROVISIONING
    assert "active" in opening(slug).said()


@pytest.fixture
def archived(fresh_bank: Callable[..., FoodBank]) -> FoodBank:
    bank = fresh_bank()
    fill(bank)
    return moved(bank, BankStatus.SUSPENDED, BankStatus.ARCHIVED)


def erasing(bank: FoodBank) -> Run:
    return Run("erase", bank.slug, "--now", "--reason", "left", "--yes", bank.slug)


def is_whole(bank: FoodBank) -> bool:
    lots = sql.SQL("SELECT count(*) FROM {}.stock_lot").format(sql.Identifier(bank.schema_name))
    return state_of(bank.slug) == BankStatus.ARCHIVED and asked(lots.as_string(None)) == [(2,)]


def test_killed_before_the_schema_goes_a_bank_is_whole(archived):
    table = sql.SQL("LOCK TABLE {}.stock_lot IN ACCESS SHARE MODE").format(
        sql.Identifier(archived.schema_name)
    )
    with standing_before(table) as gate:
        erasing(archived).kill(gate)
    assert is_whole(archived)
    assert '"sha256"' in erasing(archived).said()


def test_killed_after_everything_went_it_comes_back_and_the_proof_tells_the_first_count(archived):
    with standing_before("LOCK TABLE registry_erasureproof IN SHARE MODE") as gate:
        erasing(archived).kill(gate)
    assert is_whole(archived)
    with in_platform(Purpose.TEST):
        assert list(files_of(archived.pk)) == []
        assert BankStep.objects.get(bank_id=archived.pk).state == StepState.RUNNING
    steps_sweep()
    with in_platform(Purpose.TEST):
        proof = ErasureProof.objects.get(pk=archived.pk)
    assert proof.removed["files"] == 1
    assert events_of(archived)[-1] == "erased"


@pytest.mark.slow
def test_killed_while_it_exports_there_is_no_file(fresh_bank, tmp_path: Path):
    bank = fresh_bank()
    fill(bank)
    target = tmp_path / "bank.zip"
    table = sql.SQL("LOCK TABLE {}.stock_lot").format(sql.Identifier(bank.schema_name))
    with standing_before(table) as gate:
        Run("export", bank.slug, str(target)).kill(gate)
    assert not target.exists()
    assert "rows" in Run("export", bank.slug, str(target)).said()
    assert target.exists()


def test_killed_while_it_restores_nothing_is_there(fresh_bank, tmp_path: Path):
    bank = fresh_bank()
    fill(bank)
    target = tmp_path / "bank.zip"
    Run("export", bank.slug, str(target)).said()
    with standing_before("LOCK TABLE accounts_membership IN SHARE MODE") as gate:
        Run("restore", str(target), "--as", "k-restored").kill(gate)
    assert state_of("k-restored") is None
    assert asked("SELECT 1 FROM pg_namespace WHERE nspname = 'b_k_restored'") == []
