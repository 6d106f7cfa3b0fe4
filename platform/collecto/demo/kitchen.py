"""The workshop of the home bank: a soup in the week, chilled goods frozen, and a batch left open today."""

import datetime as dt
from decimal import Decimal

from apps.catalogue.models import ProductFamily
from apps.catalogue.states import CHILLED, DateKind, TemperatureClass
from apps.donors.states import KEPT_APART
from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.sites.models import Location
from apps.stock.selectors import Held, available_by_lot
from apps.workshop.models import ProductionBatch
from apps.workshop.services import batch_close, batch_open, batch_take, lot_freeze
from collecto.demo.dice import Dice
from collecto.demo.files import Files

VEGETABLES = "FRUITS_LEGUMES_FRAIS"
MILK = "PRODUITS_LAITIERS"
MEALS = "PLATS_PREPARES"
MOST_LOTS = 3
LEAST_GRAMS = 6_000


def cook(dice: Dice, files: Files, actor: Actor) -> None:
    """Make a soup of the vegetables at hand; an eighth is peel and steam."""
    batch = start(dice, files, actor)
    if batch is None:
        return
    taken = sum(line.movement.grams for line in batch.lines.select_related("movement"))
    lost = taken // 8
    batch_close(
        actor,
        op_key=dice.key(),
        batch=batch,
        location=files.zones[Location.Zone.AMBIENT],
        grams=taken - lost,
        lost_grams=lost,
        temperature_class=TemperatureClass.AMBIENT,
        date_kind=DateKind.BEST_BEFORE,
        expires_on=clock.today() + dt.timedelta(days=180),
        ingredients="Légumes et fruits du jour, mixés",
        allergens="Céleri",
        cooking_c=Decimal("121.0"),
        cooking_minutes=35,
    )


def start(dice: Dice, files: Files, actor: Actor) -> ProductionBatch | None:
    """Open a batch of soup and take what there is for it; nothing happens without vegetables."""
    recipe = "Laver, éplucher, cuire à la vapeur, mixer, mettre en bocaux, stériliser."
    return _begin(dice, files, actor, VEGETABLES, label="Soupe de légumes en bocaux", recipe=recipe)


def start_any(dice: Dice, files: Files, actor: Actor) -> None:
    """Leave a batch open: of soup, or of a dessert on a day when every vegetable has been given out."""
    if start(dice, files, actor) is None:
        _begin(dice, files, actor, MILK, label="Riz au lait", recipe="Cuire à feu doux, répartir, refroidir.")


def _begin(
    dice: Dice, files: Files, actor: Actor, code: str, *, label: str, recipe: str
) -> ProductionBatch | None:
    """Open a batch of goods of a family, if there are any."""
    found = [held for held in _free() if held.lot.family.code == code][:MOST_LOTS]
    if not found:
        return None
    batch = batch_open(
        actor,
        op_key=dice.key(),
        site=files.site,
        label=label,
        family=ProductFamily.objects.get(code=MEALS),
        recipe=recipe,
    )
    for held in found:
        batch_take(
            actor,
            op_key=dice.key(),
            batch=batch,
            lot=held.lot,
            location=held.location,
            grams=LEAST_GRAMS,
        )
    return batch


def freeze(dice: Dice, files: Files, actor: Actor) -> None:
    """Freeze a part of the first chilled lot that stands it."""
    for held in _free():
        lot = held.lot
        stands_it = lot.product is None or lot.product.is_freezable
        if lot.temperature_class in CHILLED and lot.frozen_on is None and stands_it:
            lot_freeze(
                actor,
                op_key=dice.key(),
                lot=lot,
                location=held.location,
                to=files.zones[Location.Zone.FROZEN],
                grams=held.on_hand_grams // 2000 * 1000,
                expires_on=clock.today() + dt.timedelta(days=60),
            )
            return


def _free() -> list[Held]:
    """Return lots that may be used today, with enough free of them, first expired first."""
    return [
        held
        for held in available_by_lot()
        if held.on_hand_grams >= LEAST_GRAMS
        and held.lot.supply_source not in KEPT_APART
        and held.lot.status == "available"
        and not _is_over(held)
    ]


def _is_over(held: Held) -> bool:
    return held.lot.expires_on is not None and held.lot.expires_on < clock.today()
