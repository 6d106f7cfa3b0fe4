"""The files of each bank before the week begins: sites, vehicles, donors, partners, rates."""

import csv
import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.core.files.base import ContentFile

from apps.delivery.services import rate_create
from apps.donors.models import Donor
from apps.donors.services import campaign_create, donor_create
from apps.donors.states import is_kept_apart
from apps.kernel import clock
from apps.kernel.quantity import GRAMS_PER_KG
from apps.partners.models import Agreement, Partner
from apps.partners.services import agreement_sign, hygiene_visit_record, paper_attach, partner_create
from apps.receiving.rules import zones_for
from apps.sites.models import Location, Site
from apps.sites.services import location_create, opening_slot_create, site_create, vehicle_create
from apps.sites.states import LocationPurpose, Programme, SiteKind, SlotPurpose
from collecto.demo.network import DEMO, PILOT
from collecto.demo.papers import pdf, png
from tenants.network.models import DonorAccount
from tenants.network.services import donor_account_ensure
from tenants.registry.models import FoodBank
from tenants.registry.states import BankKind

DATA = Path(__file__).parent / "data"
LOCATIONS = (
    ("A1", "Rayonnages secs", Location.Zone.AMBIENT, LocationPurpose.STORAGE),
    ("F1", "Chambre froide", Location.Zone.CHILLED, LocationPurpose.STORAGE),
    ("S1", "Congélateur", Location.Zone.FROZEN, LocationPurpose.STORAGE),
    ("Q1", "Quarantaine", Location.Zone.AMBIENT, LocationPurpose.QUARANTINE),
)
VEHICLES = (("Camion frigorifique", 3_500, True), ("Fourgon", 900, False))
CAMPAIGNS = ((Programme.FSE_PLUS, "FSE+"), (Programme.PURCHASE_MMPT, "Mieux manger pour tous"))
DAYS_OPEN = 7
"""Every day, so that the week is the same whatever the day it ends on."""
DOCK_HOURS = (
    (dt.time(7), dt.time(12), SlotPurpose.RECEIVING),
    (dt.time(13, 30), dt.time(16, 30), SlotPurpose.HANDOVER),
)
HOME = {"21": "bourgogne", "58": "nevers", "71": "chalon", "89": "auxerre"}
"""Which member of the pilot keeps the files of a department."""


@dataclass(slots=True)
class Files:
    """What the simulation needs to know of a bank, and how its donors and partners behave."""

    bank: FoodBank
    site: Site
    zones: dict[str, Location]
    donors: list[tuple[DonorAccount, dict[str, str]]] = field(default_factory=list)
    partners: list[tuple[Partner, dict[str, str]]] = field(default_factory=list)

    def place_for(self, temperature_class: str, supply_source: str) -> Location:
        """Return where goods are stored; those of a public programme at a location of their own."""
        usual = self.zones[zones_for(temperature_class)[0]]
        if not is_kept_apart(supply_source):
            return usual
        own = Location.objects.filter(site=self.site, zone=usual.zone, programme=supply_source).first()
        return own or location_create(
            DEMO,
            site=self.site,
            code=f"{usual.code}-{supply_source[:8]}",
            name=f"{usual.name} ({Programme(supply_source).label})",
            zone=usual.zone,
            purpose=LocationPurpose.STORAGE,
            programme=supply_source,
        )


@lru_cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a data file of the demonstration."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def write_files(bank: FoodBank) -> Files:
    """Write the files of a bank, in its own scope."""
    site = site_create(
        DEMO,
        code="DEPOT",
        name=f"Entrepôt de {bank.city}",
        kind=SiteKind.ANTENNA if bank.kind == BankKind.ANTENNA else SiteKind.WAREHOUSE,
        city=bank.city,
        postcode=bank.postcode,
        department=bank.department,
        latitude=bank.latitude,
        longitude=bank.longitude,
    )
    locations = [
        location_create(DEMO, site=site, code=code, name=name, zone=zone, purpose=purpose)
        for code, name, zone, purpose in LOCATIONS
    ]
    for name, payload_kg, cold in VEHICLES:
        capacity = payload_kg * GRAMS_PER_KG
        vehicle_create(DEMO, site=site, name=name, capacity_grams=capacity, is_refrigerated=cold)
    for weekday in range(DAYS_OPEN):
        for opens, closes, purpose in DOCK_HOURS:
            opening_slot_create(
                DEMO, site=site, weekday=weekday, opens_at=opens, closes_at=closes, purpose=purpose
            )
    rate_create(
        DEMO,
        partner_type="",
        supply_source="",
        cents_per_kg=10,
        starts_on=clock.today() - dt.timedelta(days=90),
    )
    stored = [location for location in locations if location.purpose == LocationPurpose.STORAGE]
    files = Files(bank, site, {location.zone: location for location in stored})
    _open_campaigns()
    _write_donors(files)
    _write_partners(files)
    return files


