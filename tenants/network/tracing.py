"""Where goods came from and went, from bank to bank, through workshops and over the road.

Each hop is known by the line of its transfer: both ledgers name it, where goods left and where they arrived.
What of a sister bank is shown is decided here (ADR 15): its name, its lots that belong to the trace, how many
gave and got and how much. Names of its donors and partners, and its papers, stay
there, but for a recall; so do the papers of transfers between two others.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from apps.kernel.abilities import Actor, require
from apps.kernel.scope import current_scope
from apps.stock.models import Lot
from apps.stock.selectors.lineage import CAME, Kin, KinLot, KinStep, kin_of
from apps.stock.states import MovementKind
from tenants.crossing import BankUnavailable, Purpose, in_platform, in_tenant
from tenants.network.abilities import abilities
from tenants.network.models import TransferLine
from tenants.registry.models import FoodBank

Key = tuple[UUID, UUID]
"""A lot of the network: its bank and its id."""
TRANSFER = "transfer"
ON_THE_ROAD = frozenset({MovementKind.SHIP, MovementKind.ARRIVE})
"""Steps that are shown as the way between two lots."""


@dataclass(slots=True)
class Node:
    """A lot of the trace: whose it is, and how many generations it is from the lot that was asked."""

    bank_id: UUID
    bank_label: str
    is_own: bool
    lot: KinLot
    generation: int = 0

    @property
    def key(self) -> Key:
        """The lot of the network."""
        return (self.bank_id, self.lot.id)


@dataclass(frozen=True, slots=True)
class Edge:
    """Grams of a lot that went into another one: made of it, or brought to another bank (``line_id``).

    The paper of what other banks did among themselves is not shown: its ``number`` is empty.
    """

    parent: Key
    child: Key
    kind: str
    grams: int
    number: str
    document_id: UUID | None
    day: dt.date
    line_id: UUID | None = None

    @property
    def parent_lot(self) -> UUID:
        """The lot that was used or sent."""
        return self.parent[1]

    @property
    def child_lot(self) -> UUID:
        """The lot that was made or arrived."""
        return self.child[1]


@dataclass(frozen=True, slots=True)
class Step:
    """Grams that entered or left the network's stock; ``party_count`` stands for names that are not shown."""

    lot: Key
    kind: str
    party_label: str
    party_count: int
    document_kind: str
    document_id: UUID | None
    document_number: str
    day: dt.date
    grams: int

    @property
    def lot_id(self) -> UUID:
        """The lot, in its own bank."""
        return self.lot[1]

    @property
    def came(self) -> bool:
        """Tell whether goods came in."""
        return self.kind in CAME


