"""``collecto demo``: the whole network on one machine, after one simulated week."""

import hmac
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import click
import django
import psycopg
from psycopg import sql
from rich.console import Console

from collecto.broker import EmbeddedBroker
from collecto.commands.operate import BACKGROUND_SECONDS, web_command, worker_command
from collecto.embedded import EmbeddedError, EmbeddedPostgres
from collecto.metrics_directory import fresh_directory
from collecto.ports import LOOPBACK, PortTakenError, require_port
from collecto.supervisor import Child as Process
from collecto.supervisor import ChildEndedError, Supervisor

console = Console()
STATE = Path(os.environ.get("COLLECTO_STATE", ".collecto"))
READY, BUILDING = "collecto_demo", "collecto_demo_building"
NEEDED_BYTES = 600 * 1024 * 1024


class DemoError(RuntimeError):
    """The demonstration cannot start; the message is one line for a person."""


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port of the site.")
@click.option("--seed", default=1, show_default=True, help="Seed of the simulated week; kept data ignore it.")
@click.option("--serve/--no-serve", default=True, help="Serve when the week is played.")
def demo(port: int, seed: int, serve: bool) -> None:
    """Play one simulated week of a network of food banks, print its books, serve it."""
    try:
        _run(port, seed, serve=serve)
    except (DemoError, EmbeddedError, PortTakenError, ChildEndedError) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("stopped")
        sys.exit(130)


@click.command()
def forget() -> None:
    """Stop the embedded servers and delete the demonstration's data."""
    if STATE.exists():
        EmbeddedPostgres(STATE, durable=True).erase()
        shutil.rmtree(STATE, ignore_errors=True)
    console.print("forgotten")


def _run(port: int, seed: int, *, serve: bool) -> None:
    if serve:
        require_port(LOOPBACK, port)
    make_state()
    with EmbeddedPostgres(STATE, durable=True) as server:
        use(server.url_of(READY))
        if not has_database(server, READY):
            _build(server, seed)
        else:
            start_django()
            import_module("collecto.migrate").bring_up_to_date()
        closing = import_module("collecto.demo.closing")
        closing.show(console)
        if serve:
            _serve(port, server.url_of(READY))


def make_state() -> None:
    """Make the state directory, refusing a disk that is nearly full or a folder that cannot be written."""
    try:
        STATE.mkdir(mode=0o700, exist_ok=True)
        free = shutil.disk_usage(STATE).free
    except OSError as error:
        raise DemoError(f"{STATE.absolute()} cannot be written: {error.strerror}.") from error
    if free < NEEDED_BYTES:
        needed = NEEDED_BYTES // 1024**2
        raise DemoError(f"The disk is nearly full: {free // 1024**2} MB free, {needed} MB needed.")


def _secret() -> str:
    """Return the installation's secret, made the first time."""
    kept = STATE / "secret"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def _as_application(owner_url: str) -> str:
    """Return the same database through the login of web and workers, which owns nothing."""
    parts = urlsplit(owner_url)
    password = hmac.digest(_secret().encode(), b"application login", "sha256").hex()
    login = f"{quote(READY + ':app')}:{password}"
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.hostname}:{parts.port}"))


def use(database_url: str) -> None:
    """Point the settings at the embedded server, before Django reads them."""
    os.environ.update(
        DATABASE_URL=_as_application(database_url),
        DATABASE_OWNER_URL=database_url,
        DATABASE_ROLE_PREFIX=READY,
        SECRET_KEY=_secret(),
        DJANGO_SETTINGS_MODULE="collecto.settings.demo",
        COLLECTO_STATE=str(STATE.absolute()),
        CELERY_BROKER_URL="",
        CACHE_URL="",
    )


def _build(server: EmbeddedPostgres, seed: int) -> None:
    """Play the week in a database of its own, renamed when it is whole: half a week is never kept."""
    console.print("First run: opening the banks and playing one week. This takes a minute or two.")
    _drop_database(server, BUILDING)
    shutil.rmtree(STATE / "files", ignore_errors=True)
    administer(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(BUILDING)))
    building = server.url_of(BUILDING)
    os.environ.update(DATABASE_URL=_as_application(building), DATABASE_OWNER_URL=building)
    start_django()
    started = time.monotonic()
    import_module("collecto.migrate").bring_up_to_date()
    import_module("collecto.demo.week").play(console=console, seed=seed)
    connections = import_module("django.db").connections
    for each in connections.all():
        each.close()
        each.close_pool()
    administer(
        server,
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(BUILDING), sql.Identifier(READY)),
    )
    for each in connections.all():
        each.settings_dict["NAME"] = READY
    console.print(f"The week is played ({time.monotonic() - started:.0f} s).")


def start_django() -> None:
    """Start Django on the settings of the demonstration."""
    django.setup()


def _serve(port: int, database_url: str) -> None:
    with EmbeddedBroker(STATE) as broker:
        web = {
            **os.environ,
            "DATABASE_URL": _as_application(database_url),
            "DATABASE_OWNER_URL": "",
            "CELERY_BROKER_URL": broker.url,
            "CACHE_URL": broker.beside(1),
        }
        worker = {
            **web,
            "DATABASE_OWNER_URL": database_url,
            "DATABASE_STATEMENT_SECONDS": BACKGROUND_SECONDS,
        }
        processes = [
            Process(
                "web",
                web_command(f"{LOOPBACK}:{port}", 2, 4),
                web | fresh_directory("web"),
                listens=(LOOPBACK, port),
            ),
            Process(
                "worker",
                worker_command(beat=True, queues="collecto,owner"),
                worker | fresh_directory("worker"),
            ),
        ]
        with Supervisor(processes, logs=STATE / "logs") as supervisor:
            import_module("collecto.demo.closing").welcome(console, port)
            supervisor.wait()
    console.print("stopped")


def has_database(server: EmbeddedPostgres, name: str) -> bool:
    """Tell whether the embedded server holds a database."""
    with _administration(server) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return connection.execute(query, [name]).fetchone() is not None


def _drop_database(server: EmbeddedPostgres, name: str) -> None:
    administer(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def administer(server: EmbeddedPostgres, statement: sql.Composed) -> None:
    """Run a statement about databases."""
    with _administration(server) as connection:
        connection.execute(statement)


@contextmanager
def _administration(server: EmbeddedPostgres) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as connection:
        yield connection
