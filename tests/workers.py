"""Real workers for the tests: Celery processes on the test database, and the broker they share."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import kombu.pools
import pytest
from celery import current_app  # the product's own, loaded at start-up
from django.conf import settings

from collecto.broker import EmbeddedBroker
from tenants.isolation.rights import app_login

PATIENCE_S = 90


@pytest.fixture(scope="module")
def broker_url(tmp_path_factory) -> Iterator[str]:
    """A real broker: the embedded one, or ``CELERY_TEST_BROKER_URL``; its queues are empty."""
    if given := os.environ.get("CELERY_TEST_BROKER_URL"):
        with current_app.connection_for_write(given) as link:
            channel: Any = link.default_channel
            for queue in ("collecto", "owner"):
                channel.queue_declare(queue, durable=True, auto_delete=False)
                channel.queue_purge(queue)
        yield given
        return
    with EmbeddedBroker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker.url


@contextmanager
def sending_to(url: str) -> Iterator[None]:
    """Point the product's task application at a broker for a block."""
    given = settings.CELERY_BROKER_URL
    point_at(url)
    try:
        yield
    finally:
        point_at(given)


def point_at(url: str) -> None:
    """Let tasks leave for a broker, without the connections to the one before; empty: run them at once."""
    settings.CELERY_BROKER_URL = url
    application: Any = current_app
    application.conf.update(broker_url=url, task_always_eager=not url)
    kombu.pools.reset()
    application._pool = application.amqp._producer_pool = None


class Worker:
    """A worker, or a beat, in a process of its own on the test database."""

    def __init__(self, broker_url: str, log: Path, *arguments: str, **environment: str) -> None:
        self.log = log
        self.command = [sys.executable, "-m", "celery", "-A", "collecto.celery", *arguments]
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "collecto.settings.demo",
            "DATABASE_URL": database_url(),
            "DATABASE_ROLE_PREFIX": settings.DATABASE_ROLE_PREFIX,
            "CELERY_BROKER_URL": broker_url,
            "SECRET_KEY": "only-for-tests",
            **environment,
        }
        self.process = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process and all its children as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Start again after a kill."""
        self.process = self._start()

    def said(self) -> str:
        """Return the end of what it wrote."""
        return self.log.read_text()[-4000:]

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self.command,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def worker(broker_url: str, log: Path, *arguments: str, **environment: str) -> Worker:
    """Start a worker of two processes (or as the arguments say)."""
    return Worker(broker_url, log, "worker", "--concurrency", "2", *arguments, **environment)


def database_url() -> str:
    """Return the address of the test database under the login of web and workers."""
    database = settings.DATABASES["default"]
    login = f"{quote(app_login())}:{quote(database['PASSWORD'])}@{database['HOST']}:{database['PORT']}"
    return f"postgres://{login}/{database['NAME']}"


def wait_until(is_so: Callable[[], Any], *, patience_s: float = PATIENCE_S) -> bool:
    """Wait until something is so; tells whether it became so in time."""
    deadline = time.monotonic() + patience_s
    while not (so := is_so()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(so)


@pytest.fixture(scope="module")
def result_url(broker_url, tmp_path_factory) -> Iterator[str]:
    """Where tasks keep their results: the broker, if it can."""
    if broker_url.startswith("redis"):
        yield broker_url
        return
    with EmbeddedBroker(tmp_path_factory.mktemp("results")) as store:
        yield store.url
