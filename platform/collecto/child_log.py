"""The log of a child process: start a new one, and find what it says of a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COMPLAINTS = ("PANIC:", "FATAL:", "ERROR:", "error:", " # ")  # worst first
TAIL_BYTES = 8192


@contextmanager
def new_log(path: Path) -> Iterator[int]:
    """Open an empty log that only its owner reads; the former one becomes ``.1``."""
    with suppress(FileNotFoundError):
        path.replace(path.with_name(f"{path.name}.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
    log = os.open(path, flags, 0o600)
    try:
        yield log
    finally:
        os.close(log)


def worst_line(output: str) -> str:
    """Return the line of a server's output that best says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    lines = [line for line in lines if "WARNING" not in line]
    for complaint in COMPLAINTS:
        for line in lines:
            if complaint in line:
                return line.partition(complaint)[2].strip() or line
    return lines[-1] if lines else "it said nothing"


def last_lines(path: Path, count: int) -> list[str]:
    """Return the last lines of a log that say something, at most ``count``."""
    with path.open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
        text = log.read().decode(errors="replace")
    return [line.rstrip() for line in text.splitlines() if line.strip()][-count:]
