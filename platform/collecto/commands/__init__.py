"""The ``collecto`` command: everything an operator, a developer or a demonstration needs."""

import click

from collecto.commands.banks import bank
from collecto.commands.books import ledger
from collecto.commands.demo import demo, forget
from collecto.commands.messages import messages
from collecto.commands.migrate import migrate
from collecto.commands.operate import (
    django_command,
    doctor,
    federation,
    openapi,
    outbox,
    search,
    serve,
    worker,
)
from collecto.commands.people import person
from collecto.commands.recall import recall
from collecto.commands.rights import rights


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="collecto")
def main() -> None:
    """COLLECTO: the food-bank network, from the offer to the meal."""


for command in (
    demo,
    forget,
    bank,
    person,
    messages,
    migrate,
    serve,
    worker,
    doctor,
    outbox,
    ledger,
    search,
    recall,
    federation,
    openapi,
    rights,
    django_command,
):
    main.add_command(command)
