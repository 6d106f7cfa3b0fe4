"""A Sentry that keeps what it is sent: a real HTTP server that speaks the envelope endpoint.

    with SentryIngest() as sentry:
        start_something(dsn=sentry.dsn)
        events = sentry.events(expected=3)

``raw`` holds every byte that arrived (headers of the request, envelope unpacked), for whoever searches it.
"""

import gzip
import json
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Self

PUBLIC_KEY = "0123456789abcdef0123456789abcdef"
PROJECT = "42"


class SentryIngest:
    """The server, on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.items: list[tuple[dict[str, Any], Any]] = []
        self._arrived = Condition()
        ingest = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path != f"/api/{PROJECT}/envelope/":
                    self.send_error(404)
                    return
                ingest._take(str(self.headers), _unpacked(body, self.headers.get("Content-Encoding", "")))
                answer = b"{}"
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def dsn(self) -> str:
        return f"http://{PUBLIC_KEY}@127.0.0.1:{self._server.server_port}/{PROJECT}"

    def events(self, *, expected: int = 0, within_s: float = 15) -> list[dict[str, Any]]:
        """Return the error events, once ``expected`` of them have come or the time is over."""
        return self._of_kind("event", expected, within_s)

    def transactions(self, *, expected: int = 0, within_s: float = 15) -> list[dict[str, Any]]:
        return self._of_kind("transaction", expected, within_s)

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _of_kind(self, kind: str, expected: int, within_s: float) -> list[dict[str, Any]]:
        deadline = time.monotonic() + within_s
        with self._arrived:
            while True:
                found = [payload for header, payload in self.items if header["type"] == kind]
                left = deadline - time.monotonic()
                if len(found) >= expected or left <= 0:
                    return found
                self._arrived.wait(left)

    def _take(self, headers: str, body: bytes) -> None:
        with self._arrived:
            self.raw += [headers.encode(), body]
            self.items += _items(body)
            self._arrived.notify_all()


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(body)
    return zlib.decompress(body) if encoding == "deflate" else body


def _items(body: bytes) -> list[tuple[dict[str, Any], Any]]:
    """Read an envelope: a header line, then for each item a header line and its payload."""
    _envelope, _newline, rest = body.partition(b"\n")
    found = []
    while rest.strip():
        line, _newline, rest = rest.partition(b"\n")
        header = json.loads(line)
        if "length" in header:
            payload, rest = rest[: header["length"]], rest[header["length"] :].lstrip(b"\n")
        else:
            payload, _newline, rest = rest.partition(b"\n")
        found.append((header, json.loads(payload)))
    return found
