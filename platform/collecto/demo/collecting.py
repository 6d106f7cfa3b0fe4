"""The national collection of last November: invented shops weigh, a part of it is sorted, the rest waits."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from apps.catalogue.models import ProductFamily
from apps.catalogue.states import DateKind
from apps.kernel import clock
from apps.kernel.abilities import Actor, Role
from apps.receiving.models import Container, NationalCollection
from apps.receiving.services import (
    SortedLine,
    collection_create,
    collection_sort,
    container_create,
    shop_create,
    weighing_record,
)
from apps.rounds.states import RefusalReason
from collecto.demo.dice import Dice
from collecto.demo.files import Files
from collecto.demo.network import DEMO

DAYS: Final = 3
NOVEMBER: Final = 11
CONTAINERS: Final = (("Palette bois", 22_000), ("Caisse plastique", 1_600), ("Carton de collecte", 400))
SHOPS: Final = (
    ("Marché du Suzon", "Dijon", 9),
    ("Halle des Peupliers", "Chenôve", 7),
    ("Épicerie de la Gouzotte", "Beaune", 4),
    ("Le Panier des Vignes", "Nuits-Saint-Georges", 3),
    ("Supérette du Canal", "Longvic", 2),
)
"""Shops that exist nowhere, their town, and how many pallets they filled."""
SORTED: Final = (
    ("FECULENTS", 620),
    ("EPICERIE_SALEE", 540),
    ("EPICERIE_SUCREE", 310),
    ("HYGIENE_ENTRETIEN", 180),
)
"""Families that sorting has put into stock so far (kg)."""
PALLET_KG: Final = 180


def collect(files: Files, people: dict[Role, Actor], *, seed: int) -> None:
    """Weigh last November's collection in the open bank, and sort a part of it in the weeks after.

    It has dice of its own: the week that follows draws as if nothing had happened before.
    """
    dice, first = Dice(seed), last_weekend(clock.today())
    with clock.time_set_to(_at(first, 8)):
        for name, tare in CONTAINERS:
            container_create(DEMO, op_key=dice.key(), name=name, tare_grams=tare)
        collection = collection_create(
            DEMO,
            op_key=dice.key(),
            name=f"Collecte nationale {first.year}",
            starts_on=first,
            ends_on=first + dt.timedelta(days=DAYS - 1),
            site=files.site,
        )
        _weigh(dice, collection, people[Role.VOLUNTEER])
    for week, part in enumerate(_parts(), start=1):
        with clock.time_set_to(_at(first + dt.timedelta(weeks=week), 14)):
            _sort(dice, files, collection, part, people[Role.STOCK])


def last_weekend(today: dt.date) -> dt.date:
    """Return the Friday of the last whole weekend of the last November that is over."""
    year = today.year if today > dt.date(today.year, NOVEMBER, 30) else today.year - 1
    end = dt.date(year, NOVEMBER, 30)
    sunday = end - dt.timedelta(days=(end.weekday() + 1) % 7)
    return sunday - dt.timedelta(days=DAYS - 1)


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def _parts() -> Iterator[tuple[tuple[str, int], ...]]:
    half = len(SORTED) // 2
    yield SORTED[:half]
    yield SORTED[half:]


def _weigh(dice: Dice, collection: NationalCollection, actor: Actor) -> None:
    pallet = Container.objects.get(name=CONTAINERS[0][0])
    for name, city, pallets in SHOPS:
        shop = shop_create(actor, op_key=dice.key(), collection=collection, name=name, city=city)
        for _turn in range(pallets):
            weighing_record(
                actor,
                op_key=dice.key(),
                shop=shop,
                scale_grams=dice.grams(PALLET_KG) + pallet.tare_grams,
                container=pallet,
            )


def _sort(
    dice: Dice, files: Files, collection: NationalCollection, part: tuple[tuple[str, int], ...], actor: Actor
) -> None:
    found = ProductFamily.objects.in_bulk([code for code, _kg in part], field_name="code")
    lines = []
    for code, kg in part:
        family, grams = found[code], dice.grams(kg, spread=0.1)
        wasted = round(grams * 0.01 / 100) * 100
        lines.append(
            SortedLine(
                line_id=dice.key(),
                product=None,
                family=family,
                accepted_grams=grams - wasted,
                refused_grams=wasted,
                refusal_reason=RefusalReason.DAMAGED if wasted else "",
                expires_on=_date(family),
                location=files.zones["AMBIENT"],
            )
        )
    collection_sort(actor, op_key=dice.key(), collection=collection, lines=lines)


def _date(family: ProductFamily) -> dt.date | None:
    """Return the nearest date of a mix of dry goods: well after the week that is played."""
    if family.date_kind == DateKind.NONE:
        return None
    return clock.today() + dt.timedelta(days=600)
