"""The journey of a kilogram, as the README tells it.

A farm near Dijon offers 300 kg of carrots on the public site. The bank that serves its department takes
200 kg; the rest goes to the neighbouring department. A round collects, the dock receives and refuses
what is rotten, a charity orders, a volunteer picks, the charity signs. A part of the surplus travels to
the neighbour and arrives a crate short. At the end every gram is somewhere, in each bank and in the
national figures.
"""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from apps.catalogue.models import ProductFamily
from apps.delivery.models import PickingList
from apps.delivery.services import handover_record, picking_record
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.kernel.quantity import grams_from_kg
from apps.offers.models import Offer
from apps.offers.services import Place, offer_accept
from apps.offers.states import OfferStatus
from apps.orders.services import WantedLine, order_place
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
)
from tenants.network.states import NetworkOfferStatus
from tests.making.partners import make_partner
from tests.making.sites import make_location, make_site
from tests.making.travel import surplus_travels
from tests.people import actor_as
from tests.spaces import OPERATOR

MANAGER = actor_as(Role.MANAGER)
CARROTS = "FRUITS_LEGUMES_FRAIS"


@pytest.fixture
def network(twin_a, twin_b):
    """Dijon and its neighbour, with the shared catalogue, a warehouse and a cold room each."""
    library_load(OPERATOR)
    for bank in (twin_a, twin_b):
        catalogue_adopt(OPERATOR, bank=bank)
        with in_tenant(bank, Purpose.TEST):
            site = make_site(city=bank.city, department=bank.department)
            make_location(site=site, zone=Location.Zone.CHILLED, code="F1")
    return twin_a, twin_b


def test_a_kilogram_travels_from_the_offer_to_the_figures(network, deliver):
    dijon, jura = network
    offer = a_farm_offers(kg=300)
    dijon_takes(dijon, kg=200)
    deliver()
    the_rest_reaches_the_neighbour(jura, kg=100)
    deliver()
    assert the_offer_is_answered(offer) == NetworkOfferStatus.ACCEPTED

    a_round_collects(dijon, kg=200)
    the_dock_receives(dijon, accepted_kg=190, refused_kg=10)
    a_charity_orders_and_signs(dijon, kg=60)
    surplus_travels(dijon, jura, kg=50, missing_kg=2)

    fold_all()
    total = books()
    assert total.received.total() == grams_from_kg(190)
    assert total.handed_over.total() == grams_from_kg(60)
    assert total.lost.total() == grams_from_kg(2)
    assert total.stock == grams_from_kg(128)
    assert total.in_transit == total.transit_by_ledgers == 0
    assert total.difference == 0
    assert reconcile(OPERATOR) == []
    for bank in network:
        with in_tenant(bank, Purpose.TEST):
            assert ledger_verify() == []


def a_farm_offers(*, kg: int) -> NetworkOffer:
    account = donor_account_ensure(
        OPERATOR, email="ferme@example.org", name="Ferme des Tilles", kind="FARM", department="21"
    )
    return offer_publish(
        OPERATOR,
        op_key=uuid4(),
        account=account,
        place=Place(address="", city="Genlis", department="21"),
        pickup_from=clock.now(),
        pickup_until=clock.now() + dt.timedelta(days=2),
        lines=[
            NewNetworkLine(
                family_code=CARROTS,
                grams=grams_from_kg(kg),
                label="Carottes",
                temperature_class="COOL_8_12",
                date_kind="NONE",
            )
        ],
    )


def dijon_takes(bank, *, kg: int) -> None:
    with in_tenant(bank, Purpose.TEST):
        offer = Offer.objects.get(status=OfferStatus.PROPOSED)
        line = offer.lines.get()
        offer_accept(MANAGER, offer=offer, accepted={line.pk: grams_from_kg(kg)})


def the_rest_reaches_the_neighbour(bank, *, kg: int) -> None:
    with in_tenant(bank, Purpose.TEST):
        offer = Offer.objects.get(status=OfferStatus.PROPOSED)
        assert offer.lines.get().offered_grams == grams_from_kg(kg)
        offer_accept(MANAGER, offer=offer)


def the_offer_is_answered(offer: NetworkOffer) -> str:
    with in_platform(Purpose.TEST):
        return NetworkOffer.objects.get(pk=offer.pk).status


def a_round_collects(bank, *, kg: int) -> None:
    with in_tenant(bank, Purpose.TEST):
        stop = Stop.objects.get()
        site = Location.objects.get().site
        plan = round_create(MANAGER, day=clock.today(), site=site)
        stops_assign(MANAGER, round=plan, stops=[stop])
        round_start(MANAGER, round=plan)
        stop.refresh_from_db()
        taken = PickedUp(line_id=stop.lines.get().pk, collected_grams=grams_from_kg(kg))
        stop_collect(MANAGER, stop=stop, weights=[taken])


def the_dock_receives(bank, *, accepted_kg: int, refused_kg: int) -> None:
    with in_tenant(bank, Purpose.TEST):
        receipt = GoodsReceipt.objects.get()
        check = LineCheck(
            line_id=receipt.lines.get().pk,
            accepted_grams=grams_from_kg(accepted_kg),
            refused_grams=grams_from_kg(refused_kg),
            refusal_reason="not_edible",
            date_kind="NONE",
            expires_on=None,
            location=Location.objects.get(),
        )
        receipt_post(MANAGER, receipt=receipt, checks=[check])


def a_charity_orders_and_signs(bank, *, kg: int) -> None:
    with in_tenant(bank, Purpose.TEST):
        partner = make_partner(has_chilled=True)
        order_place(
            actor_as(Role.PARTNER, partner_id=partner.pk),
            op_key=uuid4(),
            partner=partner,
            site=Location.objects.get().site,
            wanted_on=clock.today(),
            lines=[
                WantedLine(
                    product=None, family=ProductFamily.objects.get(code=CARROTS), grams=grams_from_kg(kg)
                )
            ],
        )
        picking = PickingList.objects.get()
        weighed = {line.pk: line.reserved_grams for line in picking.lines.all()}
        picking_record(actor_as(Role.VOLUNTEER), picking_list=picking, weights=weighed)
        handover_record(
            MANAGER,
            picking_list=picking,
            op_key=uuid4(),
            received_by="Mme Martin",
            chilled_temperature_c=Decimal("4.0"),
        )
