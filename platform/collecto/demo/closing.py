"""The closing table: in, out, lost, on the road, in stock, and whether it all balances."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from django.conf import settings
from django.utils.translation import override
from rich.console import Console
from rich.table import Table

from apps.donors.states import SupplySource
from apps.kernel.abilities import software
from apps.kernel.quantity import format_kg
from apps.orders.models import OrderLine
from apps.partners.states import PartnerType
from apps.stock.models import Balance, Movement
from apps.stock.states import INSIDE, AccountKind, LossReason
from collecto.demo.hats import donor_with_link, traveller_known
from tenants.accounts.addresses import Entry
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, each_tenant, in_platform
from tenants.federation.books import books_verify
from tenants.federation.services import reconcile
from tenants.network.links import declaration_address
from tenants.network.models import NetworkOffer
from tenants.network.selectors import in_transit_grams
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks


@dataclass(slots=True)
class Books:
    """Grams of the whole network, read from the ledgers; counts of what was done."""

    received: Counter[str] = field(default_factory=Counter)
    handed_over: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    counted: int = 0
    stock: int = 0
    in_transit: int = 0
    in_workshop: int = 0
    transit_by_ledgers: int = 0
    offers: int = 0
    order_lines: int = 0
    wrong_in_books: int = 0
    rows: list[str] = field(default_factory=list)

    @property
    def difference(self) -> int:
        """Grams in, less out, lost, on the road, in the workshop, in stock: zero when the books balance."""
        kept = self.in_transit + self.in_workshop + self.stock
        gone = self.handed_over.total() + self.lost.total() + kept
        return self.received.total() + self.counted - gone

    @property
    def fingerprint(self) -> str:
        """Digest of every movement that counts, identifiers left out: same seed, same books."""
        return sha256("\n".join(sorted(self.rows)).encode()).hexdigest()[:16]


def books() -> Books:
    """Read the books of every bank and of the network."""
    total = Books()
    each_tenant(Purpose.INDICATORS, lambda bank: _add(total, bank))
    with in_platform(Purpose.INDICATORS):
        total.in_transit = in_transit_grams()
        total.offers = NetworkOffer.objects.count()
    return total


def _add(total: Books, bank: FoodBank) -> None:
    """Add one bank's ledger, inside its own scope."""
    total.wrong_in_books += len(books_verify(bank, Purpose.INDICATORS))
    total.order_lines += OrderLine.objects.count()
    for kind, grams in Balance.objects.values_list("account__kind", "grams"):
        if kind in INSIDE:
            total.stock += grams
        elif kind == AccountKind.WORKSHOP:
            total.in_workshop += grams
        elif kind == AccountKind.TRANSIT:
            total.transit_by_ledgers += grams
    movements = Movement.objects.select_related("lot", "source", "destination").order_by("id")
    for movement in movements.iterator(chunk_size=2_000):
        _count(total, bank, movement)


def _count(total: Books, bank: FoodBank, movement: Movement) -> None:
    """Count one movement by where it crosses the border of the bank; a reversal counts backwards."""
    into, out_of = movement.destination.kind, movement.source.kind
    if {into, out_of} <= INSIDE:
        return
    total.rows.append(
        f"{bank.slug} {movement.occurred_on} {movement.kind} {movement.lot.label} "
        f"{movement.lot.supply_source} {movement.party_label} {movement.grams}"
    )
    for kind, grams in ((into, movement.grams), (out_of, -movement.grams)):
        if kind in (AccountKind.DONOR, AccountKind.SUPPLIER):
            total.received[movement.lot.supply_source] -= grams
        elif kind == AccountKind.PARTNER:
            total.handed_over[movement.party_type] += grams
        elif kind == AccountKind.LOSS:
            account = movement.destination if kind == into else movement.source
            total.lost[account.detail] += grams
        elif kind == AccountKind.COUNT:
            total.counted -= grams


def show(console: Console) -> Books:
    """Print the closing table with the proof that it balances (in English, like every command)."""
    total = books()
    wrong = len(reconcile(software("demonstration"))) + total.wrong_in_books
    wrong += total.transit_by_ledgers != total.in_transit
    with override("en"):
        console.print(_table(total))
    balanced = not wrong and not total.difference
    verdict = "[green]the books balance[/]" if balanced else "[red]THE BOOKS DO NOT BALANCE[/]"
    console.print(
        f"{total.offers} offers, {total.order_lines} order lines, {len(total.rows)} movements counted: "
        f"{verdict} (every balance recomputed, national figures reconciled). Fingerprint {total.fingerprint}."
    )
    return total


def _table(total: Books) -> Table:
    table = Table(title="The week in kilograms", show_footer=False)
    table.add_column("")
    table.add_column("kg", justify="right")
    _section(table, "Received, by source", total.received, dict(SupplySource.choices))
    _section(table, "Handed over, by type of partner", total.handed_over, dict(PartnerType.choices))
    _section(table, "Lost, by reason", total.lost, dict(LossReason.choices))
    table.add_row("On the road between banks", format_kg(total.in_transit, decimals=3))
    table.add_row("In the workshop", format_kg(total.in_workshop, decimals=3))
    table.add_row("In stock", format_kg(total.stock, decimals=3))
    table.add_section()
    table.add_row("Difference", f"[bold]{format_kg(total.difference, decimals=3)}[/]")
    return table


def _section(table: Table, title: str, grams: Counter[str], labels: dict[str, object]) -> None:
    table.add_row(f"[bold]{title}[/]", f"[bold]{format_kg(grams.total(), decimals=3)}[/]")
    for code, weight in sorted(grams.items(), key=lambda item: -item[1]):
        table.add_row(f"  {labels.get(code, code)}", format_kg(weight, decimals=3))
    table.add_section()


def welcome(console: Console, port: int) -> None:
    """Print where to go and who one can be."""
    with in_platform(Purpose.DEMONSTRATION):
        banks = list(operating_banks())
        people = Membership.objects.filter(ended_at__isnull=True).count()
        traveller, donor = traveller_known(), donor_with_link()
    console.print(f"\n[bold]COLLECTO is running.[/] Enter as anybody in one click ({people} people):")
    console.print(f"  http://collecto.{settings.BASE_DOMAIN}:{port}/enter/")
    for bank in banks:
        console.print(f"  http://{bank.host}:{port}/  {bank.name}")
    console.print(f"  http://federation.{settings.BASE_DOMAIN}:{port}/  national figures")
    entry = Entry(scheme="http", port=str(port))
    if traveller is not None:
        console.print(f"  {traveller} has roles in two banks: enter as her, and change bank from her name.")
        console.print(
            f"  Invitations wait for an answer: http://bourgogne.{settings.BASE_DOMAIN}:{port}/accounts/invitations/"
        )
    if donor is not None:
        console.print(f"  {donor} gives through its own link, without an account:")
        console.print(f"  {declaration_address(donor, entry)}", soft_wrap=True)
    console.print(
        "Browsers resolve these names by themselves (Chrome, Edge, Firefox). Ctrl-C stops everything."
    )
