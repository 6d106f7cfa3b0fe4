"""``collecto person``: what the operator of the platform does about one person from the command line."""

import getpass
import sys
from importlib import import_module
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from collecto.commands.operate import ready

console = Console()
ACCOUNT_KEPT = "the account itself: the address and name by which the platform knows whose roles they were"


@click.group()
def person() -> None:
    """People of the network."""


@person.command("forget")
@click.argument("email")
@click.option("--yes", "does", is_flag=True, help="Do it; without, nothing changes and all is counted.")
@ready
def person_forget(email: str, does: bool) -> None:
    """Take a person's name out of the histories and working papers of every bank; the acts stay."""
    forgetting = import_module("tenants.registry.forgetting")
    user = _user(email)
    stood = _forgotten(forgetting, user.pk, rehearse=not does)
    _show(stood)
    console.print("Kept:")
    for sentence in [*sorted(set(forgetting.KEPT.values())), ACCOUNT_KEPT]:
        console.print(f"- {sentence}", markup=False, highlight=False, soft_wrap=True)
    if does:
        console.print(f"The name is forgotten; the histories keep the number {user.pk}.", soft_wrap=True)
    else:
        console.print("Nothing was changed. With --yes the name is taken out, for good.", soft_wrap=True)


def _show(stood: list[Any]) -> None:
    """Draw where the name stands, one line per bank."""
    if not stood:
        console.print("No bank holds the name where it would be taken out.")
        return
    table = Table("where", "lines of the history", "papers and other rows")
    for each in stood:
        where = each.bank.slug if each.bank else "shared by the network"
        table.add_row(where, str(each.lines), str(each.papers))
    console.print(table)


def _forgotten(forgetting: Any, person_id: Any, *, rehearse: bool) -> list[Any]:
    refused = import_module("apps.kernel.errors").DomainError
    no_owner = import_module("tenants.crossing").NoOwner
    actor = import_module("apps.kernel.abilities").software(f"collecto person ({getpass.getuser()})")
    try:
        return list(forgetting.name_forgotten(actor, person_id=person_id, rehearse=rehearse))
    except refused as refusal:
        _stop(refusal.message)
    except no_owner as refusal:
        _stop(str(refusal))


def _user(email: str) -> Any:
    crossing = import_module("tenants.crossing")
    users = import_module("tenants.accounts.models").User.objects
    with crossing.in_platform(crossing.Purpose.COMMAND):
        found = users.filter(email=email.strip().lower()).first()
    return found or _stop(f"Nobody signs in with {email}.")


def _stop(sentence: str) -> NoReturn:
    console.print(f"[red]{escape(sentence)}[/]", soft_wrap=True)
    sys.exit(1)
