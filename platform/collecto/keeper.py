"""Run one command that must not outlive whoever asked for it.

This file is executed as a script, ``python -I -S keeper.py ORDER``, in a process of
its own: it has one thread when it forks, so it may change account or ask the kernel
for a death signal, which a program with threads cannot do safely. It imports the
standard library only, and nothing of COLLECTO.

*Keeping*: a keeper starts the command, then waits until its asker lets go: the other
end of a pipe closes, or a file lock becomes free. The kernel does both when the asker
dies, however it dies. The keeper then stops the command, gently first. If the keeper
itself is killed, the command gets the same signal from the kernel (Linux).

*Running once* (``watch`` is None): the script becomes the command.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

NO_IDENTITY = 197  # exit code: this account cannot be taken here
NO_DIRECTORY = 198  # exit code: the account cannot enter the directory
NO_PROGRAM = 199  # exit code: the account cannot execute the program

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_DEFAULT_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


class Identity(NamedTuple):
    """Which account the command runs as.

    ``same``: ours. ``map``: ours for the system, shown as ``uid`` to the command by a
    user namespace (Linux). ``drop``: really ``uid`` (root only).
    """

    way: Literal["same", "map", "drop"] = "same"
    uid: int = -1
    gid: int = -1


class Order(NamedTuple):
    """What to run, as whom, where, and how to stop it.

    ``watch`` is a descriptor: ``pipe`` waits for its end, ``lock`` for its file lock.
    ``stops`` are (signal, seconds to wait after it), tried in turn before SIGKILL.
    ``alive`` is a locked descriptor given to the command, held while any of its
    processes lives; its file receives the process number, then ``note``.
    ``parent`` is the process that gives the order.
    """

    argv: list[str]
    directory: str = "."
    identity: Identity = Identity()
    watch: int | None = None
    watched: Literal["pipe", "lock"] = "pipe"
    stops: Sequence[tuple[int, float]] = ((int(signal.SIGTERM), 10.0),)
    alive: int | None = None
    note: str = ""
    parent: int = 0


def command(order: Order) -> list[str]:
    """Return the command line of the process that carries the order out."""
    order = order._replace(parent=os.getpid())
    script = str(Path(__file__).resolve())
    return [sys.executable, "-I", "-S", script, json.dumps(order._asdict())]


def carry_out(text: str) -> NoReturn:
    """Carry out an order written by ``command``; never returns."""
    order = Order(**json.loads(text))
    order = order._replace(identity=Identity(*order.identity))
    if order.watch is None:
        _become(order, order.parent)
    _keep(order, order.watch)


def _keep(order: Order, watch: int) -> NoReturn:
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for number in _DEFAULT_SIGNALS:
        signal.signal(number, lambda *_: None)
    os.set_inheritable(watch, False)
    keeper = os.getpid()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        _become(order, keeper)
    _write_note(order, child)
    wait = (order.watched, watch, waker)
    threading.Thread(target=_wait_for_release, args=wait, daemon=True).start()
    _stop_when_woken(order, child, wake)


def _stop_when_woken(order: Order, child: int, wake: int) -> NoReturn:
    """Wait for the end of the child; at each request or delay, press harder."""
    stops = list(order.stops)
    seconds: float | None = None
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            _kill_group(child)
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
        ready, _, _ = select.select([wake], [], [], seconds)
        if ready and set(os.read(wake, 64)) == {int(signal.SIGCHLD)}:
            continue
        if not stops:
            _kill_group(child)
            continue
        number, seconds = stops.pop(0)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)


def _wait_for_release(watched: str, watch: int, waker: int) -> None:
    """Block until the asker lets go of the pipe or of the lock, then say so."""
    if watched == "lock":
        fcntl.flock(watch, fcntl.LOCK_EX)
    else:
        while os.read(watch, 64):
            pass
    os.write(waker, b"\0")


def _kill_group(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _write_note(order: Order, child: int) -> None:
    if order.alive is not None:
        os.ftruncate(order.alive, 0)
        os.pwrite(order.alive, f"{child}\n{order.note}\n".encode(), 0)


def _become(order: Order, parent: int) -> NoReturn:
    """Turn this process into the command, or exit with a code that says why not."""
    signal.set_wakeup_fd(-1)
    for number in (*_DEFAULT_SIGNALS, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    try:
        _take_identity(order.identity)
    except OSError as error:
        _give_up(NO_IDENTITY, f"cannot change account: {error.strerror}")
    try:
        os.chdir(order.directory)
    except OSError as error:
        _give_up(NO_DIRECTORY, f"cannot enter {order.directory}: {error.strerror}")
    _die_with(parent, order.stops[0][0] if order.watch is not None else signal.SIGKILL)
    try:
        _hand_over(order)
    except OSError as error:
        _give_up(NO_PROGRAM, f"cannot run {order.argv[0]}: {error.strerror}")


def _hand_over(order: Order) -> NoReturn:
    if order.watch is not None:
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)
    os.execvpe(order.argv[0], order.argv, os.environ)  # noqa: S606 - no shell is the point


def _take_identity(identity: Identity) -> None:
    if identity.way == "drop":
        os.setgroups([])
        os.setgid(identity.gid)
        os.setuid(identity.uid)
    elif identity.way == "map":
        _enter_user_namespace(identity.uid, identity.gid)


def _enter_user_namespace(uid: int, gid: int) -> None:
    """Let this process see its own account as ``uid``: no file needs a new owner."""
    own_uid, own_gid = os.geteuid(), os.getegid()
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare"):
        raise OSError(0, "this system has no user namespaces")
    if library.unshare(_CLONE_NEWUSER):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1")


def _die_with(parent: int, number: int) -> None:
    """Ask the kernel for a signal when the parent dies; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _give_up(code: int, message: str) -> NoReturn:
    os.write(2, f"{message}\n".encode())
    os._exit(code)


if __name__ == "__main__":
    carry_out(sys.argv[1])