@dataclass(slots=True)
class NetworkTrace:
    """The whole trace of a lot; ``closed`` names banks that could not be asked."""

    root: Key
    nodes: dict[Key, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    @property
    def lot(self) -> KinLot:
        """The lot that was asked."""
        return self.nodes[self.root].lot

    @property
    def lots(self) -> list[Node]:
        """The lots in it."""
        return list(self.nodes.values())

    @property
    def banks(self) -> list[str]:
        """Names of the banks in it, the own one first."""
        named = {node.bank_id: (not node.is_own, node.bank_label) for node in self.nodes.values()}
        return [label for _other, label in sorted(named.values())]

    def partner_count(self) -> int:
        """Return how many partners got goods, a partner of several lots counted once per lot of a sister."""
        own = {step.party_label for step in self.steps if self._is_given(step) and step.party_label}
        return len(own) + sum(
            step.party_count for step in self.steps if self._is_given(step) and not step.party_label
        )

    @staticmethod
    def _is_given(step: Step) -> bool:
        return step.kind == MovementKind.DELIVER


@dataclass(slots=True)
class _Asked:
    """What is still to be asked of a bank."""

    up: set[UUID] = field(default_factory=set)
    down: set[UUID] = field(default_factory=set)
    arrived_by: set[UUID] = field(default_factory=set)


class _Walk:
    """Goes from bank to bank until nothing new turns up; every bank is asked in waves, all lots at once."""

    def __init__(self, *, names: bool) -> None:
        scope = current_scope()
        self.home = scope.bank_id
        self.home_label = scope.bank_name
        self.names = names
        self.banks: dict[UUID, FoodBank] = {}
        self.seen: defaultdict[UUID, _Asked] = defaultdict(_Asked)
        self.nodes: dict[Key, Node] = {}
        self.edges: dict[tuple[Key, Key, str, str], Edge] = {}
        self.steps: dict[tuple[object, ...], Step] = {}
        self.closed: set[str] = set()
        self.sent: dict[UUID, Key] = {}
        self.papers: dict[UUID, tuple[str, UUID, dt.date]] = {}
        self.arrivals: dict[UUID, tuple[Key, int]] = {}

    def go(self, bank_id: UUID, lot_id: UUID) -> None:
        """Follow a lot both ways."""
        wave = {bank_id: _Asked(up={lot_id}, down={lot_id})}
        while wave:
            found = {bank: self.visit(bank, asked) for bank, asked in wave.items()}
            wave = self.next_wave({bank: kin for bank, kin in found.items() if kin is not None})

    def visit(self, bank_id: UUID, asked: _Asked) -> Kin | None:
        """Ask a bank about lots that were not asked before."""
        seen = self.seen[bank_id]
        up, down, lines = asked.up - seen.up, asked.down - seen.down, asked.arrived_by - seen.arrived_by
        if not (up or down or lines):
            return None
        try:
            kin = self.read(bank_id, up, down, lines)
        except BankUnavailable:
            self.closed.add(self.label_of(bank_id))
            return None
        seen.up |= up | kin.up
        seen.down |= down | kin.down
        seen.arrived_by |= lines
        self.keep(bank_id, kin)
        return kin

    def read(
        self, bank_id: UUID, up: Collection[UUID], down: Collection[UUID], lines: Collection[UUID]
    ) -> Kin:
        """Read the kin of lots in a bank, in its own scope."""
        if bank_id == self.home:
            return kin_of(up=up, down=down, arrived_by=lines)
        with in_tenant(self.banks[bank_id], Purpose.TRACE):
            return kin_of(up=up, down=down, arrived_by=lines)

    def label_of(self, bank_id: UUID) -> str:
        """Return the name of a bank."""
        return self.home_label if bank_id == self.home else self.banks[bank_id].name

    def keep(self, bank_id: UUID, kin: Kin) -> None:
        """Take what a bank answered into the trace."""
        own, label = bank_id == self.home, self.label_of(bank_id)
        for lot in kin.lots.values():
            self.nodes.setdefault((bank_id, lot.id), Node(bank_id, label, own, lot))
        for link in kin.made:
            parent, child = (bank_id, link.parent), (bank_id, link.child)
            told = own or self.names
            edge = Edge(
                parent, child, link.kind, link.grams, link.document_number if told else "",
                link.document_id if told else None, link.day,
            )  # fmt: skip
            self.edges[parent, child, link.kind, str(link.document_id)] = edge
        for step in kin.steps:
            if step.transfer_line_id is not None and step.kind != MovementKind.SHIP:
                lost = step.kind == MovementKind.LOSE
                known = self.arrivals.get(step.transfer_line_id)
                if known is None or not lost:
                    self.arrivals[step.transfer_line_id] = ((bank_id, step.lot), 0 if lost else step.grams)
        named = [_named(bank_id, step) for step in kin.steps if step.kind not in ON_THE_ROAD]
        for one in named if own or self.names else _counted(bank_id, kin.steps):
            self.steps[one.lot, one.kind, one.document_id, one.party_label, one.document_number] = one

    def next_wave(self, found: dict[UUID, Kin]) -> dict[UUID, _Asked]:
        """Return whom to ask about what came from elsewhere or went elsewhere."""
        crossing = {
            step.transfer_line_id: (bank, step)
            for bank, kin in found.items()
            for step in kin.steps
            if step.transfer_line_id is not None and (step.kind == MovementKind.SHIP or step.lot in kin.up)
        }
        lines = [pk for pk in crossing if pk is not None]
        wave: defaultdict[UUID, _Asked] = defaultdict(_Asked)
        for line in _lines(lines):
            giver, taker = line.transfer.from_bank, line.transfer.to_bank
            self.banks |= {giver.pk: giver, taker.pk: taker}
            self.sent[line.pk] = (giver.pk, line.lot_id)
            _bank, step = crossing[line.pk]
            if step.kind != MovementKind.SHIP:
                wave[giver.pk].up.add(line.lot_id)
            else:
                wave[taker.pk].arrived_by.add(line.pk)
            self.papers[line.pk] = (line.transfer.number, line.transfer_id, step.day)
        return dict(wave)

    def trace(self, root: Key) -> NetworkTrace:
        """Return the trace, each lot with its generation."""
        edges = [*self.edges.values(), *self.hops()]
        _set_generations(self.nodes, edges, root)
        steps = sorted(self.steps.values(), key=lambda s: (self.nodes[s.lot].generation, s.day))
        return NetworkTrace(root, self.nodes, edges, steps, sorted(self.closed))

    def hops(self) -> Iterable[Edge]:
        """Yield the ways between banks of which both ends are known."""
        for pk, (child, grams) in self.arrivals.items():
            parent = self.sent.get(pk)
            if parent in self.nodes:
                paper: tuple[str, UUID | None, dt.date] = self.papers[pk]
                number, transfer_id, day = paper
                told = self.names or self.home in (parent[0], child[0])
                if not told:
                    number, transfer_id = "", None
                yield Edge(parent, child, TRANSFER, grams, number, transfer_id, day, pk)


def trace_of_lot(actor: Actor, *, lot: Lot, for_recall: bool = False) -> NetworkTrace:
    """Return where a lot of this bank came from and went, through every bank it touched.

    Sister banks are shown by name, lots, counts and weights; ``for_recall`` shows who gave and who got too,
    because they must be warned: only the software that leads a recall may ask for it.

    Raises:
        Forbidden: the role does not allow it.
    """
    require(abilities(actor), "trace_names" if for_recall else "trace")
    walk = _Walk(names=for_recall)
    home = walk.home
    assert home is not None  # noqa: S101 - a lot is read in the scope of its bank
    walk.go(home, lot.pk)
    return walk.trace((home, lot.pk))


def _lines(pks: Collection[UUID]) -> list[TransferLine]:
    """Return lines of transfers with both banks."""
    if not pks:
        return []
    with in_platform(Purpose.TRACE):
        rows = TransferLine.objects.select_related("transfer__from_bank", "transfer__to_bank")
        return list(rows.filter(pk__in=pks))


def _named(bank_id: UUID, step: KinStep) -> Step:
    return Step(
        (bank_id, step.lot), step.kind, step.party_label, 1, step.document_kind, step.document_id,
        step.document_number, step.day, step.grams,
    )  # fmt: skip


def _counted(bank_id: UUID, steps: Iterable[KinStep]) -> list[Step]:
    """Return what came and went of a sister's lots as counts: no name, no paper."""
    totals: dict[tuple[UUID, str], Step] = {}
    parties: defaultdict[tuple[UUID, str], set[UUID | None]] = defaultdict(set)
    for step in steps:
        if step.kind in ON_THE_ROAD:
            continue
        group = (step.lot, step.kind)
        parties[group].add(step.party_id)
        known = totals.get(group)
        grams = step.grams + (known.grams if known else 0)
        day = min(step.day, known.day) if known else step.day
        totals[group] = Step((bank_id, step.lot), step.kind, "", 0, "", None, "", day, grams)
    return [replace(step, party_count=len(parties[group] - {None})) for group, step in totals.items()]


def _set_generations(nodes: dict[Key, Node], edges: Collection[Edge], root: Key) -> None:
    """Number the lots from the one that was asked: parents below zero, children above, the longest way."""
    for way in (-1, 1):
        ends = [(e.child, e.parent) if way < 0 else (e.parent, e.child) for e in edges]
        reached, layer = {root: 0}, {root}
        for distance in range(1, len(nodes) + 1):
            layer = {far for near, far in ends if near in layer and far in nodes}
            if not layer:
                break
            reached |= dict.fromkeys(layer, distance)
        for key, distance in reached.items():
            if distance:
                nodes[key].generation = way * distance
