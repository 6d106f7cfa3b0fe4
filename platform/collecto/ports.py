"""TCP ports on this machine: is one free, which one is, and one clear line if not."""

from __future__ import annotations

import errno
import os
import socket

LOOPBACK = "127.0.0.1"


class PortTakenError(RuntimeError):
    """A wanted port cannot be listened on; the message is one line for a person."""


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server could listen on ``host``:``port`` right now."""
    return _refusal(host, port) == 0


def free_port(preferred: int = 0, host: str = LOOPBACK) -> int:
    """Give ``preferred`` if it is free, else a free port chosen by the system.

    Nothing reserves the port: whoever uses it must be ready to lose the race.
    """
    if preferred and port_is_free(host, preferred):
        return preferred
    with _listener_socket(host) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_port(host: str, port: int) -> None:
    """Raise PortTakenError, with one line that says why, unless the port is free."""
    reason = _refusal(host, port)
    if not reason:
        return
    if reason == errno.EADDRINUSE:
        raise PortTakenError(
            f"Port {port} on {host} is already in use:"
            " stop the program that holds it, or choose another port."
        )
    raise PortTakenError(f"Port {port} on {host} cannot be used: {os.strerror(reason)}.")


def _refusal(host: str, port: int) -> int:
    """Return the errno that stops a server from listening there, 0 if none does."""
    with _listener_socket(host) as probe:
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error.errno or errno.EINVAL
    return 0


def _listener_socket(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe
