"""A real browser and a server for it; without a browser the tests are skipped in one loud line."""

import os
import shutil
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.network import Network

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """Answers several requests of one page at once."""

    daemon_threads = True


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


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
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
