"""``collecto migrate``: the public schema, a canary, then every bank, with a report of each."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from collecto.commands.operate import console, ready

if TYPE_CHECKING:
    from collecto.migrate import BankReport, Group


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if something is pending.")
@click.option("--plan", is_flag=True, help="Change nothing; print what would run.")
@click.option("--bank", "banks", multiple=True, metavar="SLUG", help="Only this bank (may be repeated).")
@click.option("--canary", "canaries", default=1, show_default=True, help="Banks per history that go first.")
@click.option("--canary-bank", "canary_banks", multiple=True, metavar="SLUG", help="A bank that goes first.")
@click.option("--batch", default=50, show_default=True, help="Banks per batch.")
@click.option("--lock-seconds", default=3.0, show_default=True, help="Longest wait for a table in use.")
@click.option("--attempts", default=5, show_default=True, help="Attempts per bank when tables are in use.")
@click.option("--wait/--no-wait", default=True, help="Wait while another migration runs, or give up.")
@click.option("--report", type=click.Path(path_type=Path), help="Write the report of each bank as JSON.")
@ready
def migrate(check: bool, plan: bool, wait: bool, report: Path | None, **wishes: Any) -> None:
    """Bring the database to this version: public schema, canary, then every bank."""
    migrations = import_module("collecto.migrate")
    try:
        if check or plan:
            sys.exit(_look(migrations, wishes["banks"], is_check=check))
        waiting = lambda: console.print("another migration is running; waiting for it …")  # noqa: E731
        with migrations.alone(waiting=waiting, is_patient=wait):
            sys.exit(_run(migrations, wishes, report))
    except (migrations.Busy, LookupError) as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        sys.exit(1)


def _look(migrations: Any, banks: tuple[str, ...], *, is_check: bool) -> int:
    """Print what is pending and return the exit code."""
    shared, groups = migrations.pending_public(), migrations.pending(banks)
    for name in shared:
        console.print(f"public: {name}")
    for group in groups:
        _print_group(group)
    if not shared and not groups:
        console.print("nothing is pending")
    return int(is_check and bool(shared or groups))


def _print_group(group: "Group") -> None:
    count = len(group.banks)
    names = ", ".join(sorted(group.banks)[:5]) + (", …" if count > 5 else "")
    console.print(f"{count} banks at {group.fingerprint[:12] or 'nothing'} ({names}):", soft_wrap=True)
    if group.error:
        console.print(f"  [red]{group.error}[/]", soft_wrap=True)
    for step in group.script.steps if group.script else ():
        way = "replayed" if step.before is None else "run by Django in each bank"
        place = "" if step.is_atomic else ", outside a transaction"
        console.print(f"  {step.name}: {way}{place}", soft_wrap=True)
    if group.script and not group.script.steps:
        console.print("  rights and version only")


def _run(migrations: Any, options: dict[str, Any], path: Path | None) -> int:
    """Migrate, print and write the report, and return the exit code."""
    patience = migrations.Patience(options.pop("lock_seconds"), options.pop("attempts"))
    migrations.migrate_public()
    console.print("public schema: up to date")
    groups = migrations.pending(options["banks"])
    reports: list[BankReport] = []
    try:
        wishes = migrations.Wishes(**options, patience=patience)
        _follow(migrations.migrate_banks(groups, wishes), reports, sum(len(group.banks) for group in groups))
    finally:
        if path:
            path.write_text(json.dumps([asdict(each) for each in reports], indent=1) + "\n", encoding="utf-8")
    return _conclude(reports, sum(len(group.banks) for group in groups))


def _follow(run: Iterable["BankReport"], reports: list["BankReport"], total: int) -> None:
    columns = (TextColumn("banks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=console, transient=True) as progress:
        task = progress.add_task("", total=total)
        for report in run:
            reports.append(report)
            progress.update(task, advance=1, description=report.bank)


def _conclude(reports: list["BankReport"], total: int) -> int:
    """Print how it went and return the exit code."""
    counts = Counter(str(report.outcome) for report in reports)
    failed = [report for report in reports if report.outcome == "failed"]
    for report in failed:
        kind = "canary" if report.is_canary else "bank"
        console.print(f"[red]{kind} {report.bank}: {report.error_class}: {report.error}[/]", soft_wrap=True)
    if failed and failed[-1].is_canary:
        console.print(f"[red]the canary failed: {total - len(reports)} banks were left untouched[/]")
    summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    console.print(f"banks: {summary or 'all up to date'}")
    return int(bool(failed))
