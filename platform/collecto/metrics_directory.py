"""Where the processes of one server write their figures together; made before the first of them starts."""

import os
import shutil
from pathlib import Path
from typing import Final

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"


def fresh_directory(name: str) -> dict[str, str]:
    """Make an empty directory under ``COLLECTO_STATE`` for a server; return the variable that names it."""
    directory = Path(os.environ.get("COLLECTO_STATE", ".collecto")).absolute() / "metrics" / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    return {DIRECTORY: str(directory)}
