"""Work that waits in the lived-in bank, made through the services, each for one story."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.delivery.models import PickingList
from apps.donors.models import Donor
from apps.kernel import clock
from apps.kernel.abilities import Role
from apps.offers.models import Offer
from apps.offers.services import NewOfferLine
from apps.partners.models import Partner
from apps.receiving.models import GoodsReceipt
from apps.rounds.models import Round, Stop
from apps.rounds.services import round_create, round_start, stop_collect, stops_assign
from apps.sites.models import Location, Site, Vehicle
from apps.stock.models import Lot
from tenants.accounts.models import Membership
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.services import link_make
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_product
from tests.making.delivery import make_picking, weigh
from tests.making.donors import make_donor
from tests.making.offers import TESTER, make_offer
from tests.making.orders import make_line, place
from tests.making.rounds import make_stop, weights_as_planned
from tests.making.stock import make_lot
from tests.people import actor_as

BANK = "bourgogne"


@contextmanager
def in_bank(slug: str = BANK) -> Iterator[FoodBank]:
    """Open the rows of a member of the lived-in network."""
    with in_platform(Purpose.TEST):
        bank = FoodBank.objects.get(slug=slug)
    with in_tenant(bank, Purpose.TEST):
        yield bank


def work_that_waits() -> dict[str, Any]:
    """Make something to do on each page that acts; returns what it is about, by the name of the page."""
    stop, donor = a_stop_at("Crémerie des Halles"), a_donor_with_a_link()
    return {
        "network_donor_link": donor.pk,
        "network_donor_link_renew": donor.pk,
        "network_donor_link_revoke": donor.pk,
        "offers_offer_withdraw": an_offer_from("Biscuiterie du Parc").pk,
        "rounds_drive_round": stop.round_id,
        "rounds_drive_stop": stop.pk,
        "rounds_drive_miss": stop.pk,
        "rounds_round_detail": stop.round_id,
        "receiving_receipt_control": goods_at_the_dock_from("Crémerie du Port").pk,
        "network_transfer_propose": Lot.objects.get(product=rice_in_stock("Riz étuvé", kg=50)).pk,
        "delivery_picking_detail": an_order_to_pick("Riz long").pk,
        "delivery_picking_handover": a_picked_order("Riz rond").pk,
    }


def a_donor_with_a_link() -> Donor:
    """Return a donor who may declare through its own link."""
    donor = make_donor(name="Marché des Ducs", email="marche.des.ducs@example.org")
    link_make(actor_as(Role.ROUNDS), donor=donor)
    return donor


def an_offer_from(donor: str, *, kg: int = 100) -> Offer:
    """Return an offer of tinned vegetables that waits for its answer."""
    return make_offer(tins(kg=kg), donor=make_donor(name=donor))


def a_stop_at(donor: str, *, kg: int = 40) -> Stop:
    """Return a stop for yoghurts on a round that the bank's driver is driving."""
    stop = make_stop(yoghurts(kg=kg), donor=make_donor(name=donor))
    round_start(TESTER, round=stops_assign(TESTER, round=_round_of_the_driver(), stops=[stop]))
    return Stop.objects.select_related("round", "offer").get(pk=stop.pk)


def goods_at_the_dock_from(donor: str, *, kg: int = 40) -> GoodsReceipt:
    """Return the receipt of collected yoghurts that waits for its control."""
    stop = a_stop_at(donor, kg=kg)
    stop_collect(TESTER, stop=stop, weights=weights_as_planned(stop, temperature_c="3.5"))
    return GoodsReceipt.objects.get(stop=stop)


def rice_in_stock(name: str, *, kg: int) -> Product:
    """Return a product of 1 kg, of which so much is free in the dry store."""
    family = ProductFamily.objects.filter(temperature_class=TemperatureClass.AMBIENT).earliest("code")
    product = make_product(family, name=name, unit_grams=1_000, units_per_case=1)
    make_lot(kg * 1_000, product=product, location=dry_store())
    return product


def an_order_to_pick(goods: str, *, kg: int = 12) -> PickingList:
    """Return the picking list of an order of a single product."""
    order = place(
        make_line(rice_in_stock(goods, kg=kg), kg),
        partner=Partner.objects.earliest("code"),
        site=dry_store().site,
        wanted_on=clock.today(),
    )
    return make_picking(order)


def a_picked_order(goods: str, *, kg: int = 12) -> PickingList:
    """Return a picking list that is weighed and waits to be handed over."""
    return weigh(an_order_to_pick(goods, kg=kg))


def dry_store() -> Location:
    """Return the dry racks of the bank's warehouse."""
    return Location.objects.select_related("site").get(code="A1")


def tins(*, kg: int) -> NewOfferLine:
    """Return dry goods with a best-before date."""
    family = ProductFamily.objects.filter(temperature_class=TemperatureClass.AMBIENT).earliest("code")
    return NewOfferLine(
        product=None,
        family=family,
        grams=kg * 1_000,
        label="Conserves de légumes",
        temperature_class=TemperatureClass.AMBIENT,
        date_kind=DateKind.BEST_BEFORE,
        expires_on=clock.today() + dt.timedelta(days=200),
    )


def yoghurts(*, kg: int) -> NewOfferLine:
    """Return chilled goods with a use-by date in ten days."""
    return NewOfferLine(
        product=None,
        family=ProductFamily.objects.get(code="PRODUITS_LAITIERS"),
        grams=kg * 1_000,
        label="Yaourts nature",
        temperature_class=TemperatureClass.CHILLED_0_4,
        date_kind=DateKind.USE_BY,
        expires_on=clock.today() + dt.timedelta(days=10),
    )


def _round_of_the_driver() -> Round:
    with in_platform(Purpose.TEST):
        driver = Membership.objects.select_related("user").get(bank__slug=BANK, role=Role.DRIVER).user
    return round_create(
        TESTER,
        day=clock.today(),
        site=Site.objects.earliest("code"),
        vehicle=Vehicle.objects.earliest("name"),
        driver_id=driver.pk,
        driver_label=driver.full_name,
    )
