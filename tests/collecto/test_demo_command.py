"""``collecto demo`` says in one line why it cannot start, and leaves nothing half-made."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def demo(state: Path, *options: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command with its state in a folder; ``code`` runs first, in the same process."""
    program = f"{code}\nfrom collecto.commands import main\nmain()"
    environment = {**os.environ, "COLLECTO_STATE": str(state), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-c", program, "demo", *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = demo(tmp_path / "state", "--port", str(port))
    assert done.returncode == 1
    assert str(port) in done.stdout
    assert len(done.stdout.strip().splitlines()) == 1
    assert done.stderr == ""
    assert not (tmp_path / "state").exists()


def test_a_nearly_full_disk_is_named_before_anything_is_made(tmp_path):
    full = "import shutil, collections; usage = collections.namedtuple('usage', 'total used free')"
    full += "\nshutil.disk_usage = lambda path: usage(10**9, 10**9 - 10**6, 10**6)"
    done = demo(tmp_path / "state", "--no-serve", code=full)
    assert done.returncode == 1
    assert "nearly full" in done.stdout
    assert len(done.stdout.strip().splitlines()) == 1
    assert not (tmp_path / "state" / "postgres").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "state").write_text("a file in the way")
    done = demo(tmp_path / "state", "--no-serve")
    assert done.returncode == 1
    assert len(done.stdout.strip().splitlines()) == 1
    assert done.stderr == ""