def _open_campaigns() -> None:
    year = clock.today().year
    for programme, name in CAMPAIGNS:
        campaign_create(DEMO, programme=programme, name=f"{name} {year}", starts_on=dt.date(year, 1, 1))


def _write_donors(files: Files) -> None:
    for row in rows("donors"):
        if HOME[row["department"]] == files.bank.slug:
            account = account_of(row, files.bank)
            _donor(row, account)
            files.donors.append((account, row))


def account_of(row: dict[str, str], bank: FoodBank) -> DonorAccount:
    """Open the network account of a donor of the demonstration, for its bank."""
    return donor_account_ensure(
        DEMO,
        email=f"{row['code'].lower()}@example.org",
        name=row["name"],
        kind=row["kind"],
        department=row["department"],
        address=row["address"],
        city=row["city"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        opening_bank_id=bank.pk,
    )


def _donor(row: dict[str, str], account: DonorAccount) -> Donor:
    signed = clock.today() - dt.timedelta(days=200)
    has_convention = row["has_convention"] == "1"
    return donor_create(
        DEMO,
        account_id=account.pk,
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        supply_source=row["supply_source"],
        address=row["address"],
        city=row["city"],
        department=row["department"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        sales_area_m2=int(row["sales_area_m2"]) or None,
        convention_from=signed if has_convention else None,
        convention_until=signed + dt.timedelta(days=3 * 365) if has_convention else None,
    )


def _write_partners(files: Files) -> None:
    if files.bank.slug in PILOT:
        mine = [row for row in rows("partners") if HOME[row["department"]] == files.bank.slug]
    else:
        mine = [_neighbour_partner(files.bank, number) for number in (1, 2)]
    files.partners = [(_partner(row), row) for row in mine]


def _neighbour_partner(bank: FoodBank, number: int) -> dict[str, str]:
    """Return a plainly fictional partner of a neighbouring bank."""
    row = dict(rows("partners")[number - 1])
    place = {"city": bank.city, "department": bank.department}
    return (
        row
        | place
        | {
            "code": f"PAR-{number:03d}",
            "name": f"Partenaire {number} (démonstration)",
            "latitude": str(bank.latitude),
            "longitude": str(bank.longitude),
        }
    )


def _partner(row: dict[str, str]) -> Partner:
    partner = partner_create(
        DEMO,
        code=row["code"],
        name=row["name"],
        partner_type=row["partner_type"],
        city=row["city"],
        department=row["department"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        person_count=int(row["person_count"]),
        household_count=int(row["household_count"]),
        order_rhythm=row["order_rhythm"],
        accreditation_kind=row["accreditation_kind"],
        distributes_free=row["distributes_free"] == "1",
        has_chilled=row["has_chilled"] == "1",
        has_frozen=row["has_frozen"] == "1",
    )
    start = clock.today() - dt.timedelta(days=120)
    agreement = agreement_sign(
        DEMO,
        partner=partner,
        starts_on=start,
        ends_on=start + dt.timedelta(days=365),
        signed_by="Présidence",
    )
    if row["has_chilled"] == "1":
        _write_papers(partner, agreement)
    return partner


def _write_papers(partner: Partner, agreement: Agreement) -> None:
    """Attach the signed agreement of a partner, and a visit of its cold room with its photograph."""
    signed = [
        f"Convention de partenariat – {partner.name}",
        "Document fictif de démonstration.",
        str(agreement),
    ]
    convention = ContentFile(pdf(signed), name=f"convention-{partner.code}.pdf")
    paper_attach(DEMO, subject=agreement, file=convention)
    visit = hygiene_visit_record(
        DEMO,
        partner=partner,
        visited_on=agreement.starts_on + dt.timedelta(days=30),
        visitor="Référente hygiène",
        score=92,
    )
    paper_attach(DEMO, subject=visit, file=ContentFile(png(), name="chambre-froide.png"))
