"""Run web, worker and beat as separate processes under one parent that stops them all.

    children = [Child("web", [...], listens=("127.0.0.1", 8000)), Child("worker", [...])]
    with Supervisor(children, logs=Path("var/logs")) as supervisor:
        supervisor.wait()

Children start in order and stop in reverse order. None is restarted silently: if one
ends, ``wait`` raises ChildEndedError, which says which, and all the others are stopped.
Each child lives under a keeper (``keeper``): if the supervisor is killed, even by
``kill -9``, the keepers stop the children.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from collecto.child_log import last_lines, new_log
from collecto.keeper import Order, command
from collecto.ports import require_port

PAUSE = 0.05  # seconds between two looks at the children
LAST_LINES = 12
MARGIN_SECONDS = 10.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A named process: its command line, the variables it adds, the port it wants."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    listens: tuple[str, int] | None = None


class ChildEndedError(RuntimeError):
    """A child ended by itself, which no child should; the message tells the story."""

    def __init__(self, name: str, code: int, last_lines: Sequence[str]) -> None:
        self.name = name
        self.code = code
        self.last_lines = list(last_lines)
        story = f"{name} {_ending(code)}."
        if last_lines:
            story += " Its last lines:\n" + "\n".join(f"  {line}" for line in last_lines)
        super().__init__(story)


class Supervisor:
    """Starts children in order, watches them and stops them in reverse order.

    With ``logs``, what each child prints goes to ``<logs>/<name>.log`` (the former log
    becomes ``.log.1``); without, to our own output. A child has ``grace`` seconds to
    end after SIGTERM, then it is killed with its process group. A second signal while
    stopping kills at once.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        logs: Path | None = None,
        grace: float = 10.0,
    ) -> None:
        self.children = list(children)
        self.logs = logs
        self.grace = grace
        self._keepers: dict[str, subprocess.Popen[bytes]] = {}
        self._received: list[signal.Signals] = []
        self._stopping = False
        self._handlers = ExitStack()

    def start(self) -> None:
        """Start all children, or none if a port is taken (raises PortTakenError)."""
        for child in self.children:
            if child.listens is not None:
                require_port(*child.listens)
        try:
            for child in self.children:
                self._keepers[child.name] = self._start(child)
        except BaseException:
            self.stop()
            raise

    def wait(self) -> signal.Signals:
        """Return the signal that asks us to stop; raises ChildEndedError if a child ends."""
        while not self._received:
            for name, keeper in self._keepers.items():
                code = keeper.poll()
                if code is not None and not self._received:
                    raise ChildEndedError(name, code, self._last_lines(name))
            time.sleep(PAUSE)
        return self._received[0]

    def stop(self) -> None:
        """Stop all children, last started first; returns when none is left."""
        self._stopping = True
        while self._keepers:
            name = list(self._keepers)[-1]
            self._stop(self._keepers[name])
            del self._keepers[name]
        self._stopping = False

    def run(self) -> signal.Signals:
        """Start, wait, stop; raises PortTakenError or ChildEndedError."""
        with self:
            return self.wait()

    def __enter__(self) -> Self:
        self._received.clear()
        for number in SIGNALS:
            former = signal.getsignal(number)
            if former is not signal.SIG_IGN:
                signal.signal(number, self._receive)
                self._handlers.callback(signal.signal, number, former)
        try:
            self.start()
        except BaseException:
            self._handlers.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            self._handlers.close()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._stopping and self._received:
            for keeper in self._keepers.values():
                keeper.terminate()  # each presses its child harder
        self._received.append(signal.Signals(number))

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        order = Order(list(child.argv), watch=0, stops=[(int(signal.SIGTERM), self.grace)])
        with ExitStack() as files:
            output: int | None = None
            if self.logs is not None:
                self.logs.mkdir(parents=True, exist_ok=True)
                output = files.enter_context(new_log(self._log(self.logs, child.name)))
            return subprocess.Popen(  # noqa: S603 - our own command
                command(order),
                env={**os.environ, **child.env},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _stop(self, keeper: subprocess.Popen[bytes]) -> None:
        if keeper.stdin is not None:
            keeper.stdin.close()
        try:
            keeper.wait(self.grace + MARGIN_SECONDS)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()

    def _last_lines(self, name: str) -> list[str]:
        if self.logs is None:
            return []
        return last_lines(self._log(self.logs, name), LAST_LINES)

    @staticmethod
    def _log(logs: Path, name: str) -> Path:
        return logs / f"{name}.log"


def _ending(code: int) -> str:
    """Say in words how a process ended; a keeper reports 128 + n for signal n."""
    number = -code if code < 0 else code - 128
    if number > 0 and number in set(signal.Signals):
        return f"was killed by {signal.Signals(number).name}"
    return f"ended with code {code}"
