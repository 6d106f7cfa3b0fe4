"""A server process that lives beside its users and leaves with the last of them.

The embedded PostgreSQL and the embedded broker share this life. Three file locks in
``<directory>/locks`` carry it; the kernel frees a lock when its holders are gone, so
no crash, ``kill -9`` or reboot leaves a lie behind:

- *turn*: held by a process while it starts the server: one at a time;
- *users*: shared by every process that uses the server. The keeper waits to have it
  alone, which means that nobody is left, and stops the server;
- *alive*: inherited by all processes of the server: as long as it is held, one lives.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import ClassVar, NamedTuple, Self

from collecto.child_log import new_log, worst_line
from collecto.file_lock import FileLock
from collecto.keeper import Order, command
from collecto.ports import free_port

PAUSE = 0.01  # seconds between two looks at a lock or at a server
TURN_SECONDS = 180.0
READY_SECONDS = 120.0
STOP_SECONDS = 40.0
NUDGE_SECONDS = 8.0
PORT_TRIES = 8
FULL_BYTES = 65536  # with less, no log can say it
TAKEN = "ddress already in use"
NO_SPACE = "No space left on device"

_parted: list[subprocess.Popen[bytes]] = []  # keepers that outlive our own use


class EmbeddedError(RuntimeError):
    """An embedded server cannot run; the message is one line for a person."""


class Locks(NamedTuple):
    """The two locks that a user of a server keeps open."""

    users: FileLock
    alive: FileLock

    def close(self) -> None:
        """Close both; they become free unless a child inherited them."""
        self.users.close()
        self.alive.close()


class LocalServer(ABC):
    """What the embedded servers have in common: start, share, stop, explain."""

    title: ClassVar[str]
    name: ClassVar[str]
    stops: ClassVar[tuple[tuple[int, float], ...]]

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory).expanduser().resolve()
        self.log = self.directory / "logs" / f"{self.name}.log"
        self._locks: Locks | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._port = 0

    def start(self) -> str:
        """Start the server, or join the one that runs here, and return its URL.

        Raises EmbeddedError, with one clear line, if that cannot be done.
        """
        if not self.is_running():
            self._leave()
            try:
                self._locks = locks = self._open_locks()
                with self._turn():
                    self._port = self._join_or_launch(locks)
            except OSError as error:
                self._leave()
                where = error.filename or self.directory
                reason = f"{error.strerror or error} ({where})"
                raise EmbeddedError(f"{self.title} cannot start: {reason}.") from error
            except BaseException:
                self._leave()
                raise
        return self.url

    def stop(self) -> None:
        """Leave the server; the last user waits until it has stopped.

        Raises EmbeddedError if it is still there after STOP_SECONDS seconds.
        """
        if not self._leave():
            raise EmbeddedError(f"{self.title} in {self.directory} does not stop.")

    def is_running(self) -> bool:
        """Say whether we use a server and a process of it lives."""
        return self._locks is not None and self._locks.alive.is_held_elsewhere()

    @property
    def url(self) -> str:
        """Return the URL of the started server; raises EmbeddedError before that."""
        if self._locks is None:
            raise EmbeddedError(f"{self.title} in {self.directory} is not started.")
        return self._url(self._port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @abstractmethod
    def _prepare(self, alive: int) -> None:
        """Make the data if there are none; children inherit ``alive``."""

    @abstractmethod
    def _order(self, port: int) -> Order:
        """Return the command that serves on ``port``, whom it runs as and where."""

    @abstractmethod
    def _is_ready(self, port: int) -> bool:
        """Say whether the server that is starting accepts its users."""

    @abstractmethod
    def _url(self, port: int) -> str:
        """Return the URL of the server on ``port``."""

    @abstractmethod
    def _is_durable(self) -> bool:
        """Say whether a power cut must lose nothing (beyond a second)."""

    def _open_locks(self) -> Locks:
        self._lock_path("").parent.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        return Locks(FileLock(self._lock_path("users")), FileLock(self._lock_path("alive")))

    def _lock_path(self, kind: str) -> Path:
        return self.directory / "locks" / f"{self.name}.{kind}"

    @contextmanager
    def _turn(self) -> Iterator[None]:
        turn = FileLock(self._lock_path("turn"))
        try:
            deadline = time.monotonic() + TURN_SECONDS
            while not turn.take():
                if time.monotonic() > deadline:
                    raise EmbeddedError(self._stuck("another process has been starting it"))
                time.sleep(PAUSE)
            yield
        finally:
            turn.close()

    @contextmanager
    def _unused(self) -> Iterator[None]:
        """Keep everybody out; raises EmbeddedError if the server is in use."""
        with self._turn(), closing(self._open_locks()) as locks:
            if not locks.users.take() or locks.alive.is_held_elsewhere():
                raise EmbeddedError(f"{self.title} in {self.directory} is in use.")
            yield

    def _join_or_launch(self, locks: Locks) -> int:
        """Return the port of the server that others use, or of a new one."""
        nudge = time.monotonic() + NUDGE_SECONDS
        while time.monotonic() < nudge + STOP_SECONDS:
            alone = locks.users.take()
            if alone or locks.users.take(shared=True):
                if not locks.alive.is_held_elsewhere():
                    locks.users.take(shared=True, wait=True)
                    return self._launch()
                if not alone:
                    return self._join(locks)
                locks.users.free()  # lets its keeper stop a server left behind
                if time.monotonic() > nudge:
                    self._stop_left_behind(locks)
            time.sleep(PAUSE)
        raise EmbeddedError(self._stuck("a server of an earlier run does not stop"))

    def _join(self, locks: Locks) -> int:
        note = json.loads(locks.alive.text().splitlines()[1])
        if self._is_durable() and not note["durable"]:
            raise EmbeddedError(self._stuck("it already runs there without durability"))
        return int(note["port"])

    def _stop_left_behind(self, locks: Locks) -> None:
        """Stop a server whose keeper was killed too, where no death signal exists."""
        number = locks.alive.text().partition("\n")[0]
        if number.isdigit():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(number), self.stops[0][0])

    def _launch(self) -> int:
        held = FileLock(self._lock_path("alive"))
        try:
            held.take(wait=True)
            os.ftruncate(held.fd, 0)
            self._prepare(held.fd)
            for _ in range(PORT_TRIES):
                port = free_port()
                if self._serve(port, held.fd):
                    return port
        finally:
            held.close()
        raise EmbeddedError(f"{self.title} found no free port on this machine.")

    def _serve(self, port: int, alive: int) -> bool:
        """Start the server on the port; False if somebody took the port meanwhile."""
        self._keeper = keeper = self._start_keeper(port, alive)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if keeper.poll() is not None:
                self._keeper = None
                output = self.log.read_text(errors="replace")
                if TAKEN in output:
                    return False
                raise EmbeddedError(self._failure("did not start", output))
            if self._is_ready(port):
                return True
            time.sleep(PAUSE)
        raise EmbeddedError(self._stuck(f"not ready; see {self.log}"))

    def _start_keeper(self, port: int, alive: int) -> subprocess.Popen[bytes]:
        """Start the process that starts, watches and stops the server."""
        users = FileLock(self._lock_path("users"))
        try:
            order = self._order(port)._replace(
                watch=users.fd,
                watched="lock",
                alive=alive,
                stops=self.stops,
                note=json.dumps({"port": port, "durable": self._is_durable()}),
            )
            with new_log(self.log) as log:
                return subprocess.Popen(  # noqa: S603 - our own command
                    command(order),
                    env=clean_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=(users.fd, alive),
                )
        finally:
            users.close()

    def _leave(self) -> bool:
        """Stop using the server; False if we were the last and it does not stop."""
        locks, keeper = self._locks, self._keeper
        self._locks = self._keeper = None
        if locks is None:
            return True
        locks.users.free()
        gone = shared = False
        deadline = time.monotonic() + STOP_SECONDS
        while not (gone or shared) and time.monotonic() < deadline:
            gone = not locks.alive.is_held_elsewhere()
            shared = not gone and locks.users.is_shared_elsewhere()
            time.sleep(0 if gone or shared else PAUSE)
        locks.close()
        if keeper is not None and gone:
            keeper.wait()
        elif keeper is not None:
            _parted.append(keeper)
        return gone or shared

    def _stuck(self, reason: str) -> str:
        return f"{self.title} in {self.directory} cannot start: {reason}."

    def _failure(self, what: str, output: str) -> str:
        """Return one line about a failure from all that the server printed."""
        full = shutil.disk_usage(self.directory).free < FULL_BYTES or NO_SPACE in output
        reason = "no space left on the disk" if full else worst_line(output).rstrip(".")
        return f"{self.title} {what} in {self.directory}: {reason}."


def clean_environment() -> dict[str, str]:
    """Return an environment where no variable of ours can bend a server."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def new_password() -> str:
    """Return a random password that needs no escaping in a URL."""
    return secrets.token_urlsafe(24)
