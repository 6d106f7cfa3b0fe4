"""Thirty planted values, twelve ways to fail, in real processes: none leaves, and every failure is told.

The site runs with the settings of production: a web server, a worker, a command. What they report arrives
at a Sentry on loopback, whose every byte is searched; so are their logs and their figures.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from apps.kernel.abilities import Role
from collecto.broker import EmbeddedBroker
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tests.collecto.observability.planted import HEADERS, PLANTED, leaked
from tests.collecto.observability.site import Site
from tests.peers.sentry_ingest import SentryIngest
from tests.people import client_for
from tests.spaces import bank_called

pytestmark = pytest.mark.django_db(transaction=True)

BANK = "twin-a.localhost"
FORM = "application/x-www-form-urlencoded"
FAILURES_OF = {
    "view": 1,
    "api": 1,
    "form": 1,
    "task": 1,
    "import": 1,
    "sql": 1,
    "log": 2,
    "mail": 1,
    "template": 1,
    "middleware": 1,
    "sign-in": 1,
    "webhook": 1,
    "stream": 1,
    "command": 1,
}


class Told:
    """What was reported of each failure, and everything that was written."""

    def __init__(self) -> None:
        self.request_ids: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        self.timings: list[dict[str, Any]] = []
        self.sent = self.logs = self.figures = self.command_output = ""

    def of(self, way: str) -> list[dict[str, Any]]:
        """Return the events of one way to fail."""
        if way == "command":
            return [event for event in self.events if event["tags"].get("kind") == "command"]
        asked = self.request_ids[way]
        return [event for event in self.events if event["tags"].get("request_id") == asked]


@pytest.fixture
def told(tmp_path) -> Told:
    story = Told()
    bank = bank_called("twin-a")
    with in_platform(Purpose.TEST):
        user = person_ensure(email=PLANTED["query"], full_name=PLANTED["person"])
        membership_grant(user=user, bank=bank, role=Role.MANAGER)
        session = client_for(user, bank).cookies["session"].value
    with EmbeddedBroker(tmp_path / "broker") as broker, SentryIngest() as sentry:
        (tmp_path / "state").mkdir()
        site = Site(tmp_path / "state", broker.url, sentry, more={"SENTRY_TRACES_SAMPLE_RATE": "1"})
        with site.web(workers=1), site.worker():
            fail_everywhere(site, story, session)
            sentry.events(expected=sum(FAILURES_OF.values()) - 1)
            story.figures = site.ask("/metrics").text + site.ask_worker("/metrics").text
        story.command_output = fail_in_a_command(site)
        story.events = sentry.events(expected=sum(FAILURES_OF.values()))
        story.timings = sentry.transactions()
        story.sent = b"\n".join(sentry.raw).decode()
        story.logs = site.log("web") + site.log("worker")
    return story


def fail_everywhere(site: Site, story: Told, session: str) -> None:
    headers = {**HEADERS, "Cookie": f"{HEADERS['Cookie']}; __Host-session={session}"}

    def ask(
        way: str,
        path: str,
        *,
        host: str = "twin-a.localhost",
        kind: str = FORM,
        body: Any = None,
        **more: Any,
    ):
        sent = {**headers, "Content-Type": kind, **more}
        answer = site.ask(path, host=host, method="POST", body=body, **sent)
        story.request_ids[way] = answer.headers["X-Request-ID"]

    form = urlencode({"contact": PLANTED["form_body"], "password": PLANTED["password"]})
    note = json.dumps({"name": PLANTED["json_body"], "iban": PLANTED["iban"]})
    query = urlencode({"q": PLANTED["query"]})
    ask("view", f"/fail/view/{quote(PLANTED['path'])}/?{query}", body=form)
    ask("api", "/fail/api/", kind="application/json", body=note)
    ask("stream", "/stream/?break=1", body=form)
    stranger = {"Cookie": HEADERS["Cookie"]}
    ask("webhook", "/fail/webhook/", host="localhost", kind="application/json", body=note, **stranger)
    for way in ("form", "task", "import", "sql", "log", "mail", "template", "middleware"):
        ask(way, f"/fail/{way}/", body=form)
    sign_in = urlencode({"email": PLANTED["query"], "csrfmiddlewaretoken": "a" * 32})
    cookie = f"{HEADERS['Cookie']}; __Host-csrf={'a' * 32}"
    ask("sign-in", "/accounts/login/code/", body=sign_in, Cookie=cookie, Origin="https://twin-a.localhost")


def fail_in_a_command(site: Site) -> str:
    """Run a command that fails inside a bank, and return what it printed."""
    done = site.command(
        "import click\n"
        "from importlib import import_module\n"
        "from collecto.commands.operate import ready\n"
        "@click.command('count')\n"
        "@ready\n"
        "def count():\n"
        "    crossing, models = import_module('tenants.crossing'), import_module('tenants.registry.models')\n"
        "    planted = import_module('tests.collecto.observability.planted').PLANTED\n"
        "    with crossing.in_platform(crossing.Purpose.COMMAND):\n"
        "        bank = models.FoodBank.objects.get(slug='twin-a')\n"
        "    with crossing.in_tenant(bank, crossing.Purpose.COMMAND):\n"
        "        raise ValueError(planted['error_text'])\n"
        "count()\n"
    )
    assert done.returncode == 1, done.stderr
    return done.stdout + done.stderr


def test_of_thirty_planted_values_none_leaves_and_every_failure_is_told(told):
    assert len(PLANTED) == 30
    assert {way: len(told.of(way)) for way in FAILURES_OF} == FAILURES_OF

    assert leaked(told.sent) == set()
    assert leaked(told.logs) == set()
    assert leaked(told.figures) == set()
    assert leaked(told.command_output) == set()

    for event in told.events:
        assert event["release"] == "collecto@0.1.0+build-7"
        assert event["tags"]["kind"] in {"web", "task", "command"}
        assert len(event["tags"]["request_id"]) == 32
        assert set(event) <= {
            "event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk", "tags",
            "transaction", "user", "contexts", "logentry", "exception",
        }  # fmt: skip
    in_bank = [event for event in told.events if event["tags"]["bank"] == "twin-a"]
    outside = [event for event in told.events if event["tags"]["bank"] != "twin-a"]
    assert [event["transaction"] for event in outside] == ["/fail/webhook/"]
    assert {event["tags"]["bank_id"] for event in in_bank} == {str(bank_called("twin-a").pk)}
    check_what_an_operator_gets(told)


def check_what_an_operator_gets(told: Told) -> None:
    """Types, places and codes are there: a report without anybody's data still says what broke."""
    (view,) = told.of("view")
    types = [error["type"] for error in view["exception"]["values"]]
    frames = view["exception"]["values"][-1]["stacktrace"]["frames"]
    assert types == ["KeyError", "ValueError"]
    assert frames[-1]["function"] == "in_view"
    assert frames[-1]["filename"] == "tests/collecto/observability/failing.py"
    assert view["transaction"] == "/fail/view/<str:person>/"
    assert told.of("sql")[0]["tags"]["sqlstate"] == "22P02"
    assert told.of("log")[0]["logentry"] == {"message": "cannot reach …"}
    assert told.of("log")[1]["logentry"] == {"message": "(text withheld)"}
    assert {event["tags"]["kind"] for event in told.of("task")} == {"task"}
    statements = {span.get("description") for timing in told.timings for span in timing["spans"]}
    assert "SELECT ?, %s::text, (%s::text)::int" in statements
    assert {timing["tags"]["bank"] for timing in told.timings} == {"twin-a", "(platform)"}
    lines = [json.loads(line) for line in told.logs.splitlines() if line.startswith("{")]
    assert {"collecto.access", "collecto.runs", "django.request"} <= {line["logger"] for line in lines}
    assert '"errors": [{"type": "builtins.ValueError", "frames": [' in told.logs
    assert 'collecto_failed_tasks_total{bank="twin-a"} 1.0' in told.figures


def test_the_search_finds_what_leaves_when_nothing_is_held_back(tmp_path):
    with EmbeddedBroker(tmp_path / "broker") as broker, SentryIngest() as sentry:
        site = Site(tmp_path, broker.url, sentry, "tests.collecto.observability.leaky_site_settings")
        with site.web(workers=1):
            site.ask(f"/fail/view/{quote(PLANTED['path'])}/?q=x", host=BANK, method="POST", **HEADERS)
        sentry.events(expected=1)
        assert {"path", "header", "referer", "local_variable", "error_text", "cause_text", "note"} <= leaked(
            b"".join(sentry.raw).decode()
        )
