"""Banks with something in them, for what copies, moves and erases them."""

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connections

from apps.kernel.abilities import Role
from apps.sites.models import Location
from apps.stock.models import Movement
from tenants.accounts.models import HatEvent, Membership
from tenants.accounts.services import membership_grant, person_ensure, token_issue
from tenants.crossing import Purpose, in_owner, in_platform, in_tenant
from tenants.isolation.schemas import drop_schema
from tenants.registry.models import BankEvent, BankStep, FoodBank
from tenants.registry.services import bank_move
from tenants.registry.states import BankStatus
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.spaces import OPERATOR

GRAMS = 12_345
PAPER = b"%PDF-1.4 a paper of this bank"


def fill(bank: FoodBank, *, papers: int = 1) -> None:
    """Give a bank goods, people, a token, files, and so figures and history."""
    with in_tenant(bank, Purpose.TEST):
        shelf: Location = make_location()
        make_lot(GRAMS, location=shelf)
        make_lot(GRAMS, location=shelf)
        for _number in range(papers):
            storages["default"].save("paper.pdf", ContentFile(PAPER))
    with in_platform(Purpose.TEST):
        user = person_ensure(email=f"{bank.slug}@example.org", full_name="Inès")
        membership_grant(user=user, bank=bank, role=Role.MANAGER)
        token_issue(user=user, bank=bank, label="scales")


def moved(bank: FoodBank, *path: BankStatus) -> FoodBank:
    """Lead a bank through states."""
    for to in path:
        bank_move(OPERATOR, bank=bank, to=to, reason="test")
    return bank


def stock_grams(bank: FoodBank) -> int:
    """Return what the movements of a bank add up to."""
    with in_tenant(bank, Purpose.PROVISIONING):
        return sum(Movement.objects.values_list("grams", flat=True))


def asked(query: str, *params: Any) -> list[Any]:
    """Return what the database answers its owner."""
    with in_owner(Purpose.TEST), connections["owner"].cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


def events_of(bank: FoodBank) -> list[str]:
    """Return what happened to a bank, oldest first; a move is named by the state it led to."""
    with in_platform(Purpose.TEST):
        found = BankEvent.objects.filter(bank_id=bank.pk).order_by("at", "id")
        return [event.to_status if event.action == "moved" else event.action for event in found]


def bundle_in(folder: Path, bank: FoodBank) -> Path:
    """Return where a test keeps the export of a bank."""
    return folder / f"{bank.slug}.zip"


def remove(slug: str) -> None:
    """Take a bank of a test out of the register, with its space and whatever names it."""
    with in_owner(Purpose.TEST), connections["owner"].cursor() as cursor:
        for bank in list(FoodBank.objects.filter(slug=slug)):
            drop_schema(bank.schema_name)
            cursor.execute("SET session_replication_role = replica")
            BankEvent.objects.filter(bank=bank).delete()
            cursor.execute("SET session_replication_role = origin")
            BankStep.objects.filter(bank=bank).delete()
            HatEvent.objects.filter(bank=bank).delete()
            Membership.objects.filter(bank=bank).delete()
            bank.delete()
