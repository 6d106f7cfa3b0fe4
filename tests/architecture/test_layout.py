"""The house: what stands at the top, and what must never stand under ``platform/``."""

import os
import platform
import subprocess
import sys
from pathlib import Path

from apps.flow import FLOW
from tests.architecture.sources import ROOT, sources

TOP = {"platform", "tenants", "apps", "api", "infra", "tests", "pyproject.toml", "Dockerfile", "README.md"}
USUAL = {"Makefile", "docs", "requirements"}


def test_the_top_level_holds_exactly_what_a_reader_expects():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in tracked.splitlines()}
    assert {name for name in top if not name.startswith(".")} == TOP | USUAL


def test_the_standard_platform_module_is_not_shadowed():
    assert Path(platform.__file__).parent == Path(os.__file__).parent
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_python_started_at_the_root_finds_the_standard_platform_module():
    command = [sys.executable, "-c", "import platform; print(platform.python_version())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == platform.python_version()


def test_every_stage_has_its_place_in_the_flow():
    stages = {path.parent.name for path in (ROOT / "apps").glob("*/apps.py")} - {"kernel"}
    assert stages == set(FLOW)


def test_stages_are_made_of_the_same_files():
    """A reader who knows one stage knows them all; a new kind of file is a decision, made here."""
    usual = {
        "__init__",
        "abilities",
        "apps",
        "charts",
        "errors",
        "facts",
        "forms",
        "handlers",
        "jobs",
        "ledger",
        "locks",
        "menu",
        "models",
        "papers",
        "rules",
        "search",
        "selectors",
        "services",
        "states",
        "tasks",
        "today",
        "urls",
    }
    odd = []
    for source in sources("apps"):
        parts = Path(source.path).parts
        if parts[1] in FLOW and len(parts) == 3 and Path(parts[2]).stem not in usual:
            odd.append(source.path)
    assert odd == []


def test_the_kernel_is_frozen():
    """The kernel is what every stage stands on: a file more is a decision, made here."""
    files = {path.name for path in (ROOT / "apps/kernel").iterdir() if path.name != "__pycache__"}
    assert files == {
        "__init__.py",
        "abilities.py",
        "apps.py",
        "changes.py",
        "clock.py",
        "codes.py",
        "display.py",
        "doors.py",
        "errors.py",
        "facts.py",
        "files.py",
        "folding.py",
        "forms.py",
        "gs1.py",
        "guard.py",
        "history.py",
        "jobs",
        "migrations",
        "models.py",
        "money.py",
        "numbering.py",
        "pages",
        "papers",
        "pictures.py",
        "quantity.py",
        "scope.py",
        "search.py",
        "sentences.py",
        "signing.py",
        "tables.py",
        "tasks.py",
        "telling.py",
        "templatetags",
        "today.py",
        "tracing.py",
    }
