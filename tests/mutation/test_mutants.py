"""Every guard is watched: without it, in a copy of the sources, the test named for it fails."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.mutation.ledger import LEDGER_MUTANTS
from tests.mutation.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
ALL = (*MUTANTS, *LEDGER_MUTANTS)
COPIED = ("platform", "tenants", "apps", "api", "tests", "docs", "pyproject.toml")


@pytest.fixture
def run_in(tmp_path: Path) -> Callable[[str], "subprocess.CompletedProcess[str]"]:
    """Run one test in a copy of the sources, on a database of its own."""
    ignored = shutil.ignore_patterns("__pycache__", "browser")
    for name in COPIED:
        here = ROOT / name
        if here.is_dir():
            shutil.copytree(here, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(here, tmp_path / name)
    before, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path / 'platform'}:{tmp_path}",
        "DATABASE_URL": f"{before}/mutant_{uuid4().hex[:8]}",
        "DJANGO_SETTINGS_MODULE": "collecto.settings.test",
    }
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]

    def run(test: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "", test]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    return run


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.guard)
def test_the_guard_stands_where_it_is_said_to_stand(mutant: Mutant):
    assert (ROOT / mutant.path).read_text().count(mutant.before) == 1


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.guard)
def test_no_later_migration_writes_the_guard_again(mutant: Mutant):
    place = ROOT / mutant.path
    if place.parent.name == "migrations":
        later = [each for each in place.parent.glob("0*.py") if each.name > place.name]
        assert [each.name for each in later if mutant.before in each.read_text()] == []


@pytest.mark.parametrize("test", sorted({mutant.noticed_by for mutant in ALL}))
def test_the_test_that_must_notice_exists(test: str):
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text()


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.guard)
def test_without_the_guard_its_test_fails(mutant: Mutant, run_in, tmp_path: Path):
    target = tmp_path / mutant.path
    target.write_text(target.read_text().replace(mutant.before, mutant.after))
    done = run_in(mutant.noticed_by)
    assert done.returncode == 1, done.stdout + done.stderr
    noticed = re.search(rf"^(?:FAILED|ERROR) {re.escape(mutant.noticed_by)}", done.stdout, re.MULTILINE)
    assert noticed, done.stdout


@pytest.mark.slow
def test_with_every_guard_in_place_the_same_tests_pass(run_in):
    done = run_in(MUTANTS[0].noticed_by)
    assert done.returncode == 0, done.stdout + done.stderr
