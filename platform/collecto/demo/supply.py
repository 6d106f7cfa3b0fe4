"""Mornings of the simulated week: donors offer, banks answer, rounds collect, docks receive."""

import datetime as dt
from decimal import Decimal

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import PURCHASES
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.offers.models import Offer
from apps.offers.services import Place, offer_accept, offer_decline
from apps.offers.states import DeclineReason, OfferKind, OfferStatus
from apps.receiving.models import GoodsReceipt, ReceiptLine
from apps.receiving.rules import SHORT_DAYS
from apps.receiving.services import LineCheck, receipt_post
from apps.receiving.states import ReceiptStatus
from apps.rounds.models import Stop
from apps.rounds.services import (
    PickedUp,
    round_close,
    round_create,
    round_start,
    stop_collect,
    stop_miss,
    stops_assign,
)
from apps.rounds.states import MissReason, RefusalReason, StopStatus
from apps.stock.selectors import label_weights, lots_of_receipt
from apps.stock.services import NewPallets, labels_print
from collecto.demo.dice import Dice
from collecto.demo.files import Files
from collecto.demo.network import DEMO
from tenants.library.models import LibraryFamily, LibraryProduct
from tenants.network.models import DonorAccount, NetworkOffer
from tenants.network.services import NewNetworkLine, offer_publish

SHOP_FAMILIES = (
    "FRUITS_LEGUMES_FRAIS",
    "PAIN_BOULANGERIE",
    "PRODUITS_LAITIERS",
    "VIANDES",
    "PLATS_PREPARES",
    "EPICERIE_SUCREE",
)
DEGREES = {
    TemperatureClass.FROZEN_M18: -19.0,
    TemperatureClass.CHILLED_0_2: 1.5,
    TemperatureClass.CHILLED_0_3: 2.0,
    TemperatureClass.CHILLED_0_4: 3.0,
    TemperatureClass.CHILLED_0_8: 5.0,
    TemperatureClass.CHILLED_5_15: 10.0,
}
"""What a good probe reads in each class (°C)."""
PALLET_GRAMS = 500_000
SHELF_LEFT = 0.35
"""Share of its life that a product given away still has, on average."""


def publish(dice: Dice, account: DonorAccount, row: dict[str, str]) -> list[NetworkOffer]:
    """Let a donor offer what its day left over: one to four offers, on the public site."""
    offers = []
    for _offer in range(1 + round(dice.between(0, 3))):
        share = float(row["typical_kg"]) / 2
        line = (
            _shop_line(dice, share) if row["supply_source"] == "GMS_RAMASSE" else _product_line(dice, share)
        )
        start = clock.now() + dt.timedelta(hours=2)
        offers.append(
            offer_publish(
                DEMO,
                op_key=dice.key(),
                account=account,
                place=Place(
                    address=account.address,
                    city=account.city,
                    department=account.department,
                    latitude=account.latitude,
                    longitude=account.longitude,
                ),
                pickup_from=start,
                pickup_until=start + dt.timedelta(hours=8),
                lines=[line],
                kind=OfferKind.SALE if row["supply_source"] in PURCHASES else OfferKind.GIFT,
                supply_source=row["supply_source"],
            )
        )
    return offers


def _shop_line(dice: Dice, kg: float) -> NewNetworkLine:
    family = LibraryFamily.objects.get(pk=dice.one(SHOP_FAMILIES))
    return NewNetworkLine(
        family_code=family.code,
        grams=dice.grams(kg),
        label=family.name,
        temperature_class=family.temperature_class,
        date_kind=family.date_kind,
        expires_on=_date(dice, family.date_kind, family.shelf_life_days),
    )


def _product_line(dice: Dice, kg: float) -> NewNetworkLine:
    product = dice.one(list(LibraryProduct.objects.order_by("ref")))
    return NewNetworkLine(
        family_code=product.family_id,
        product_ref=product.ref,
        grams=dice.grams(kg),
        label=product.name,
        temperature_class=product.temperature_class,
        date_kind=product.date_kind,
        expires_on=_date(dice, product.date_kind, product.shelf_life_days),
        pallet_count=1 if kg > 300 else None,
    )


def _date(dice: Dice, date_kind: str, life_days: int | None) -> dt.date | None:
    if date_kind == DateKind.NONE:
        return None
    left = max(SHORT_DAYS, round((life_days or 5) * SHELF_LEFT * dice.between(0.3, 1.7)))
    return clock.today() + dt.timedelta(days=left)


