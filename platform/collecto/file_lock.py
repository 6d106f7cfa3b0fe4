"""File locks that the kernel frees when their last holder is gone, however it went."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FileLock:
    """One flock(2) lock, with a little text in its file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock, alone unless ``shared``; False if others prevent it now."""
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self.fd, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def free(self) -> None:
        """Let go of the lock."""
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def is_held_elsewhere(self) -> bool:
        """Say whether somebody else has the lock alone."""
        if not self.take(shared=True):
            return True
        self.free()
        return False

    def is_shared_elsewhere(self) -> bool:
        """Say whether others share the lock: not free, and nobody has it alone."""
        if self.take():
            self.free()
            return False
        return not self.is_held_elsewhere()

    def text(self) -> str:
        """Return what the lock's file says."""
        return os.pread(self.fd, 4096, 0).decode()

    def close(self) -> None:
        """Close the file; the lock goes with it unless a child inherited it."""
        os.close(self.fd)
