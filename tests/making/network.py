"""Builders of rows shared by several banks."""

import datetime as dt
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import DonorKind, SupplySource
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.offers.models import Offer
from apps.offers.services import Place
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.links import declaration_word
from tenants.network.models import (
    DonorAccount,
    NetworkOffer,
    RoutingAct,
    RoutingActor,
    RoutingStep,
    Transfer,
    TransferLine,
)
from tenants.network.services import (
    NewNetworkLine,
    donor_account_ensure,
    link_ensure,
    offer_publish,
    policy_set,
)
from tenants.network.states import DeskAct, TransferState
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.figures import DAY
from tests.spaces import tampering

ANYBODY = Actor(id=None, label="Anybody")
ANYBODY_AT_THE_FEDERATION = Actor(id=None, label="Federation", roles=frozenset({Role.FEDERATION}))
FAMILY = "FRUITS_LEGUMES_FRAIS"


def make_pantry(*banks: FoodBank, code: str = FAMILY) -> None:
    """Give several banks the same family, as the library does."""
    for bank in banks:
        with in_tenant(bank, Purpose.TEST):
            make_family(code=code)


def make_account(**overrides: Any) -> DonorAccount:
    """Return the account of a supermarket in Dijon."""
    values = {
        "email": f"{uuid4().hex[:8]}@example.org",
        "name": "Supermarché Essai",
        "kind": DonorKind.SUPERMARKET,
        "department": "21",
        "city": "Dijon",
    }
    return donor_account_ensure(ANYBODY, **values | overrides)


def make_link(account: DonorAccount) -> str:
    """Return the path of the good link of a donor on the public site, made if it has none."""
    word = declaration_word(link_ensure(account))
    return reverse("network_offer_declare", args=[word], urlconf=settings.PUBLIC_SCHEMA_URLCONF)


def typed(**overrides: object) -> dict[str, object]:
    """What a shop types: 120 kg of fruit, tomorrow afternoon."""
    values = {
        "name": "Primeur Essai",
        "kind": "SUPERMARKET",
        "contact_name": "Camille",
        "phone": "0380000000",
        "email": "camille@example.org",
        "address": "3 place du Marché",
        "city": "Dijon",
        "department": "21",
        "day": (clock.today() + dt.timedelta(days=1)).isoformat(),
        "opens": "14:00",
        "until": "17:00",
        "goods-TOTAL_FORMS": "3",
        "goods-INITIAL_FORMS": "0",
        "goods-0-family": FAMILY,
        "goods-0-grams": "120",
        "goods-0-expires_on": "",
    }
    return values | overrides


def make_network_line(*, grams: int = 100_000, days_left: int | None = 5, **overrides: Any) -> NewNetworkLine:
    """Return 100 kg of fresh fruit to offer, best before in five days."""
    values: dict[str, Any] = {
        "family_code": FAMILY,
        "label": "Pommes",
        "grams": grams,
        "temperature_class": TemperatureClass.COOL_8_12,
        "date_kind": DateKind.NONE if days_left is None else DateKind.BEST_BEFORE,
        "expires_on": None if days_left is None else clock.today() + dt.timedelta(days=days_left),
    }
    return NewNetworkLine(**values | overrides)


def publish(*lines: NewNetworkLine, department: str = "21", **overrides: Any) -> NetworkOffer:
    """Publish a gift in Dijon, to pick up within three days."""
    now = clock.now()
    values: dict[str, Any] = {
        "op_key": uuid4(),
        "account": overrides.pop("account", None) or make_account(),
        "place": Place(address="1 rue des Halles", city="Dijon", department=department),
        "pickup_from": now,
        "pickup_until": now + dt.timedelta(days=3),
        "lines": lines or [make_network_line()],
    }
    return offer_publish(ANYBODY, **values | overrides)


