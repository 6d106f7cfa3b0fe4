"""Sixteen clients, four banks, a real web server: whatever goes wrong, nobody reads another bank's rows."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from django.conf import settings

from apps.kernel.abilities import Role
from apps.kernel.models import AuditEntry
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.registry.models import FoodBank
from tests.making.donors import make_donor
from tests.people import client_for, host_of
from tests.workers import database_url

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "/soak/rows/",
    "/soak/raises/",
    "/soak/rolls-back/",
    "/soak/times-out/",
    "/soak/streams/",
    "/soak/cached-page/",
    "/soak/cached-value/",
    "/donors/",
    "/",
)

WEIGHTS = [10 if page.startswith("/soak/") else 1 for page in PAGES]
"""The product's own pages cost most and are asked least."""


@dataclass
class Seen:
    """What the clients were answered."""

    foreign: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    dropped: int = 0


@dataclass(frozen=True)
class Space:
    """One bank: its host, the word that only its rows hold, its manager's cookie."""

    host: str
    canary: str
    cookie: str


@pytest.fixture
def spaces(fresh_bank) -> list[Space]:
    return [space_of(fresh_bank()) for _ in range(4)]


def space_of(bank: FoodBank) -> Space:
    canary = f"CANARY-{bank.slug}"
    with in_tenant(bank, Purpose.TEST):
        make_donor(name=canary)
        AuditEntry.objects.create(
            actor_label=canary, record_kind="x", record_id="1", record_label="x", action="x"
        )
    with in_platform(Purpose.TEST):
        user = person_ensure(email=f"{bank.slug}@example.org", full_name=canary)
        membership_grant(user=user, bank=bank, role=Role.MANAGER)
        browser = client_for(user, bank)
    browser.get("/")
    name = settings.SESSION_COOKIE_NAME
    return Space(host=host_of(bank), canary=canary, cookie=f"{name}={browser.cookies[name].value}")


@pytest.fixture
def port(spaces: list[Space], tmp_path: Path) -> Iterator[int]:
    """A real web server, two processes of eight threads, under the application's own login."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.soak.settings",
        "DATABASE_URL": database_url(),
        "DATABASE_OWNER_URL": "",
        "DATABASE_ROLE_PREFIX": settings.DATABASE_ROLE_PREFIX,
        "SECRET_KEY": settings.SECRET_KEY,
    }
    options = ["--bind", f"127.0.0.1:{found}", "--workers", "2", "--threads", "8", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "collecto.wsgi:application", "-k", "gthread", *options]
    with (tmp_path / "web.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(found, server, tmp_path / "web.log")
            yield found
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def soak(port: int, spaces: list[Space], seen: Seen, *, requests: int, seed: int) -> None:
    """Ask pages of all banks over one kept-open connection, dropping some answers half-way."""
    dice = random.Random(seed)
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(requests):
        space, (page,) = dice.choice(spaces), dice.choices(PAGES, weights=WEIGHTS)
        try:
            link.request("GET", page, headers={"Host": space.host, "Cookie": space.cookie})
            answer = link.getresponse()
            if page == "/soak/streams/" and dice.random() < 0.3:
                text = answer.read(30).decode()
                link.close()
                seen.dropped += 1
            else:
                text = answer.read().decode() + str(answer.headers)
        except (HTTPException, OSError):
            link.close()
            seen.dropped += 1
            continue
        seen.statuses[answer.status] += 1
        seen.own[page] += space.canary in text
        seen.foreign += [
            f"{page} of {space.canary}" for other in spaces if other is not space and other.canary in text
        ]
    link.close()


def soaked(port: int, spaces: list[Space], *, requests: int) -> Seen:
    seen = Seen()
    share = requests // 16
    threads = [
        threading.Thread(target=soak, args=(port, spaces, seen), kwargs={"requests": share, "seed": number})
        for number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


@pytest.mark.parametrize("requests", [800, pytest.param(20_800, marks=pytest.mark.slow)])
def test_whatever_goes_wrong_nobody_reads_another_bank_s_rows(port: int, spaces: list[Space], requests: int):
    seen = soaked(port, spaces, requests=requests)
    assert seen.foreign == []
    assert set(seen.statuses) == {200, 500}
    assert sum(seen.statuses.values()) + seen.dropped >= requests - 16
    assert all(seen.own[page] for page in PAGES if page != "/soak/raises/")
    assert seen.statuses[500] <= requests / 5
    assert seen.dropped > 0
