"""A recall played as an exercise: a notice arrives, every bank keeps its lots back and tells its partners.

The network is that of the demonstration, with as many more invented banks as are asked for. In each bank a
lot is recalled; some of it was handed over, some is reserved by an open order, the rest is on the shelf, and
beside it lies a lot of the same article that somebody must look at. Every second bank sent some to the next.
"""

import datetime as dt
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import mail
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from apps.catalogue.models import Product
from apps.catalogue.services import product_update
from apps.delivery.models import PickingList
from apps.delivery.services import handover_record, picking_record
from apps.donors.services import donor_create
from apps.donors.states import DonorKind, SupplySource
from apps.kernel import clock
from apps.kernel.models import new_id
from apps.kernel.quantity import format_kg
from apps.orders.services import WantedLine, order_place
from apps.partners.models import Partner
from apps.partners.services import agreement_sign, partner_create
from apps.partners.states import PartnerType
from apps.recalls.models import RecallCase, RecallMatch, RecallReach
from apps.recalls.states import MatchState
from apps.receiving.services import LineCheck, NewReceiptLine, receipt_post, receipt_start
from apps.sites.models import Location, Site
from apps.sites.services import location_create, site_create
from apps.sites.states import LocationPurpose, SiteKind
from apps.stock.models import Lot
from apps.stock.selectors import balances_of
from apps.stock.states import LotStatus
from collecto.demo.network import DEMO, MEMBERS, Member, open_members
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.alerts.models import RecallNotice, RecallStatus
from tenants.federation.alerts.reading import notices_read
from tenants.library.services import catalogue_adopt, library_load
from tenants.network.services import transfer_accept, transfer_propose, transfer_receive, transfer_ship
from tenants.outbox.delivery import drain
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind

GTIN: Final = "09521000000032"
LOT: Final = "EX-2026-07"
OTHER_LOT: Final = "EX-2026-08"
RECEIVED: Final = 120_000
SERVED: Final = 30_000
RESERVED: Final = 20_000
TRAVELLED: Final = 15_000
"""Grams of the lot in each bank: received, handed over, reserved by an open order, sent to the next bank."""
TOWNS: Final = (
    ("Beauval", "80"), ("Clairmont", "63"), ("Grandpré", "08"), ("Hautefort", "24"), ("Montclair", "81"),
    ("Neuvic", "19"), ("Rochebelle", "30"), ("Valfleury", "42"),
)  # fmt: skip
"""Invented banks, for as many as the demonstration has not."""


