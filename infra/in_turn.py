"""Run a command while holding a file's lock: ``python infra/in_turn.py FILE COMMAND …``.

Whoever comes second waits. The command takes this process's place and the lock with it, so the system frees
it however the command ends. Runs before anything is installed: the standard library alone, any Python 3.
"""

import fcntl
import os
import sys


def main(path: str, *command: str) -> None:
    """Wait for the lock of a file, then become the command."""
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.set_inheritable(held, True)
    os.execvp(command[0], list(command))


if __name__ == "__main__":
    main(*sys.argv[1:])
