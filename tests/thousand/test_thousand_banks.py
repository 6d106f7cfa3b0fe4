"""One server bears a thousand banks: opened, migrated, each visited, the network added up.

The bench does the work on a durable server of its own; here it is held to what was promised.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.architecture.sources import ROOT

pytestmark = [pytest.mark.thousand, pytest.mark.pitfall(28)]
BANKS = 1000


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """Run the bench once, on the embedded durable server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    command = [sys.executable, str(ROOT / "infra/bench/tenancy.py"), "--only", "banks"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    sys.stdout.write(done.stdout)
    assert done.stdout.strip(), done.stderr
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_a_thousand_banks_are_opened_migrated_and_visited(measured):
    figures = measured["figures"]
    assert figures["migrate_all_banks"] == BANKS
    assert figures["page_banks"] == BANKS
    assert figures["memory_banks"] == BANKS
    assert figures["national_rollup_rows"] >= BANKS


def test_every_bar_of_the_bench_is_met(measured):
    assert [name for name, is_met in measured["bars"].items() if not is_met] == []
