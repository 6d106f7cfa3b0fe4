"""Real processes of an installation on the test database: web server, worker, commands."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from collecto.ports import free_port
from tenants.isolation.rights import app_login
from tests.peers.sentry_ingest import SentryIngest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 40


@dataclass
class Site:
    """One installation: where its processes are told to report, and what they have written."""

    state: Path
    broker_url: str = ""
    sentry: SentryIngest | None = None
    settings_module: str = "tests.collecto.observability.site_settings"
    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    worker_port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        database = settings.DATABASES["default"]
        place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        return {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
            "DJANGO_SETTINGS_MODULE": self.settings_module,
            "DATABASE_URL": f"postgres://{quote(app_login(), safe='')}:{database['PASSWORD']}@{place}",
            "DATABASE_ROLE_PREFIX": settings.DATABASE_ROLE_PREFIX,
            "SECRET_KEY": "only-for-tests",
            "CELERY_BROKER_URL": self.broker_url,
            "CACHE_URL": self.broker_url.removesuffix("/0") + "/1",
            "SENTRY_DSN": self.sentry.dsn if self.sentry else "",
            "COLLECTO_RELEASE": "build-7",
            "COLLECTO_STATE": str(self.state),
            "FILES_ROOT": str(self.state / "files"),
            "EMAIL_HOST": "127.0.0.1",
            "WORKER_HEALTH_BIND": f"127.0.0.1:{self.worker_port}",
            "PYTHONPATH": str(ROOT),
            **self.more,
        }

    @contextmanager
    def web(self, *, workers: int = 2) -> Iterator[None]:
        """Serve, for a block."""
        options = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(workers), "--threads", "2"]
        with self._running("web", ["-m", "collecto", "serve", *options], self.port):
            yield

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Run a worker, for a block."""
        with self._running("worker", ["-m", "collecto", "worker"], self.worker_port):
            yield

    def command(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run Python code as a command of the installation, to its end."""
        return self.run("-c", code)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the environment of the installation."""
        argv = [sys.executable, *arguments]
        return subprocess.run(
            argv, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def ask(self, path: str, *, host: str = "", method: str = "GET", body: Any = None, **headers: str) -> Any:
        """Ask the web server, as its proxy would when a host is named."""
        return _ask(self.port, path, host=host, method=method, body=body, headers=headers)

    def ask_worker(self, path: str) -> Any:
        return _ask(self.worker_port, path)

    def log(self, name: str) -> str:
        path = self.state / f"{name}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @contextmanager
    def _running(self, name: str, arguments: list[str], port: int) -> Iterator[None]:
        with (self.state / f"{name}.log").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments], env=self.environment, cwd=ROOT, stdout=output, stderr=output
            )
        try:
            self._wait(name, process, port)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)

    def _wait(self, name: str, process: subprocess.Popen[bytes], port: int) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if _ask(port, "/livez").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{name} did not start:\n{self.log(name)[-3000:]}")


def _ask(
    port: int, path: str, *, host: str = "", method: str = "GET", body: Any = None, headers: Any = None
) -> Any:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = {name.replace("_", "-"): value.encode() for name, value in (headers or {}).items()}
    if host:
        sent |= {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    link.request(method, path, body=body, headers=sent)
    response = link.getresponse()
    try:
        body = response.read()
    except http.client.IncompleteRead as broken:
        body = broken.partial
    response.text = body.decode()  # type: ignore[attr-defined]
    link.close()
    return response