@dataclass(slots=True)
class Network:
    """The banks of the exercise, and how many partners must be told in each."""

    banks: list[FoodBank]
    lots: dict[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankResult:
    """What one bank did: seconds from the arrival of the notice, weights in grams."""

    name: str
    kept_back_s: float | None
    told_s: float | None
    lots: int
    to_check: int
    quarantined_grams: int
    frozen: int
    partners: int
    told: int
    missed: int

    @property
    def is_complete(self) -> bool:
        """Tell whether every lot is kept back and frozen, the other to check, every partner told.

        Each bank of the exercise has a quarantine, an order that waits and a second lot of the article.
        """
        is_held = self.missed == 0 and self.quarantined_grams > 0 and self.frozen >= 1
        return is_held and self.to_check >= 1 and self.told == self.partners


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The whole exercise: the instant of arrival, when it was read, when the last partner was told."""

    arrived_at: dt.datetime
    read_s: float
    ended_s: float
    banks: list[BankResult]
    letters: int

    @property
    def is_complete(self) -> bool:
        """Tell whether every bank did all of it, and every partner that was told got its letter."""
        told = sum(bank.told for bank in self.banks)
        return all(bank.is_complete for bank in self.banks) and self.letters == told


def prepared(count: int, console: Console) -> Network:
    """Open the network and let each bank receive, hand over, reserve and send what will be recalled."""
    library_load(DEMO)
    inside = [member for member in MEMBERS if member.kind != BankKind.FEDERATION]
    with Progress(console=console, transient=True) as progress:
        members = open_members(progress, _others(count - len(inside)))
        banks = [bank for bank in members.values() if bank.kind != BankKind.FEDERATION][:count]
        network = Network(banks)
        for bank in progress.track(banks, description="stocking the banks"):
            catalogue_adopt(DEMO, bank=bank)
            with in_tenant(bank, Purpose.DEMONSTRATION):
                _live(bank)
    for giver, taker in zip(banks[::2], banks[1::2], strict=False):
        _send(giver, taker)
    drain()
    for bank in banks:
        with in_tenant(bank, Purpose.DEMONSTRATION):
            network.lots[bank.pk] = Lot.objects.filter(supplier_lot=LOT).count()
    return network


def played(network: Network) -> Result:
    """Let the notice arrive and follow it to the last partner."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    with _source(_notice()) as address:
        arrived_at, began = clock.now(), time.monotonic()
        notices_read(DEMO, address=address, is_exercise=True)
        drain()
        ended_s = time.monotonic() - began
    with in_platform(Purpose.DEMONSTRATION):
        read_s = (RecallNotice.objects.get().created_at - arrived_at).total_seconds()
    banks = [_result(bank, arrived_at, network.lots[bank.pk]) for bank in network.banks]
    letters = [letter for letter in mail.outbox if _is_marked(str(letter.subject))]
    return Result(arrived_at=arrived_at, read_s=read_s, ended_s=ended_s, banks=banks, letters=len(letters))


def show(result: Result, console: Console) -> None:
    """Print the time line."""
    table = Table(title=f"EXERCICE · {_notice()['libelle']} · {result.arrived_at:%Y-%m-%d %H:%M:%S} UTC")
    heads = (
        "food bank",
        "kept back",
        "partners told",
        "lots",
        "to check",
        "quarantine",
        "frozen",
        "partners",
    )
    for head in heads:
        table.add_column(head, justify="left" if head == "food bank" else "right")
    for bank in result.banks:
        table.add_row(
            bank.name,
            _seconds(bank.kept_back_s),
            _seconds(bank.told_s),
            str(bank.lots),
            str(bank.to_check),
            format_kg(bank.quarantined_grams),
            str(bank.frozen),
            f"{bank.told}/{bank.partners}",
        )
    console.print(table)
    told = sum(bank.told for bank in result.banks)
    console.print(
        f"+{result.read_s:6.2f} s  the notice is read, its word left for {len(result.banks)} food banks"
    )
    kept = [bank.kept_back_s for bank in result.banks if bank.kept_back_s is not None]
    if kept:
        console.print(f"+{min(kept):6.2f} s  the first lots are kept back, +{max(kept):.2f} s the last ones")
    console.print(f"+{result.ended_s:6.2f} s  {told} partners told, {result.letters} letters marked EXERCICE")
    console.print("[green]nothing missed[/]" if result.is_complete else "[red]something was missed[/]")


def _others(count: int) -> list[Member]:
    """Return so many invented banks."""
    return [
        Member(
            f"exercice-{n + 1}",
            f"Banque de {TOWNS[n % len(TOWNS)][0]} {n + 1} (exercice)",
            BankKind.BANK,
            "",
            (),
            TOWNS[n % len(TOWNS)][0],
            f"{TOWNS[n % len(TOWNS)][1]}000",
            46.0,
            3.0,
        )
        for n in range(max(count, 0))
    ]


def _live(bank: FoodBank) -> None:
    """Let the open bank receive the lot and its neighbour on the shelf, hand some over, reserve some."""
    site = site_create(
        DEMO, code="EX", name=f"Entrepôt de {bank.city}", kind=SiteKind.WAREHOUSE, city=bank.city,
        postcode=bank.postcode, department=bank.department,
    )  # fmt: skip
    shelf = _location(site, "A1", LocationPurpose.STORAGE)
    _location(site, "Q1", LocationPurpose.QUARANTINE)
    ambient = Product.objects.filter(
        temperature_class="AMBIENT", family__is_food=True, date_kind="BEST_BEFORE"
    )
    product = product_update(DEMO, product=ambient.order_by("ref")[0], gtin=GTIN)
    for lot, grams in ((LOT, RECEIVED), (OTHER_LOT, RECEIVED // 4)):
        _receive(site, shelf, product, lot, grams)
    served, waiting = _partner(bank, 1), _partner(bank, 2)
    _order(served, site, product, SERVED, hand_over=True)
    _order(waiting, site, product, RESERVED, hand_over=False)


def _location(site: Site, code: str, purpose: LocationPurpose) -> Location:
    return location_create(DEMO, site=site, code=code, name=code, zone=Location.Zone.AMBIENT, purpose=purpose)


def _receive(site: Site, shelf: Location, product: Product, lot: str, grams: int) -> None:
    """Receive a lot of the article; the one that is recalled has the nearer date, so it leaves first."""
    donor = donor_create(
        DEMO, name=f"Plateforme {lot}", kind=DonorKind.SUPERMARKET, supply_source=SupplySource.GMS_PLATFORM,
        city=site.city, department=site.department,
    )  # fmt: skip
    expires_on = clock.today() + dt.timedelta(days=60 if lot == LOT else 90)
    line = NewReceiptLine(product=product, family=product.family, expected_grams=grams, expires_on=expires_on)
    receipt = receipt_start(
        DEMO, op_key=new_id(), site=site, donor=donor, supply_source=SupplySource.GMS_PLATFORM, lines=[line]
    )
    check = LineCheck(
        line_id=receipt.lines.get().pk,
        accepted_grams=grams,
        date_kind=product.date_kind,
        expires_on=expires_on,
        supplier_lot=lot,
        location=shelf,
    )
    receipt_post(DEMO, receipt=receipt, checks=[check])


def _partner(bank: FoodBank, number: int) -> Partner:
    partner = partner_create(
        DEMO,
        name=f"Association {bank.city} {number} (exercice)",
        partner_type=PartnerType.values[0],
        email=f"association{number}.{bank.slug}@example.org",
        city=bank.city,
        department=bank.department,
    )
    today = clock.today()
    year = dt.timedelta(days=365)
    agreement_sign(DEMO, partner=partner, starts_on=today, ends_on=today + year, signed_by="Présidence")
    return partner


def _order(partner: Partner, site: Site, product: Product, grams: int, *, hand_over: bool) -> None:
    line = WantedLine(product=product, family=product.family, grams=grams)
    order = order_place(
        DEMO, op_key=new_id(), partner=partner, site=site, wanted_on=clock.today(), lines=[line]
    )
    if not hand_over:
        return
    picking = PickingList.objects.get(order=order)
    weights = {each.pk: each.reserved_grams for each in picking.lines.all()}
    picked = picking_record(DEMO, picking_list=picking, weights=weights)
    handover_record(DEMO, picking_list=picked, op_key=new_id(), received_by=partner.name)


def _send(giver: FoodBank, taker: FoodBank) -> None:
    """Let some of the lot go from one bank to another."""
    with in_tenant(giver, Purpose.DEMONSTRATION):
        lot = Lot.objects.get(supplier_lot=LOT)
        held = next(each for each in balances_of(lot) if each.on_hand_grams >= TRAVELLED)
        transfer = transfer_propose(
            DEMO, op_key=new_id(), from_bank=giver, to_bank=taker, lot=lot, location=held.location,
            grams=TRAVELLED,
        )  # fmt: skip
    with in_tenant(taker, Purpose.DEMONSTRATION):
        transfer_accept(DEMO, transfer=transfer)
    with in_tenant(giver, Purpose.DEMONSTRATION):
        transfer_ship(DEMO, transfer=transfer)
    with in_tenant(taker, Purpose.DEMONSTRATION):
        shelf = Location.objects.get(code="A1")
        with in_platform(Purpose.DEMONSTRATION):
            line = transfer.lines.get()
        transfer_receive(DEMO, transfer=transfer, received={line.pk: TRAVELLED}, location=shelf)


def _result(bank: FoodBank, arrived_at: dt.datetime, lots: int) -> BankResult:
    """Read what a bank did from its own books."""
    with in_platform(Purpose.DEMONSTRATION):
        status = RecallStatus.objects.get(bank=bank)
    with in_tenant(bank, Purpose.DEMONSTRATION):
        case = RecallCase.objects.filter(is_exercise=True).first()
        kept = Lot.objects.filter(supplier_lot=LOT, status=LotStatus.BLOCKED).count()
        matches = RecallMatch.objects.filter(case=case)
        reaches = RecallReach.objects.filter(case=case)
        return BankResult(
            name=bank.slug,
            kept_back_s=_after(arrived_at, case.kept_back_at if case else None),
            told_s=_after(arrived_at, case.told_at if case else None),
            lots=matches.filter(state=MatchState.OURS).count(),
            to_check=matches.filter(state=MatchState.TO_CHECK).count(),
            quarantined_grams=status.quarantined_grams,
            frozen=status.frozen_count,
            partners=1,
            told=reaches.filter(told_at__isnull=False).count(),
            missed=lots - kept,
        )


def _after(arrived_at: dt.datetime, at: dt.datetime | None) -> float | None:
    return (at - arrived_at).total_seconds() if at else None


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"+{value:.2f} s"


def _is_marked(subject: str) -> bool:
    """Tell whether a letter says in its subject that it is an exercise."""
    return subject.startswith(("EXERCICE", "EXERCISE"))


def _notice() -> dict[str, Any]:
    """Return the notice that arrives, in the shape of the public source; its goods are invented."""
    return {
        "numero_fiche": "exercice/00001",
        "numero_version": 1,
        "categorie_produit": "alimentation",
        "libelle": "EXERCICE biscuits fourrés 300 g",
        "marque_produit": "marque fictive",
        "identification_produits": [GTIN, f"lot {LOT.lower()}"],
        "motif_rappel": "exercice : présence fictive de fragments de métal",
        "conduites_a_tenir_par_le_consommateur": "ne plus consommer|détruire le produit",
        "distributeurs": "enseigne fictive",
        "date_publication": f"{clock.today():%Y-%m-%d}T08:00:00+00:00",
    }


@contextmanager
def _source(notice: dict[str, Any]) -> Iterator[str]:
    """Serve one notice on loopback as the public source would; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        """Answers every question with the one notice."""

        def do_GET(self) -> None:
            """Answer."""
            body = json.dumps({"total_count": 1, "results": [notice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/records"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
