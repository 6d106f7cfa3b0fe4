"""One process of the crash run: it works in a bank through the real services until it is told to stop.

Before each act it writes in its journal what it is about to do; once the service has answered, that it was
done, or refused, and that line is on the disk before the next act. An act whose outcome nobody knows
(the connection broke, the process was killed) is sent again under the same key.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections
from psycopg_pool import PoolTimeout

from apps.delivery.models import PickingList
from apps.delivery.selectors import pick_lines_of
from apps.delivery.services import handover_record, picking_record
from apps.kernel.abilities import software
from apps.kernel.errors import DomainError
from apps.orders.models import Order
from apps.orders.services import WantedLine, order_cancel, order_place
from apps.orders.states import OrderStatus
from apps.partners.models import Partner
from apps.sites.models import Location
from apps.stock.errors import AlreadyRecorded
from apps.stock.models import Lot, Movement
from apps.stock.services import movement_reverse, stock_count, stock_lose, stock_move
from apps.stock.states import LossDestination, LossReason, MovementKind
from tenants.crossing import Purpose, in_tenant
from tenants.registry.models import FoodBank
from tests.making.orders import tomorrow

BROKEN: Final = (OperationalError, InterfaceError, PoolTimeout)
"""What may mean that an act was done, or not."""
REVERSED: Final = (MovementKind.DELIVER, MovementKind.MOVE, MovementKind.COUNT, MovementKind.LOSE)
RECENT: Final = 60
"""Movements among which one to reverse is chosen."""
PAUSE_SECONDS: Final = 0.2
COUNTED_MOST: Final = 60_000
WANTED_MOST: Final = 8_000
MOVED_MOST: Final = 6_000
LOST_MOST: Final = 500
WORKER = software("crash run")


@dataclass(frozen=True)
class Yard:
    """Where a run takes place, as every worker gets it."""

    bank: FoodBank
    lots: list[UUID]
    places: list[UUID]
    partners: list[UUID]
    directory: str


@dataclass(frozen=True)
class Act:
    """One thing to do, in words that survive the process."""

    kind: str
    key: str
    values: dict[str, Any]


class Journal:
    """What one worker said it would do, and what was acknowledged to it; outlives the worker."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    def unfinished(self) -> Act | None:
        """Return the act that the worker before was killed in, if any."""
        last = next(reversed(list(lines_of(self.path))), None)
        return Act(**last["act"]) if last and last["at"] in ("begun", "unknown") else None

    def write(self, at: str, act: Act, **more: Any) -> None:
        """Add a line; an acknowledgement is on the disk when this returns."""
        line = {"at": at, "act": asdict(act), **more}
        os.write(self.file, (json.dumps(line) + "\n").encode())
        if at != "begun":
            os.fsync(self.file)


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal."""
    for line in path.read_text().splitlines():
        yield json.loads(line)


def work(yard: Yard, number: int, seed: str) -> None:
    """Work until the file ``stop`` appears; ``number`` names the journal, ``seed`` the choices."""
    with Path(yard.directory, f"{number}.log").open("ab") as log:
        os.dup2(log.fileno(), 2)
    chance = random.Random(seed)
    journal = Journal(Path(yard.directory, f"{number}.journal"))
    stop = Path(yard.directory, "stop")
    act = journal.unfinished()
    while not stop.exists() or act is not None:
        act = step(yard, chance, journal, act)


def step(yard: Yard, chance: random.Random, journal: Journal, act: Act | None) -> Act | None:
    """Do one act, the given one again if there is one; returns it if nobody knows whether it was done."""
    try:
        with in_tenant(yard.bank, Purpose.TEST):
            if act is None:
                act = chosen(yard, chance)
                journal.write("begun", act)
            journal.write("done", act, made=perform(act))
    except AlreadyRecorded:
        time.sleep(PAUSE_SECONDS)
        return act
    except BROKEN as error:
        if act is not None:
            journal.write("unknown", act, why=state_of(error))
        connections.close_all()
        time.sleep(PAUSE_SECONDS)
        return act
    except DomainError as refusal:
        if act is not None:
            journal.write("refused", act, why=type(refusal).__name__)
    return None


def state_of(error: Exception) -> str:
    """Return the SQLSTATE of an error, or its kind where the server said nothing."""
    return str(getattr(error.__cause__, "sqlstate", None) or type(error).__name__)


def chosen(yard: Yard, chance: random.Random) -> Act:
    """Return something to do now, with what it needs."""
    kind = chance.choices(list(CHOICES), [weight for weight, _choose in CHOICES.values()])[0]
    values = CHOICES[kind][1](yard, chance)
    if not values:  # no order waits for that: a count is always possible, and brings goods back
        kind, values = "count", _count(yard, chance)
    return Act(kind, str(UUID(int=chance.getrandbits(128), version=4)), values)


def perform(act: Act) -> int:
    """Do an act through the service for it; return what is checked afterwards: grams, or lines."""
    return ACTS[act.kind](UUID(act.key), **act.values)


def _place(yard: Yard, chance: random.Random) -> dict[str, Any]:
    lots = chance.sample(yard.lots, chance.choice([1, 1, 2, 3]))
    wants = {str(lot): chance.randint(1, WANTED_MOST) for lot in lots}
    return {"partner": str(chance.choice(yard.partners)), "wants": wants}


def _open_order(status: OrderStatus) -> dict[str, Any]:
    order = Order.objects.filter(status=status).order_by("?").first()
    return {"order": str(order.pk)} if order else {}


def _pick(yard: Yard, chance: random.Random) -> dict[str, Any]:
    found = _open_order(OrderStatus.CONFIRMED)
    return {**found, "percent": chance.choice([100, 100, 90, 104])} if found else {}


def _hand_over(yard: Yard, chance: random.Random) -> dict[str, Any]:
    return _open_order(OrderStatus.PICKED)


def _cancel(yard: Yard, chance: random.Random) -> dict[str, Any]:
    return _open_order(chance.choice([OrderStatus.CONFIRMED, OrderStatus.PICKED]))


def _move(yard: Yard, chance: random.Random) -> dict[str, Any]:
    here, there = chance.sample(yard.places, 2)
    values = {"lot": str(chance.choice(yard.lots)), "here": str(here), "there": str(there)}
    return {**values, "grams": chance.randint(1, MOVED_MOST)}


def _count(yard: Yard, chance: random.Random) -> dict[str, Any]:
    values = {"lot": str(chance.choice(yard.lots)), "here": str(chance.choice(yard.places))}
    return {**values, "grams": chance.randint(0, COUNTED_MOST)}


def _lose(yard: Yard, chance: random.Random) -> dict[str, Any]:
    values = {"lot": str(chance.choice(yard.lots)), "here": str(chance.choice(yard.places))}
    return {**values, "grams": chance.randint(1, LOST_MOST)}


def _reverse(yard: Yard, chance: random.Random) -> dict[str, Any]:
    standing = Movement.objects.filter(kind__in=REVERSED, reversed_by=None).order_by("-id")
    recent = list(standing.values_list("pk", flat=True)[:RECENT])
    return {"movement": chance.choice(recent)} if recent else {}


def place(key: UUID, *, partner: str, wants: dict[str, int]) -> int:
    """Order from lots that are known by their product; returns the grams that were reserved."""
    lots = Lot.objects.in_bulk([UUID(lot) for lot in wants])
    lines = [
        WantedLine(product=lot.product, family=lot.family, grams=wants[str(pk)]) for pk, lot in lots.items()
    ]
    site = Location.objects.order_by("pk")[0].site
    charity = Partner.objects.get(pk=partner)
    order = order_place(WORKER, op_key=key, partner=charity, site=site, wanted_on=tomorrow(), lines=lines)
    return sum(line.reserved_grams for line in order.lines.all())


def _list_of(order: str) -> PickingList:
    return PickingList.objects.select_related("order__partner", "order__site").get(order=UUID(order))


def pick(key: UUID, *, order: str, percent: int) -> int:
    """Weigh every line of an order at so much of what was reserved; returns the number of lines."""
    picking = _list_of(order)
    lines = pick_lines_of(picking)
    weights = {line.pk: max(1, line.reserved_grams * percent // 100) for line in lines}
    picking_record(WORKER, picking_list=picking, weights=weights)
    return len(lines)


def hand_over(key: UUID, *, order: str) -> int:
    """Hand an order over; returns the grams on its delivery note."""
    note = handover_record(WORKER, picking_list=_list_of(order), op_key=key, received_by="Camille")
    return sum(line.grams for line in note.lines.all())


def cancel(key: UUID, *, order: str) -> int:
    """Cancel an order."""
    order_cancel(WORKER, order=Order.objects.get(pk=order), reason="Crash run")
    return 1


def move(key: UUID, *, lot: str, here: str, there: str, grams: int) -> int:
    """Move goods; returns the grams moved."""
    goods, source, to = Lot.objects.get(pk=lot), _at(here), _at(there)
    return stock_move(WORKER, op_key=key, lot=goods, location=source, to=to, grams=grams).grams


def count(key: UUID, *, lot: str, here: str, grams: int) -> int:
    """Count a lot at a place; returns the grams that were put right at once."""
    goods = Lot.objects.get(pk=lot)
    stock_count(WORKER, op_key=key, lot=goods, location=_at(here), counted_grams=grams, reason="Crash run")
    return sum(Movement.objects.filter(op_key=key).values_list("grams", flat=True))


def lose(key: UUID, *, lot: str, here: str, grams: int) -> int:
    """Lose goods; returns the grams lost."""
    return stock_lose(
        WORKER,
        op_key=key,
        lot=Lot.objects.get(pk=lot),
        location=_at(here),
        grams=grams,
        reason=LossReason.DAMAGED,
        destination=LossDestination.COMPOST,
    ).grams


def _at(place: str) -> Location:
    return Location.objects.get(pk=place)


def reverse(key: UUID, *, movement: int) -> int:
    """Reverse a movement; returns its grams."""
    made = Movement.objects.get(pk=movement)
    return movement_reverse(WORKER, op_key=key, movement=made, reason="Crash run").grams


Choice = Callable[[Yard, random.Random], dict[str, Any]]
CHOICES: Final[dict[str, tuple[int, Choice]]] = {
    "place": (30, _place),
    "pick": (20, _pick),
    "hand_over": (16, _hand_over),
    "cancel": (6, _cancel),
    "move": (12, _move),
    "count": (8, _count),
    "reverse": (6, _reverse),
    "lose": (2, _lose),
}
"""What a worker does, how often in a hundred, and how it chooses the goods."""
ACTS: Final[dict[str, Callable[..., int]]] = {
    "place": place,
    "pick": pick,
    "hand_over": hand_over,
    "cancel": cancel,
    "move": move,
    "count": count,
    "reverse": reverse,
    "lose": lose,
}