def answer(dice: Dice, actor: Actor, *, patience: float = 1.0) -> int:
    """Answer the offers that wait in the open bank: most are taken, some in part, some left to others."""
    waiting = Offer.objects.filter(status=OfferStatus.PROPOSED).order_by("number").prefetch_related("lines")
    answered = 0
    for offer in waiting:
        if not dice.happens(0.97 * patience):
            continue
        answered += 1
        if dice.happens(0.09):
            offer_decline(actor, offer=offer, reason=dice.one([DeclineReason.NO_ROOM, DeclineReason.NO_NEED]))
        elif dice.happens(0.10):
            half = {line.pk: line.offered_grams // 2 for line in offer.lines.all()}
            offer_accept(actor, offer=offer, accepted=half)
        else:
            offer_accept(actor, offer=offer)
    return answered


def collect(dice: Dice, files: Files, people: dict[Role, Actor]) -> None:
    """Plan a round with every waiting stop, drive it, come back."""
    stops = list(Stop.objects.filter(round=None, status=StopStatus.WAITING).order_by("offer__number"))
    if not stops:
        return
    planner, driver = people[Role.ROUNDS], people[Role.DRIVER]
    vehicle = files.site.vehicles.order_by("-capacity_grams").first()
    plan = round_create(
        planner,
        day=clock.today(),
        site=files.site,
        vehicle=vehicle,
        driver_id=driver.id,
        driver_label=driver.label,
    )
    stops_assign(planner, round=plan, stops=stops)
    plan = round_start(driver, round=plan)
    for stop in plan.stops.order_by("sequence"):
        if dice.happens(0.03):
            stop_miss(driver, stop=stop, reason=MissReason.NOTHING_READY)
        else:
            stop_collect(driver, stop=stop, weights=_weights(dice, stop))
    round_close(driver, round=plan)


def _weights(dice: Dice, stop: Stop) -> list[PickedUp]:
    picked = []
    for line in stop.lines.select_related("offer_line").order_by("offer_line__position"):
        taken = round(line.planned_grams * dice.between(0.85, 1.04) / 100) * 100 or 100
        refused = round(taken * 0.05 / 100) * 100 if dice.happens(0.06) else 0
        picked.append(
            PickedUp(
                line_id=line.pk,
                collected_grams=taken,
                refused_grams=refused,
                refusal_reason=RefusalReason.DAMAGED if refused else "",
                temperature_c=_degrees(dice, line.offer_line.temperature_class),
            )
        )
    return picked


def _degrees(dice: Dice, temperature_class: str) -> Decimal | None:
    usual = DEGREES.get(TemperatureClass(temperature_class))
    return None if usual is None else Decimal(str(round(usual + dice.between(-0.5, 0.5), 1)))


def degrees(temperature_class: str) -> Decimal | None:
    """Return what a good probe reads in a class (°C), without chance; nothing where nothing is measured."""
    usual = DEGREES.get(TemperatureClass(temperature_class))
    return None if usual is None else Decimal(str(usual))


def receive(dice: Dice, files: Files, actor: Actor) -> None:
    """Weigh, sort and put away what came in; every pallet gets its label."""
    expected = GoodsReceipt.objects.filter(status=ReceiptStatus.EXPECTED).order_by("stop__offer__number")
    for receipt in expected:
        checks = [
            _check(dice, files, line) for line in receipt.lines.select_related("receipt").order_by("position")
        ]
        posted = receipt_post(actor, receipt=receipt, checks=checks)
        _label(actor, posted)


def _label(actor: Actor, receipt: GoodsReceipt) -> None:
    """Print the labels of a receipt, one for each half tonne or part of it."""
    lots = lots_of_receipt(receipt)
    weights = label_weights([lot.pk for lot in lots])
    pallets = [NewPallets(lot=lot, count=-(-weights[lot.pk].stock_grams // PALLET_GRAMS)) for lot in lots]
    if any(each.count for each in pallets):
        labels_print(actor, op_key=receipt.op_key, new=pallets)


def _check(dice: Dice, files: Files, line: ReceiptLine) -> LineCheck:
    refused = round(line.expected_grams * 0.04 / 100) * 100 if dice.happens(0.12) else 0
    goods: Product | ProductFamily = line.product or line.family
    expires_on = line.expires_on
    if line.date_kind != DateKind.NONE and expires_on is None:
        expires_on = clock.today() + dt.timedelta(days=goods.shelf_life_days or 5)
    short = line.date_kind == DateKind.USE_BY and expires_on is not None
    left = (expires_on - clock.today()).days if expires_on else 99
    return LineCheck(
        line_id=line.pk,
        accepted_grams=line.expected_grams - refused,
        refused_grams=refused,
        refusal_reason=RefusalReason.NOT_EDIBLE if refused else "",
        temperature_c=line.temperature_c,
        date_kind=line.date_kind,
        expires_on=expires_on,
        location=files.place_for(line.temperature_class, line.receipt.supply_source),
        short_date_reason="Distribué avant sa date" if short and left < SHORT_DAYS else "",
    )
