"""The members of the demonstration network: real geography, fictional activity."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.progress import Progress

from apps.kernel.abilities import Actor, Role, software
from collecto.demo.letterheads import write_letterhead
from tenants.accounts.services import membership_grant, person_ensure
from tenants.crossing import Purpose, in_platform
from tenants.registry.models import FoodBank
from tenants.registry.services import NewBank, bank_open
from tenants.registry.states import BankKind

DEMO = software("demonstration")


@dataclass(frozen=True, slots=True)
class Member:
    """One member: sub-domain, name, kind, parent's sub-domain, departments served, seat."""

    slug: str
    name: str
    kind: BankKind
    parent: str
    departments: tuple[str, ...]
    city: str
    postcode: str
    latitude: float
    longitude: float


MEMBERS = (
    Member(
        "bourgogne",
        "Banque alimentaire de Bourgogne (démonstration)",
        BankKind.BANK,
        "",
        ("21", "58", "71", "89"),
        "Dijon",
        "21000",
        47.3386,
        5.0612,
    ),
    Member(
        "nevers",
        "Antenne de Nevers (démonstration)",
        BankKind.ANTENNA,
        "bourgogne",
        ("58",),
        "Nevers",
        "58000",
        46.9896,
        3.1590,
    ),
    Member(
        "chalon",
        "Antenne de Chalon-sur-Saône (démonstration)",
        BankKind.ANTENNA,
        "bourgogne",
        ("71",),
        "Chalon-sur-Saône",
        "71100",
        46.7808,
        4.8539,
    ),
    Member(
        "auxerre",
        "Antenne d’Auxerre (démonstration)",
        BankKind.ANTENNA,
        "bourgogne",
        ("89",),
        "Monéteau",
        "89470",
        47.8482,
        3.5795,
    ),
    Member(
        "jura",
        "Banque voisine du Jura (démonstration)",
        BankKind.BANK,
        "",
        ("39",),
        "Champagnole",
        "39300",
        46.7417,
        5.9258,
    ),
    Member(
        "aube",
        "Banque voisine de l’Aube (démonstration)",
        BankKind.BANK,
        "",
        ("10",),
        "La Chapelle-Saint-Luc",
        "10600",
        48.3380,
        4.0312,
    ),
    Member(
        "allier",
        "Banque voisine de l’Allier (démonstration)",
        BankKind.BANK,
        "",
        ("03",),
        "Moulins",
        "03000",
        46.5650,
        3.3333,
    ),
    Member(
        "loire",
        "Banque voisine de la Loire (démonstration)",
        BankKind.BANK,
        "",
        ("42",),
        "Saint-Étienne",
        "42000",
        45.4397,
        4.3872,
    ),
    Member(
        "federation",
        "Fédération (démonstration)",
        BankKind.FEDERATION,
        "",
        (),
        "Paris",
        "75000",
        48.8566,
        2.3522,
    ),
)
PILOT = ("bourgogne", "nevers", "chalon", "auxerre")

STAFF = (
    (Role.MANAGER, "Camille Perrin"),
    (Role.STOCK, "Denis Morel"),
    (Role.ROUNDS, "Leïla Haddad"),
    (Role.ORDERS, "Inès Garnier"),
    (Role.ACCOUNTS, "Paul Lefèvre"),
    (Role.VOLUNTEER, "Monique Roux"),
    (Role.DRIVER, "Karim Benali"),
)
"""Invented people, the same first names in every bank."""


def open_members(progress: Progress, also: Sequence[Member] = ()) -> dict[str, FoodBank]:
    """Open every member of the network, and some others; returns them by sub-domain."""
    members: dict[str, FoodBank] = {}
    for member in progress.track((*MEMBERS, *also), description="opening the banks"):
        members[member.slug] = bank_open(DEMO, new=_new(member, members))
        write_letterhead(DEMO, members[member.slug])
    return members


def _new(member: Member, opened: dict[str, FoodBank]) -> NewBank:
    seat = {
        "city": member.city,
        "postcode": member.postcode,
        "department": member.postcode[:2],
        "latitude": member.latitude,
        "longitude": member.longitude,
    }
    return NewBank(
        name=member.name,
        slug=member.slug,
        kind=member.kind,
        parent=opened.get(member.parent),
        departments=member.departments,
        address=seat,
    )


def staff_of(bank: FoodBank) -> dict[Role, Actor]:
    """Give a bank its people and return the actor of each role."""
    actors = {}
    with in_platform(Purpose.DEMONSTRATION):
        for role, name in STAFF:
            email = f"{role}.{bank.slug}@example.org"
            user = person_ensure(email=email, full_name=name)
            membership_grant(user=user, bank=bank, role=role)
            actors[role] = Actor(id=user.pk, label=name, roles=frozenset({role}))
    return actors


def federation_person(federation: FoodBank) -> None:
    """Give the federation somebody who reads its figures."""
    with in_platform(Purpose.DEMONSTRATION):
        user = person_ensure(email="analyste@example.org", full_name="Hélène Caron")
        membership_grant(user=user, bank=federation, role=Role.FEDERATION)
