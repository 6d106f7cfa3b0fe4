"""``collecto migrate`` as an operator runs it: a process of its own, told to wait, killed, run again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections

from apps.kernel.scope import OWNER_DATABASE
from collecto.migrate import alone
from tenants.crossing import Purpose, in_owner
from tenants.registry.models import FoodBank
from tests.architecture.sources import ROOT
from tests.tenants.isolation.planting import SIX_FIELDS, asked, columns_of, planted_in

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60


class Command:
    """Runs ``collecto migrate`` on the test database, with the migrations that the test planted."""

    def __init__(self, folder: Path, settings) -> None:
        self.folder, self.settings = folder, settings
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        module = f"settings_{self.folder.name}".replace("-", "_")
        text = "from collecto.settings.test import *\n"
        text += f"MIGRATION_MODULES = {getattr(self.settings, 'MIGRATION_MODULES', {})!r}\n"
        text += f"for _alias in DATABASES:\n    DATABASES[_alias]['NAME'] = {_database()!r}\n"
        (self.folder / f"{module}.py").write_text(text)
        path = [str(self.folder), str(ROOT), str(ROOT / "platform")]
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": module,
            "DATABASE_ROLE_PREFIX": django_settings.DATABASE_ROLE_PREFIX,
            "PYTHONPATH": os.pathsep.join(path),
            "COLUMNS": "200",
        }
        command = [sys.executable, "-m", "collecto", "migrate", *arguments]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        output, _nothing = process.communicate(timeout=PATIENCE_S)
        return process.returncode, output


def _database() -> str:
    with in_owner(Purpose.TEST):
        return str(connections[OWNER_DATABASE].settings_dict["NAME"])


@pytest.fixture
def command(tmp_path, settings) -> Iterator[Command]:
    made = Command(tmp_path, settings)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def banks(fresh_bank: Callable[..., FoodBank]) -> list[FoodBank]:
    return [fresh_bank() for _ in range(2)]


def only(banks: list[FoodBank]) -> list[str]:
    return [argument for bank in banks for argument in ("--bank", bank.slug)]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_it_says_what_is_pending_runs_it_and_reports_each_bank(plant, banks, command, tmp_path):
    plant("donors", *SIX_FIELDS)
    code, output = command.run("--check", *only(banks))
    assert (code, "donors.9005_planted: replayed" in output) == (1, True)
    assert command.run("--plan", *only(banks))[0] == 0
    assert planted_in(banks[0].schema_name) == []
    report = tmp_path / "report.json"
    code, output = command.run(*only(banks), "--report", str(report))
    assert (code, "banks: 2 migrated" in output) == (0, True)
    told = {each["bank"]: each for each in json.loads(report.read_text())}
    assert set(told) == {bank.slug for bank in banks}
    first = told[banks[0].slug]
    assert (first["outcome"], first["steps"][-1], first["error"]) == ("migrated", "donors.9005_planted", "")
    assert {"origin", "seconds", "is_canary", "repeats"} <= set(first)
    code, output = command.run("--check", *only(banks))
    assert (code, "nothing is pending" in output) == (0, True)


def test_a_failing_canary_is_named_and_the_rest_is_left_alone(plant, banks, command):
    plant("donors", SIX_FIELDS[0], "migrations.RunSQL('SELECT 1 / 0')")
    code, output = command.run(*only(banks), "--canary-bank", banks[0].slug)
    assert code == 1
    assert f"canary {banks[0].slug}: DivisionByZero: division by zero" in output
    assert "1 banks were left untouched" in output
    assert all(planted_in(bank.schema_name) == [] for bank in banks)


def test_a_process_killed_in_the_middle_leaves_each_bank_whole_and_is_run_again(plant, banks, command):
    gate = f"{banks[0].schema_name}.gate"
    asked(f"CREATE TABLE {gate} ()")
    slow = f"SELECT pg_sleep(600) WHERE to_regclass('gate') = to_regclass('{gate}')"
    hangs = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    plant("donors", *SIX_FIELDS[:3], f'migrations.RunSQL("{slow}")', *SIX_FIELDS[3:])
    last = command.start("--canary-bank", banks[1].slug, *only(banks))
    wait_until(lambda: bool(asked(hangs)))
    last.kill()
    last.wait(PATIENCE_S)
    asked(f"SELECT pg_terminate_backend(pid) FROM ({hangs}) AS hanging")
    wait_until(lambda: not asked(hangs))
    assert (planted_in(banks[0].schema_name), len(planted_in(banks[1].schema_name))) == ([], 7)
    assert "note_0" not in columns_of(banks[0].schema_name, "donors_donor")
    asked(f"DROP TABLE {gate}")
    code, output = command.run(*only(banks))
    assert (code, "1 migrated" in output) == (0, True)
    assert len(planted_in(banks[0].schema_name)) == 7


def test_two_migrations_at_once_exclude_each_other(plant, banks, command):
    plant("donors", *SIX_FIELDS)
    with alone():
        code, output = command.run("--no-wait", *only(banks))
        assert (code, "another process is migrating" in output) == (1, True)
        waiting = command.start(*only(banks))
        assert waiting.stdout.readline().startswith("another migration is running")
        assert planted_in(banks[0].schema_name) == []
    output, _nothing = waiting.communicate(timeout=PATIENCE_S)
    assert (waiting.returncode, "2 migrated" in output) == (0, True)


def test_a_bank_that_does_not_exist_is_said_so(command):
    code, output = command.run("--bank", "nobody-here")
    assert (code, "no such bank" in output) == (1, True)
