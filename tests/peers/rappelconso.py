"""A RappelConso on loopback: a real HTTP server that pages its records, and breaks as it is told.

with RappelConso(records) as source:
    source.next_answers.append(source.status(503))
    notices_read(actor, address=source.address)
"""

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

SAMPLE = json.loads((Path(__file__).parent / "rappelconso_sample.json").read_text(encoding="utf-8"))[
    "results"
]
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


class RappelConso:
    """The server, on a free port of 127.0.0.1; ``asked`` keeps every question."""

    def __init__(self, records: list[Any] | None = None) -> None:
        self.records: list[Any] = list(SAMPLE if records is None else records)
        self.next_answers: list[Answer] = []
        self.asked: list[dict[str, str]] = []
        self.total: Callable[[], Any] = lambda: len(self.records)
        self.ignores_offset = False
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                source.asked.append(query)
                body = source._page(query)
                answer = source.next_answers.pop(0) if source.next_answers else source.whole
                answer(self, body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/records"

    def _page(self, query: dict[str, str]) -> bytes:
        start = 0 if self.ignores_offset else int(query["offset"])
        page = self.records[start : start + int(query["limit"])]
        return json.dumps({"total_count": self.total(), "results": page}).encode()

    @staticmethod
    def whole(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer as it should be."""
        RappelConso.said(body)(handler, b"")

    @staticmethod
    def said(content: bytes, *, status: int = 200, **headers: str) -> Answer:
        """Return an answer of these bytes, whatever was asked."""

        def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        return answer

    @staticmethod
    def status(code: int, **headers: str) -> Answer:
        """Return a page of HTML with this status."""
        return RappelConso.said(b"<html>Sorry</html>", status=code, **headers)

    @staticmethod
    def truncated(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Promise the whole and close half-way."""
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        handler.connection.close()

    @staticmethod
    def cut(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer half of the JSON as if it were whole."""
        RappelConso.said(body[: len(body) // 2])(handler, b"")

    @staticmethod
    def silent(seconds: float) -> Answer:
        """Return an answer that does not come in time."""

        def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
            time.sleep(seconds)
            RappelConso.whole(handler, body)

        return answer

    @staticmethod
    def dripping(seconds: float) -> Answer:
        """Return an answer whose bytes come one by one for so long."""

        def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", str(10_000_000))
            handler.end_headers()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                handler.wfile.write(b" " * 70_000)
                handler.wfile.flush()
                time.sleep(0.05)

        return answer

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
