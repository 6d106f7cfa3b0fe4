"""The database server of a test run: ``DATABASE_URL`` if given, an embedded throw-away one otherwise."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from collecto.embedded import EmbeddedPostgres


def ensure_server() -> None:
    """Make sure ``DATABASE_URL`` points at a running server; workers of a parallel run inherit it."""
    if os.environ.get("DATABASE_URL"):
        return
    directory = Path(tempfile.mkdtemp(prefix="collecto-test-"))
    server = EmbeddedPostgres(directory, durable=False)
    os.environ["DATABASE_URL"] = server.start()
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() == owner:
            server.erase()
            shutil.rmtree(directory, ignore_errors=True)

    atexit.register(stop)
