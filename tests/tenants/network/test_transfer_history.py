"""The history of a transfer: both banks read what the other did, under its name and no person's."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from apps.kernel.abilities import Role
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.models import Transfer, TransferEvent
from tenants.network.services import transfer_accept, transfer_decline, transfer_propose
from tenants.registry.models import FoodBank
from tests.making.sites import make_location
from tests.making.stock import make_lot
from tests.people import actor_as

SENDER = replace(actor_as(Role.STOCK), label="Inès Morel")
RECEIVER = replace(actor_as(Role.MANAGER), label="Denis Petit")


@pytest.fixture
def proposed(twin_a: FoodBank, twin_b: FoodBank) -> Transfer:
    with in_tenant(twin_a, Purpose.TEST):
        location = make_location()
        return transfer_propose(
            SENDER, op_key=uuid4(), from_bank=twin_a, to_bank=twin_b,
            lot=make_lot(50_000, location=location), location=location, grams=20_000,
        )  # fmt: skip


def read(sign_in: Callable[..., object], bank: FoodBank, transfer: Transfer) -> list[tuple[str, str]]:
    """Return the acts and their authors as a bank's page shows them."""
    page = sign_in(bank, Role.MANAGER).get(f"/network/transfers/{transfer.pk}/")  # type: ignore[attr-defined]
    return [(line.entry.action, str(line.who)) for line in page.context["history"].lines]


def test_each_side_reads_the_other_by_its_name(twin_a, twin_b, proposed, sign_in):
    with in_tenant(twin_b, Purpose.TEST):
        transfer_accept(RECEIVER, transfer=proposed, comment="Tuesday morning")
    assert read(sign_in, twin_a, proposed) == [("accepted", twin_b.name), ("created", "Inès Morel")]
    assert read(sign_in, twin_b, proposed) == [("accepted", "Denis Petit"), ("created", twin_a.name)]


def test_what_both_read_names_nobody(twin_b, proposed):
    with in_tenant(twin_b, Purpose.TEST):
        transfer_decline(RECEIVER, transfer=proposed, comment="No room")
    with in_platform(Purpose.TEST):
        told = TransferEvent.objects.get(transfer=proposed, action="declined")
    assert (told.bank_label, told.actor_role, told.reason) == (twin_b.name, "manager", "No room")
    assert told.changes["state"] == ["proposed", "declined"]
    assert "Denis" not in str(vars(told))


def test_a_bank_that_is_no_party_reads_nothing(bank_c, proposed):
    with in_tenant(bank_c, Purpose.TEST):
        assert not TransferEvent.objects.exists()


@pytest.mark.parametrize(
    "tampering",
    ["UPDATE public.network_transferevent SET reason = ''", "DELETE FROM public.network_transferevent"],
)
def test_nobody_rewrites_it(twin_a, proposed, tampering):
    for opened in (lambda: in_tenant(twin_a, Purpose.TEST), lambda: in_platform(Purpose.TEST)):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with opened(), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(tampering)


def test_refusing_and_taking_back_ask_why(twin_b, proposed, sign_in):
    browser = sign_in(twin_b, Role.MANAGER)
    refused = browser.post(f"/network/transfers/{proposed.pk}/decline/", {})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"comment"}
