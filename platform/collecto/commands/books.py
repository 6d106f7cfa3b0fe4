"""``collecto ledger``: prove the books of the banks, explain a lot."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from collecto.commands.operate import ready

if TYPE_CHECKING:
    from collecto.doctor import LotAccount

console = Console()
BANK = click.option("--bank", "slug", default="", help="Sub-domain of one bank; all of them otherwise.")


@click.group()
def ledger() -> None:
    """The books of the banks."""


@ledger.command("verify")
@BANK
@ready
def ledger_verify(slug: str) -> None:
    """Add everything up again from the movements and name any difference: bank, lot, account, grams.

    Balances against movements, open orders against what is reserved for them, goods on the road against
    both ledgers and the documents, national figures against the ledgers.
    """
    try:
        differences = import_module("collecto.doctor").ledger_differences(slug)
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from error
    for line in differences:
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    console.print("the books balance" if not differences else f"{len(differences)} differences")
    sys.exit(bool(differences))


@ledger.command("explain")
@click.argument("lot")
@BANK
@ready
def ledger_explain(lot: str, slug: str) -> None:
    """Show what came into a lot, what went out, and what is therefore there."""
    try:
        found = import_module("collecto.doctor").lots_numbered(lot, slug)
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from error
    if not found:
        where = f"the bank {slug}" if slug else "any bank"
        raise click.ClickException(f"no lot of {where} has the number {lot}")
    if len(found) > 1:
        slugs = ", ".join(account.bank_slug for account in found)
        raise click.ClickException(f"several banks have a lot {lot}: add --bank, one of {slugs}")
    is_right = _explain(found[0])
    sys.exit(0 if is_right else 1)


def _explain(account: "LotAccount") -> bool:
    """Print the account of a lot; tells whether the balances say what the movements do."""
    lot = account.lot
    title = f"{lot.number} {lot.label}, {account.bank_name}, received on {lot.received_on}, {lot.status}"
    console.print(title, style="bold", markup=False, highlight=False, soft_wrap=True)
    console.print(_movements(account))
    console.print(_places(account))
    moved = account.in_grams - account.out_grams
    line = f"in {_g(account.in_grams)} - out {_g(account.out_grams)} = on hand {_g(moved)}"
    console.print(line, highlight=False, soft_wrap=True)
    if moved == account.balance_grams:
        return True
    wrong = f"the balances say {_g(account.balance_grams)}: difference {account.balance_grams - moved:+,d} g"
    console.print(f"{wrong}; run `collecto ledger verify --bank {account.bank_slug}`", style="red")
    return False


def _movements(account: "LotAccount") -> Table:
    table = Table("movement", "times", "in", "out", "neither", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in account.turnover:
        grams = (line.in_grams, line.out_grams, line.other_grams)
        table.add_row(line.kind, str(line.count), *(_g(each) if each else "" for each in grams))
    table.add_section()
    table.add_row("total", "", _g(account.in_grams), _g(account.out_grams), "")
    return table


def _places(account: "LotAccount") -> Table:
    table = Table("location", "free", "reserved", "on hand")
    for column in table.columns[1:]:
        column.justify = "right"
    for held in account.held:
        shown = (held.on_hand_grams, held.reserved_grams, held.grams)
        table.add_row(f"{held.location.site.code} {held.location.name}", *map(_g, shown))
    return table


def _g(grams: int) -> str:
    """Write grams as a person reads them, and to the gram."""
    return f"{grams:,d} g"
