"""``collecto bank``: the life of a food bank from the command line."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from collecto.commands.operate import ready

console = Console()
SLUG = click.argument("slug")
REASON = click.option("--reason", default="", help="Kept in the history of the bank.")


@click.group()
def bank() -> None:
    """Food banks: open, suspend, rename, copy, archive, erase."""


@bank.command("list")
@ready
def bank_list() -> None:
    """List the members of the network and where they stand."""
    registry = _module("selectors")
    table = Table(
        "sub-domain", "name", "kind", "state", "address", "last movement", "waits since", "set aside"
    )
    with _platform():
        known = registry.standings()
        for each in registry.all_banks():
            how = known.get(each.pk, registry.Standing())
            since = how.waiting_since.isoformat(timespec="minutes") if how.waiting_since else ""
            table.add_row(
                each.slug, each.name, each.kind, each.status, each.host, str(how.last_activity or ""), since,
                str(how.parked or ""),
            )  # fmt: skip
    console.print(table)


@bank.command("show")
@SLUG
@ready
def bank_show(slug: str) -> None:
    """Show one bank and its history."""
    with _platform(), _refusals():
        found = _bank(slug)
        console.print(f"[bold]{found.name}[/]  {found.status} since {found.status_since:%Y-%m-%d %H:%M}")
        console.print(f"{found.pk}  {found.host or 'no address'}  schema {found.schema_name}")
        for event in found.events.order_by("at", "id"):
            what = event.to_status if event.action == "moved" else event.action
            line = f"{event.at:%Y-%m-%d %H:%M}  {what:<14} {event.actor_label}  {event.reason}"
            console.print(line, markup=False, highlight=False)


@bank.command("open")
@SLUG
@click.option("--name", required=True, help="Name of the bank.")
@click.option("--department", "departments", multiple=True, help="Code of a department served; repeatable.")
@click.option("--parent", default="", help="Sub-domain of the parent: opens an antenna.")
@click.option("--activate/--no-activate", default=True, help="Open it to its people when it is ready.")
@ready
def bank_open(slug: str, name: str, departments: tuple[str, ...], parent: str, activate: bool) -> None:
    """Open a food bank; asked again after an interruption, finish it."""
    services, kinds = _module("services"), _module("states").BankKind
    with _refusals():
        with _platform():
            above = _bank(parent) if parent else None
        new = services.NewBank(
            name=name,
            slug=slug,
            kind=kinds.ANTENNA if above else kinds.BANK,
            parent=above,
            departments=departments,
            activate=activate,
        )
        opened = services.bank_open(_actor(), new=new)
    console.print(f"{opened.slug}: {opened.status}")


@bank.command("suspend")
@SLUG
@click.option("--reason", required=True, help="Kept in the history of the bank.")
@ready
def bank_suspend(slug: str, reason: str) -> None:
    """Close a bank to its people; its data stay."""
    _move(slug, "SUSPENDED", reason)


@bank.command("resume")
@SLUG
@REASON
@ready
def bank_resume(slug: str, reason: str) -> None:
    """Open a ready, suspended or archived bank to its people."""
    _move(slug, "ACTIVE", reason)


@bank.command("archive")
@SLUG
@click.option("--reason", required=True, help="Kept in the history of the bank.")
@ready
def bank_archive(slug: str, reason: str) -> None:
    """Close a bank, keep an export of it, and put it away."""
    _step(slug, "ARCHIVE", reason)


@bank.command("rename")
@SLUG
@click.argument("new_slug")
@REASON
@ready
def bank_rename(slug: str, new_slug: str, reason: str) -> None:
    """Give a bank another sub-domain; the former address leads to it for a time."""
    with _refusals():
        renamed = _module("renaming").bank_rename(_actor(), bank=_read(slug), slug=new_slug, reason=reason)
        with _platform():
            console.print(f"{slug} -> {renamed.host}; people sign in again there")


@bank.command("export")
@SLUG
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@ready
def bank_export(slug: str, file: Path) -> None:
    """Copy a bank whole into one file, as it stands at one instant."""
    with _refusals(), _progress() as tell:
        manifest = _module("exporting").bank_export(_actor(), bank=_read(slug), target=file, tell=tell)
    console.print(f"{file}: {manifest.rows} rows, {len(manifest.files)} files, SHA-256 {manifest.digest}")


@bank.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "slug", default="", help="Restore a copy under this sub-domain, beside the original.")
@click.option("--replace", is_flag=True, help="Drop the present space of a suspended or archived bank first.")
@ready
def bank_restore(file: Path, slug: str, replace: bool) -> None:
    """Build a bank again from an export and check it; it comes back suspended."""
    with _refusals(), _progress() as tell:
        restored = _module("restoring").bank_restore(
            _actor(), source=file, slug=slug, replace=replace, tell=tell
        )
    console.print(f"{restored.slug}: {restored.status}; the rows, the checksums and the books agree")


@bank.command("erase")
@SLUG
@click.option("--now", is_flag=True, help="Do not wait until the archive's time is over; needs --reason.")
@REASON
@click.option("--yes", "confirmed", default="", help="The sub-domain again, instead of being asked for it.")
@ready
def bank_erase(slug: str, now: bool, reason: str, confirmed: str) -> None:
    """Remove an archived bank for good, and print the proof."""
    with _refusals():
        bank_id = _read(slug).pk
        typed = confirmed or click.prompt("This removes everything. Type the sub-domain of the bank")
        if typed != slug:
            console.print("[red]Not the same name: nothing was removed.[/]")
            sys.exit(1)
    _step(slug, "ERASE", reason, now=now)
    with _platform():
        proof = _module("models").ErasureProof.objects.get(pk=bank_id)
        _print_proof(proof)


@bank.command("proof")
@click.argument("number")
@ready
def bank_proof(number: str) -> None:
    """Print the proof of an erasure; NUMBER is the id of the bank."""
    with _platform():
        proof = _module("models").ErasureProof.objects.filter(pk=number).first()
        if proof is None:
            console.print("[red]No bank of this number was erased.[/]")
            sys.exit(1)
        _print_proof(proof)


def _print_proof(proof: Any) -> None:
    statement = _module("erasure").statement_of(proof)
    said = {"statement": json.loads(statement), "sha256": proof.digest}
    console.print_json(json.dumps(said, ensure_ascii=False))


def _move(slug: str, to: str, reason: str) -> None:
    with _refusals():
        status = _module("states").BankStatus[to]
        moved = _module("services").bank_move(_actor(), bank=_read(slug), to=status, reason=reason)
    console.print(f"{moved.slug}: {moved.status}")


def _step(slug: str, kind: str, reason: str, **params: Any) -> None:
    """Ask for a step and run it here, drawing how far it is; one that was interrupted is finished."""
    steps = _module("steps")
    with _refusals(), _progress() as tell:
        kind_of, found = _module("states").StepKind[kind], _read(slug)
        step = steps.step_unfinished(found, kind_of) or steps.step_ask(
            _actor(), bank=found, kind=kind_of, reason=reason, params=params, hint=False
        )
        step = steps.step_run(step.pk, tell=tell)
    if step.error:
        console.print(f"[red]{step.failed_because}[/]")
        sys.exit(1)
    console.print(f"{slug}: {step.kind} {step.state}")


def _module(name: str) -> Any:
    return import_module(f"tenants.registry.{name}")


def _actor() -> Any:
    software = import_module("apps.kernel.abilities").software
    return software(f"collecto bank ({getpass.getuser()})")


def _platform() -> Any:
    crossing = import_module("tenants.crossing")
    return crossing.in_platform(crossing.Purpose.COMMAND)


def _read(slug: str) -> Any:
    with _platform():
        return _bank(slug)


def _bank(slug: str) -> Any:
    found = _module("selectors").all_banks().filter(slug=slug).first()
    if found is None:
        console.print(f"[red]No bank has the sub-domain {slug}.[/]")
        sys.exit(1)
    return found


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into one line and a failing exit code."""
    errors = import_module("apps.kernel.errors")
    validation = import_module("django.core.exceptions").ValidationError
    try:
        yield
    except errors.DomainError as refusal:
        console.print(f"[red]{refusal.message}[/]", soft_wrap=True)
        sys.exit(1)
    except validation as refusal:
        console.print(f"[red]{' '.join(refusal.messages)}[/]", soft_wrap=True)
        sys.exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Draw a bar per stage."""
    with Progress(console=console, transient=True) as progress:
        bars: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.update(bars[stage], completed=done, total=total)

        yield tell
