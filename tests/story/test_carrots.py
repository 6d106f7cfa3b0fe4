"""Twelve tonnes of carrots in the Côte-d’Or, to be eaten within five days.

The home bank takes four tonnes and leaves the rest. Its neighbours are asked together, each for its fair
part; one of them says nothing, and when its time is over the rest goes on by itself. A truck then brings a
part of the carrots to the silent neighbour after all, and forty kilos are missing at its dock. At the end
every gram is somewhere: in each ledger, on the road, in the national figures.
"""

import datetime as dt
from uuid import uuid4

import pytest

from apps.kernel import clock
from apps.kernel.abilities import Role, software
from apps.kernel.quantity import grams_from_kg
from apps.offers.models import Offer
from apps.offers.services import Place, offer_accept
from apps.offers.states import OfferStatus
from apps.receiving.models import GoodsReceipt
from apps.receiving.services import LineCheck, receipt_post
from apps.rounds.models import Stop
from apps.rounds.services import PickedUp, round_create, round_start, stop_collect, stops_assign
from apps.sites.models import Location
from apps.stock.selectors import ledger_verify
from collecto.demo.closing import books
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.federation.services import fold_all, reconcile
from tenants.library.services import catalogue_adopt, library_load
from tenants.network.models import NetworkOffer
from tenants.network.services import (
    NewNetworkLine,
    donor_account_ensure,
    offer_publish,
    steps_advance_due,
)
from tenants.network.states import NetworkOfferStatus, StepState
from tests.making.network import asked, local_offer, make_near, refreshed
from tests.making.sites import make_location, make_site
from tests.making.travel import surplus_travels
from tests.people import actor_as
from tests.spaces import OPERATOR

MANAGER = actor_as(Role.MANAGER)
CLOCKWORK = software("network")


@pytest.fixture
def network(twin_a, twin_b, bank_c):
    """Dijon and two neighbours, with the shared catalogue, a warehouse and a cold room each."""
    library_load(OPERATOR)
    for bank in (twin_a, twin_b, bank_c):
        catalogue_adopt(OPERATOR, bank=bank)
        with in_tenant(bank, Purpose.TEST):
            site = make_site(city=bank.city or "Vesoul", department=bank.department or "70")
            make_location(site=site, zone=Location.Zone.CHILLED, code="F1")
    make_near(bank_c)
    return twin_a, twin_b, bank_c


def test_twelve_tonnes_of_carrots_find_their_tables(network, deliver):
    dijon, jura, saone = network
    offer = a_packer_offers(kg=12_000)
    assert asked(offer) == [("twin-a", StepState.ASKED, grams_from_kg(12_000), 0)]

    a_bank_takes(dijon, offer, kg=4_000)
    deliver()
    parts = the_neighbours_are_asked_together(offer, kg=8_000)
    assert set(parts) == {"twin-b", "other-c"}

    taken = parts["other-c"]
    a_bank_takes(saone, offer, kg=taken // 1_000)
    deliver()
    assert refreshed(offer).status == NetworkOfferStatus.ROUTED
    assert the_clock_passes_the_silent_one_by(offer) == 1
    assert dict(asked_states(offer))["twin-b"] == StepState.TIMED_OUT
    assert refreshed(offer).status == NetworkOfferStatus.PARTLY_ACCEPTED
    assert refreshed(offer).accepted_grams == grams_from_kg(4_000) + taken

    for bank, kg in ((dijon, 4_000), (saone, taken // 1_000)):
        the_carrots_come_in(bank, kg=kg)
    surplus_travels(dijon, jura, kg=1_500, missing_kg=40)

    fold_all()
    total = books()
    assert total.received.total() == grams_from_kg(4_000) + taken
    assert total.lost.total() == grams_from_kg(40)
    assert total.stock == grams_from_kg(4_000 - 40) + taken
    assert total.in_transit == total.transit_by_ledgers == 0
    assert total.difference == 0
    assert reconcile(OPERATOR) == []
    for bank in network:
        with in_tenant(bank, Purpose.TEST):
            assert ledger_verify() == []


def a_packer_offers(*, kg: int) -> NetworkOffer:
    account = donor_account_ensure(
        OPERATOR, email="conditionneur@example.org", name="Légumes du Val", kind="FARM_COOP", department="21"
    )
    return offer_publish(
        OPERATOR,
        op_key=uuid4(),
        account=account,
        place=Place(address="", city="Auxonne", department="21"),
        pickup_from=clock.now(),
        pickup_until=clock.now() + dt.timedelta(days=4),
        lines=[
            NewNetworkLine(
                family_code="FRUITS_LEGUMES_FRAIS",
                grams=grams_from_kg(kg),
                label="Carottes lavées",
                temperature_class="COOL_8_12",
                date_kind="USE_BY",
                expires_on=clock.today() + dt.timedelta(days=5),
                pallet_count=kg // 500,
            )
        ],
    )


def a_bank_takes(bank, offer: NetworkOffer, *, kg: int) -> None:
    here = local_offer(bank, offer)
    with in_tenant(bank, Purpose.TEST):
        offer_accept(MANAGER, offer=here, accepted={here.lines.all()[0].pk: grams_from_kg(kg)})


def the_neighbours_are_asked_together(offer: NetworkOffer, *, kg: int) -> dict[str, int]:
    """Return the grams that each neighbour is asked for: whole pallets, all of the rest, nobody left out."""
    parts = {slug: grams for slug, state, grams, _taken in asked(offer) if state == StepState.ASKED}
    assert sum(parts.values()) == grams_from_kg(kg)
    assert all(grams and grams % grams_from_kg(500) == 0 for grams in parts.values())
    return parts


def asked_states(offer: NetworkOffer) -> list[tuple[str, str]]:
    return [(slug, state) for slug, state, _grams, _taken in asked(offer)]


def the_clock_passes_the_silent_one_by(offer: NetworkOffer) -> int:
    with in_platform(Purpose.TEST):
        deadline = offer.steps.get(state=StepState.ASKED).deadline
    with clock.time_set_to(deadline):
        return steps_advance_due(CLOCKWORK, now=deadline)


def the_carrots_come_in(bank, *, kg: int) -> None:
    with in_tenant(bank, Purpose.TEST):
        assert Offer.objects.get().status in (OfferStatus.ACCEPTED, OfferStatus.PARTLY_ACCEPTED)
        stop = Stop.objects.get()
        plan = round_create(MANAGER, day=clock.today(), site=Location.objects.get().site)
        stops_assign(MANAGER, round=plan, stops=[stop])
        round_start(MANAGER, round=plan)
        stop.refresh_from_db()
        weighed = PickedUp(line_id=stop.lines.get().pk, collected_grams=grams_from_kg(kg))
        stop_collect(MANAGER, stop=stop, weights=[weighed])
        receipt = GoodsReceipt.objects.get()
        check = LineCheck(
            line_id=receipt.lines.get().pk,
            accepted_grams=grams_from_kg(kg),
            date_kind="USE_BY",
            expires_on=clock.today() + dt.timedelta(days=5),
            location=Location.objects.get(),
        )
        receipt_post(MANAGER, receipt=receipt, checks=[check])
