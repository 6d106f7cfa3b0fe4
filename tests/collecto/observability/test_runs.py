"""Each run of a task has one line, its bank, and the request that asked for it; commands likewise."""

import json

import pytest

from collecto.broker import EmbeddedBroker
from tests.collecto.observability.planted import leaked
from tests.collecto.observability.site import Site
from tests.peers.sentry_ingest import SentryIngest
from tests.spaces import bank_called
from tests.workers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_setup):
    """An installation that runs for all tests of this page."""
    state = tmp_path_factory.mktemp("state")
    with EmbeddedBroker(state / "broker") as broker, SentryIngest() as sentry:
        made = Site(state, broker.url, sentry)
        with made.web(workers=1), made.worker():
            yield made


def lines_of(site, asked):
    return [line for line in map(json.loads, machine_lines(site)) if line.get("request_id") == asked]


def machine_lines(site):
    return [line for line in site.log("worker").splitlines() if line.startswith("{")]


def run_after(site, path, *, host="twin-a.localhost"):
    """Ask for a page that sends a task, and return the request's id and the lines of the task's run."""
    asked = site.ask(path, host=host).headers["X-Request-ID"]
    assert wait_until(lambda: lines_of(site, asked), patience_s=20), site.log("worker")[-2000:]
    return asked, lines_of(site, asked)


def test_a_run_is_told_in_one_line_with_its_bank_and_the_request_that_asked_for_it(site):
    _asked, (line,) = run_after(site, "/send/quiet/")
    assert (line["logger"], line["task"], line["outcome"]) == ("collecto.runs", "failing.quiet", "done")
    assert (line["level"], line["kind"], line["bank"]) == ("INFO", "task", "twin-a")
    assert line["bank_id"] == str(bank_called("twin-a").pk)


def test_a_run_that_fails_is_told_and_reported(site):
    asked, (line,) = run_after(site, "/fail/task/", host="twin-b.localhost")
    assert (line["level"], line["outcome"], line["bank"]) == ("ERROR", "failed", "twin-b")
    assert line["errors"][0]["type"] == "builtins.RuntimeError"
    site.sentry.events(expected=1)
    (event,) = [event for event in site.sentry.events() if event["tags"]["request_id"] == asked]
    assert event["tags"]["kind"] == "task"
    assert event["tags"]["bank"] == "twin-b"
    assert event["tags"]["bank_id"] == str(bank_called("twin-b").pk)
    assert event["transaction"] == "failing.break_down"


def test_a_process_that_is_killed_is_told_of_all_the_same(site):
    site.ask("/send/deadly/", host="twin-a.localhost")
    assert wait_until(lambda: '"outcome": "killed"' in site.log("worker"), patience_s=20)
    assert 'outcome="killed",task="failing.deadly"' in site.ask_worker("/metrics").text


def test_a_worker_answers_for_its_health(site):
    assert site.ask_worker("/livez").text == "alive\n"
    ready = site.ask_worker("/readyz")
    assert (ready.status, json.loads(ready.text)["parts"]["broker"]) == (200, "ok")
    assert site.ask_worker("/").status == 404


COMMAND = """
import click
from collecto.commands.operate import ready
@click.command('greet')
@ready
def greet():
    {body}
greet()
"""


@pytest.fixture
def shell(tmp_path):
    """An installation of which only commands run."""
    with SentryIngest() as sentry:
        yield Site(tmp_path, "redis://127.0.0.1:1/0", sentry)


def test_a_refusal_meant_for_the_person_at_the_keyboard_is_no_failure(shell):
    done = shell.command(COMMAND.format(body="raise click.ClickException('no such bank')"))
    assert (done.returncode, done.stderr) == (1, "Error: no such bank\n")
    assert shell.sentry.raw == []


def test_a_command_that_fails_is_reported_and_told_in_one_line(shell):
    done = shell.command(COMMAND.format(body="raise OSError('Jeanne Morel')"))
    (event,) = shell.sentry.events(expected=1)
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 1
    assert (line["message"], line["kind"]) == ("command failed", "command")
    assert line["request_id"] == event["tags"]["request_id"]
    assert event["tags"]["bank"] == "(none)"


def test_without_a_dsn_nothing_is_sent(shell):
    sentry, shell.sentry = shell.sentry, None
    shell.command(COMMAND.format(body="raise OSError('Jeanne Morel')"))
    assert sentry.raw == []


def test_requests_that_fail_side_by_side_in_one_loop_report_their_own_bank_and_id(shell):
    done = shell.run("-m", "tests.collecto.observability.ask_asynchronously")
    asked = {(slug, request_id) for slug, request_id in json.loads(done.stdout)}
    events = shell.sentry.events(expected=6)
    assert {(event["tags"]["bank"], event["tags"]["request_id"]) for event in events} == asked
    assert {(event["tags"]["kind"], event["transaction"]) for event in events} == {("web", "/fail/slowly/")}
    assert len(asked) == len(events) == 6
    assert leaked(b"".join(shell.sentry.raw).decode() + done.stderr) == set()
