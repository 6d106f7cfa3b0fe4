"""Commands of an installation: serve, work, look after the outbox and the figures."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import click
import django
from django.core.management import execute_from_command_line
from rich.console import Console

from collecto.metrics_directory import fresh_directory

console = Console()
PROGRAM = [sys.executable, "-m"]
BACKGROUND_SECONDS = "600"
"""Longest statement of a worker or a command: figures of a whole network, not a page."""


def ready(command: Callable[..., Any]) -> Callable[..., Any]:
    """Start Django before the command runs; production settings unless told otherwise."""

    @wraps(command)
    def started(*args: Any, **kwargs: Any) -> Any:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collecto.settings.production")
        os.environ.setdefault("DATABASE_STATEMENT_SECONDS", BACKGROUND_SECONDS)
        django.setup()
        with import_module("collecto.command_tracing").followed():
            return command(*args, **kwargs)

    return started


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads per process; bounds connections.")
def serve(bind: str, workers: int, threads: int) -> None:
    """Serve the site with gunicorn (bounded threads)."""
    os.environ.update(fresh_directory("web"))
    os.execv(sys.executable, web_command(bind, workers, threads))  # noqa: S606


def web_command(bind: str, workers: int, threads: int) -> list[str]:
    """Return the command line of the web server."""
    options = ["--bind", bind, "--workers", str(workers), "--threads", str(threads)]
    options += ["--worker-class", "gthread", "--config", "python:collecto.server", "--no-control-socket"]
    return [*PROGRAM, "gunicorn", "collecto.wsgi:application", *options]


@click.command()
@click.option("--beat/--no-beat", default=False, help="Also run the clock of periodic work.")
@click.option("--queues", default="collecto", show_default=True, help="Served queues, comma-separated.")
def worker(beat: bool, queues: str) -> None:
    """Run a Celery worker; queue "owner" (opening and erasing banks) needs the owner's login."""
    os.environ.update(fresh_directory("worker"))
    os.environ.setdefault("DATABASE_STATEMENT_SECONDS", BACKGROUND_SECONDS)
    os.execv(sys.executable, worker_command(beat=beat, queues=queues))  # noqa: S606


def worker_command(*, beat: bool, queues: str = "collecto") -> list[str]:
    """Return the command line of a worker of these queues (comma-separated)."""
    options = ["worker", "--loglevel", "INFO", "--concurrency", "2", "--queues", queues]
    return [*PROGRAM, "celery", "-A", "collecto.celery", *options, *(["--beat"] if beat else [])]


@click.command()
@ready
def doctor() -> None:
    """Say whether this installation is in order."""
    checks = import_module("collecto.doctor").findings()
    for finding in checks:
        mark = "[green]ok[/]" if finding.is_fine else "[red]wrong[/]"
        console.print(f"{mark}  {finding.subject}: {finding.sentence}")
    sys.exit(0 if all(finding.is_fine for finding in checks) else 1)


@click.group()
def outbox() -> None:
    """What must still happen."""


@outbox.command("drain")
@ready
def outbox_drain() -> None:
    """Deliver everything that is due, now."""
    delivered = import_module("tenants.outbox.delivery").drain()
    console.print(f"{delivered} delivered")


@click.group()
def search() -> None:
    """What the search boxes of the banks look through."""


@search.command("verify")
@ready
def search_verify() -> None:
    """Compare every search entry with its record and name any difference."""
    differences = import_module("collecto.search.keeping").differences()
    for line in differences:
        console.print(f"[red]{line}[/]")
    console.print("the entries agree" if not differences else f"{len(differences)} differences")
    sys.exit(bool(differences))


@search.command("rebuild")
@ready
def search_rebuild() -> None:
    """Write every differing search entry again, while the banks work."""
    console.print(f"{import_module('collecto.search.keeping').rebuild()} put right")


@click.group()
def federation() -> None:
    """Consolidated figures."""


@federation.command("reconcile")
@ready
def federation_reconcile() -> None:
    """Recompute the national figures from the ledgers and name any difference."""
    differences = import_module("collecto.doctor").federation_differences()
    for line in differences:
        console.print(f"[red]{line}[/]")
    console.print("the figures agree" if not differences else f"{len(differences)} differences")
    sys.exit(bool(differences))


@click.command()
@click.option("--check", is_flag=True, help="Fail when the stored schema is out of date.")
@ready
def openapi(check: bool) -> None:
    """Write the API's schema to api/openapi.yaml."""
    schema = import_module("api.schema")
    if check:
        sys.exit(0 if schema.is_current() else "api/openapi.yaml is out of date: run `make openapi`")
    schema.write()


@click.command("django", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@ready
def django_command(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands as the owner of the database."""
    crossing = import_module("tenants.crossing")
    with crossing.in_owner(crossing.Purpose.COMMAND):
        execute_from_command_line(["collecto django", *arguments])
