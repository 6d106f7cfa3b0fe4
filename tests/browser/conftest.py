"""A real browser and a server for it; without a browser the tests are skipped in one loud line."""

import os
import shutil
from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.morning import in_bank, work_that_waits
from tests.browser.network import Network
from tests.browser.pages import OPERATOR, PARTNER, Somebody, addresses_elsewhere, addresses_in_bank, charity

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


WindowOf = Callable[[Somebody, str], Page]


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """Answers several requests of one page at once."""

    daemon_threads = True

    def process_request_thread(self, *args: Any) -> None:
        """Answer, and leave no connection behind when the thread ends."""
        try:
            super().process_request_thread(*args)
        finally:
            connections.close_all()


class QuietHandler(WSGIRequestHandler):
    """Writes no line per request."""

    def log_message(self, *args: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The public site on a free port; the pages served here read no row."""
    with make_server("127.0.0.1", 0, get_wsgi_application(), ThreadingServer, QuietHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium from ``$CHROMIUM`` or the path."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found and os.environ.get("COLLECTO_BROWSER") == "required":
        pytest.fail("NO BROWSER: COLLECTO_BROWSER=required, but neither $CHROMIUM nor chromium is here")
    if not found:
        pytest.skip("NO BROWSER: install chromium or set CHROMIUM to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        connections.close_all()  # Django keeps those opened beside the driver's event loop apart
        browser.close()


@pytest.fixture(scope="module")
def network(living_copy: None, site: str, chromium: Browser) -> Iterator[Network]:
    """A copy of the lived-in network on real hosts; threads answer, each with its own connection."""
    opened = Network(chromium, int(site.rpartition(":")[2]))
    yield opened
    opened.close_all()


@pytest.fixture(scope="module")
def waiting(network: Network) -> dict[str, Any]:
    """What the pages that act are about: something waits to be done on each."""
    with in_bank():
        return work_that_waits()


@pytest.fixture(scope="module")
def settings_without_limits() -> Iterator[None]:
    """Let one person ask for hundreds of pages a minute."""
    with override_settings(LIMITS=dict.fromkeys(settings.LIMITS, (10**9, 60))):
        yield


@pytest.fixture(scope="module")
def paths_in_bank(waiting: dict[str, Any]) -> dict[str, str]:
    """The path of each page of a bank."""
    return addresses_in_bank(waiting)


@pytest.fixture(scope="module")
def paths(paths_in_bank: dict[str, str]) -> dict[str, str]:
    """The path of each page of every site."""
    return paths_in_bank | addresses_elsewhere()


@pytest.fixture(scope="module")
def window_of(network: Network) -> WindowOf:
    """Each person keeps one window of each size for all their pages."""
    windows: dict[tuple[Somebody, str], Page] = {}

    def window(who: Somebody, size: str) -> Page:
        if (who, size) not in windows:
            windows[who, size] = _opened(network, who, size)
        return windows[who, size]

    return window


def _opened(network: Network, who: Somebody, size: str) -> Page:
    if who.role is None:
        return network.visit(who.host, size=size)
    if who == OPERATOR:
        return network.operate(size=size)
    partner = charity() if who == PARTNER else None
    return network.enter(who.role, member=who.place, partner_id=partner, size=size)


@pytest.fixture(
    params=[
        pytest.param((1280, 900), id="desktop", marks=pytest.mark.slow),
        pytest.param((390, 844), id="phone"),
    ]
)
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page on a desktop, then on a phone, where any complaint of the console fails the test."""
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [c for c in complaints if "Failed to load resource" not in c] == []
