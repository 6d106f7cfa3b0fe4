"""``make`` on a fresh checkout: two things asked for at once install once, one after the other."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

FAKE = """#!/bin/bash
say() { echo "$1" >> "$LOG"; }
case "$1 $2" in
  "-c "*) ;;
  "infra/in_turn.py "*) exec @python@ "$@" ;;
  "-m venv")
    folder="${@: -1}"; mkdir -p "$folder/bin"
    for tool in python pip collecto pytest ruff; do cp "$0" "$folder/bin/$tool"; done ;;
  "install "*) say "+ $(basename "$0") $*"; sleep 0.3; say "- $(basename "$0") $*" ;;
  *) say "$(basename "$0") $*" ;;
esac
"""
"""Stands for Python and every tool: writes down what it is asked, installs slowly."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without an environment, whose Python only writes down what it is asked."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements/base.txt", "requirements/build.txt", "requirements/dev.txt", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "infra").mkdir()
    shutil.copy(ROOT / "infra/in_turn.py", tmp_path / "infra")
    catalogue = tmp_path / "platform/collecto/locale/fr/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    python = tmp_path / "fake-python"
    python.write_text(FAKE.replace("@python@", sys.executable))
    python.chmod(0o755)
    return tmp_path


def making(checkout: Path, *asked: str) -> "subprocess.Popen[bytes]":
    """Start make with what is asked."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", f"PYTHON={checkout / 'fake-python'}", *asked]
    return subprocess.Popen(command, cwd=checkout, env=environment | {"LOG": str(checkout / "log")})


def installs(checkout: Path) -> list[str]:
    """Return what was installed: every beginning and every end."""
    return [line for line in (checkout / "log").read_text().splitlines() if line[0] in "+-"]


def assert_one_after_the_other(checkout: Path) -> None:
    said = installs(checkout)
    assert len(said) == 6
    assert [begun.replace("+", "-", 1) for begun in said[::2]] == said[1::2]
    assert len(set(said)) == len(said)


def test_two_targets_at_once_install_once(checkout):
    assert making(checkout, "-j2", "lint", "test").wait(timeout=60) == 0
    assert_one_after_the_other(checkout)


def test_two_makes_at_once_install_once(checkout):
    started = [making(checkout, "lint"), making(checkout, "test")]
    assert [each.wait(timeout=60) for each in started] == [0, 0]
    assert_one_after_the_other(checkout)


def test_what_is_installed_is_not_installed_again(checkout):
    for _ in range(2):
        assert making(checkout, "lint").wait(timeout=60) == 0
    assert_one_after_the_other(checkout)
