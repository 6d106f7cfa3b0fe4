"""``collecto rights``: who may do what in this database, read from its own catalogue."""

import sys
from importlib import import_module

import click

from collecto.commands.operate import ready


@click.command()
@ready
def rights() -> None:
    """Print every right of every role, as ``docs/rights.md`` keeps them."""
    crossing = import_module("tenants.crossing")
    banks = import_module("tenants.registry.selectors").operating_banks()
    with crossing.in_owner(crossing.Purpose.COMMAND):
        bank = banks.first()
        if bank is None:
            sys.exit("there is no bank yet: open one first")
        click.echo(import_module("tenants.isolation.matrix").rights_document(bank.schema_name), nl=False)
