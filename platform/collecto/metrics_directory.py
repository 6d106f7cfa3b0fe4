"""Where the processes of one server write their figures together; made before the first of them starts."""

import os
import shutil
from pathlib import Path
from typing import Final

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"


def fresh_directory(name: str) -> dict[str, str]:
    """Make a directory under ``COLLECTO_STATE`` for a server; return the variable that names it.

    What servers that are no more have left there is removed.
    """
    root = Path(os.environ.get("COLLECTO_STATE", ".collecto")).absolute() / "metrics"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory = root / f"{name}-{os.getpid()}"
    for former in root.iterdir():
        if former == directory or not _is_alive(former.name.rpartition("-")[2]):
            shutil.rmtree(former, ignore_errors=True)
    directory.mkdir(mode=0o700)
    return {DIRECTORY: str(directory)}


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
