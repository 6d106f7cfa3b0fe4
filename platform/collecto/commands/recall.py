"""``collecto recall drill``: from the arrival of a notice to every lot kept back and every partner told."""

import os
import shutil
import sys
import time
from importlib import import_module

import click
from rich.console import Console

from collecto.commands.demo import STATE, make_state, start_django, use
from collecto.embedded import EmbeddedError, EmbeddedPostgres

console = Console()
DRILL = STATE / "drill"


@click.group()
def recall() -> None:
    """Goods that must not be eaten."""


@recall.command("drill")
@click.option("--banks", default=12, show_default=True, type=click.IntRange(2, 60), help="Food banks.")
def drill(banks: int) -> None:
    """Play a recall as an exercise in a network of its own, print the time line, leave nothing behind."""
    make_state()
    shutil.rmtree(DRILL, ignore_errors=True)
    DRILL.mkdir(mode=0o700)
    try:
        with EmbeddedPostgres(DRILL, durable=False) as server:
            use(server.url_of("postgres"))
            os.environ["COLLECTO_STATE"] = str(DRILL.absolute())
            start_django()
            is_fine = _played(banks)
    except EmbeddedError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)
    finally:
        EmbeddedPostgres(DRILL, durable=False).erase()
        shutil.rmtree(DRILL, ignore_errors=True)
    sys.exit(0 if is_fine else 1)


def _played(banks: int) -> bool:
    """Build the network, play the recall, print what happened when; tells whether nothing was missed."""
    module = import_module("collecto.demo.drill")
    started = time.monotonic()
    console.print(f"Exercise: opening {banks} food banks with stock, orders and deliveries.")
    import_module("collecto.migrate").bring_up_to_date()
    network = module.prepared(banks, console)
    console.print(f"Ready ({time.monotonic() - started:.0f} s). A notice arrives now.")
    result = module.played(network)
    module.show(result, console)
    for connection in import_module("django.db").connections.all():
        connection.close()
        connection.close_pool()
    return bool(result.is_complete)
