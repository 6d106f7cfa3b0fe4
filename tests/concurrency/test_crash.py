"""Sixteen processes on twenty hot lots, kill -9 of workers and of the server: nothing is lost or twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 900


@pytest.mark.slow
def test_killed_workers_and_a_killed_server_leave_the_books_right():
    command = [sys.executable, "-m", "infra.bench.crash", "--seconds", "60"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")])}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert told["acknowledged"] > 100
    assert told["workers_killed"] > 20
