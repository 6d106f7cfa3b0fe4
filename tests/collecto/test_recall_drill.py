"""``collecto recall drill`` plays a recall from the notice to the last partner and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_every_lot_is_kept_back_and_every_partner_told_in_an_exercise(tmp_path: Path):
    state = tmp_path / "state"
    environment = {**os.environ, "COLLECTO_STATE": str(state), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "collecto", "recall", "drill", "--banks", "12"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 partners told, 12 letters marked EXERCICE" in done.stdout
    assert "nothing missed" in done.stdout
    assert {path.name for path in state.iterdir()} == {"secret"}
