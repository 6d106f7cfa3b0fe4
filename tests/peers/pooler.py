"""A real transaction pooler (PgBouncer) before the test database."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {directory}/users
pool_mode = {mode}
default_pool_size = 8
ignore_startup_parameters = options,extra_float_digits
logfile = {directory}/log
pidfile = {directory}/pid
"""


@contextmanager
def pooler(database: dict[str, Any], directory: Path, *, mode: str) -> Iterator[dict[str, Any]]:
    """Run a pooler before a database and yield where it listens, as connection parameters."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = free.getsockname()[1]
    directory.chmod(0o777)
    for parent in directory.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    (directory / "users").write_text(f'"{database["user"]}" "{database.get("password", "")}"\n')
    (directory / "ini").write_text(
        CONFIGURATION.format(
            host=database["host"], port=database["port"], listen=listen, directory=directory, mode=mode
        )
    )
    as_nobody = ["--user", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([str(PROGRAM), "--quiet", *as_nobody, str(directory / "ini")])
    try:
        _wait_for(listen, process)
        yield {**database, "host": "127.0.0.1", "port": listen}
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError("the pooler ended by itself")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the pooler does not listen")