def make_near(bank: FoodBank) -> None:
    """Place a bank at Gray, 40 km from Dijon, and let kilometres weigh little: neighbours share a lot."""
    with in_platform(Purpose.TEST):
        FoodBank.objects.filter(pk=bank.pk).update(latitude=47.45, longitude=5.60)
    policy_set(ANYBODY_AT_THE_FEDERATION, reason="A trial", theta=0.05)


def make_act_by_hand(bank: FoodBank, *, by: str) -> None:
    """Write an offer that a person of the federation put to a bank, without any question in its schema."""
    now = clock.now()
    account = make_account()
    with in_platform(Purpose.TEST):
        offer = NetworkOffer.objects.create(
            number=f"NO-TEST-{uuid4().hex[:8]}",
            op_key=uuid4(),
            donor_account=account,
            supply_source=SupplySource.GMS_RAMASSE,
            city="Dijon",
            department="21",
            pickup_from=now,
            pickup_until=now + dt.timedelta(days=1),
            offered_grams=1_000,
        )
        RoutingStep.objects.create(
            offer=offer, bank=bank, rank=1, proposed_grams=1_000, deadline=offer.pickup_until
        )
        act = RoutingAct.objects.create(
            offer=offer, action=DeskAct.PLACED, bank_label=bank.name, reason="Nearest"
        )
        RoutingActor.objects.create(act=act, actor_label=by)


def local_offer(bank: FoodBank, offer: NetworkOffer) -> Offer:
    """Return the question that a bank got about an offer, with its lines."""
    with in_platform(Purpose.TEST):
        step = offer.steps.get(bank=bank)
    with in_tenant(bank, Purpose.TEST):
        return Offer.objects.prefetch_related("lines").get(network_step_id=step.pk)


def asked(offer: NetworkOffer) -> list[tuple[str, str, int, int]]:
    """Return who was asked: slug, state, grams proposed, grams accepted."""
    with in_platform(Purpose.TEST):
        steps = offer.steps.select_related("bank")
        return [(s.bank.slug, s.state, s.proposed_grams, s.accepted_grams) for s in steps]


def refreshed(offer: NetworkOffer) -> NetworkOffer:
    """Return an offer as it is now."""
    with in_platform(Purpose.TEST):
        return NetworkOffer.objects.get(pk=offer.pk)


LEG = """
INSERT INTO public.network_transitleg (bank_id, transfer_line_id, direction, grams) VALUES (%s, %s, 'out', %s)
"""
"""What the ledger of the giver says when goods leave."""


def make_shipped(giver: FoodBank, receiver: FoodBank, *, grams: int, day: dt.date = DAY) -> None:
    """Write a transfer that left on a day, with what the giver's ledger says of it."""
    line = make_transfer(giver, receiver, grams=grams)
    with in_platform(Purpose.TEST):
        Transfer.objects.filter(pk=line.transfer_id).update(state=TransferState.SHIPPED, shipped_on=day)
        with tampering() as cursor:
            cursor.execute(LEG, [giver.pk, line.pk, grams])
        TransferLine.objects.filter(pk=line.pk).update(shipped_grams=grams)


def make_transfer(
    from_bank: FoodBank, to_bank: FoodBank, *, grams: int = 100_000, **overrides: Any
) -> TransferLine:
    """Write an accepted transfer of one line, ready to ship, without any ledger behind it."""
    fields = {
        "number": f"TR-TEST-{uuid4().hex[:8]}",
        "op_key": uuid4(),
        "from_label": from_bank.name,
        "to_label": to_bank.name,
        "state": TransferState.ACCEPTED,
    }
    line = {
        "lot_id": uuid4(),
        "lot_number": "LOT-TEST",
        "label": "Pommes Golden",
        "location_id": uuid4(),
        "location_label": "A1",
        "origin": {},
        "proposed_grams": grams,
    }
    with in_platform(Purpose.TEST):
        transfer = Transfer.objects.create(from_bank=from_bank, to_bank=to_bank, **fields)
        return TransferLine.objects.create(transfer=transfer, **{**line, **overrides})
