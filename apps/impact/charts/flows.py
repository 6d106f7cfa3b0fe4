"""Who gave what to whom: ribbons from givers on the left to receivers on the right.

The same name may stand on both sides: what A gave to B and what B gave to A are two ribbons, never a loop.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.impact.charts.svg import INK, REST, SERIES, SIZES, Canvas, Heading, Size, framed

HEAD: Final = 26
GAP: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """Grams that one gave to another."""

    giver: str
    receiver: str
    grams: int


@dataclass(slots=True, kw_only=True)
class Node:
    """A giver or a receiver on the drawing: its words, the place it takes, how much of its bar is used."""

    name: str
    grams: int
    lines: list[str]
    colour: str
    least: float
    top: float = 0
    bar: float = 0
    used: float = 0

    @property
    def slot(self) -> float:
        """How high its place is: the bar, or the words when they are higher."""
        return max(self.bar, self.least)

    @property
    def bar_top(self) -> float:
        """Where the bar begins: in the middle of its place."""
        return self.top + (self.slot - self.bar) / 2


@dataclass(slots=True, kw_only=True)
class Side:
    """The givers or the receivers: their nodes in order, where bars and words stand."""

    nodes: list[Node]
    bar_x: float
    words_x: float
    anchor: str

    @property
    def places(self) -> dict[str, tuple[int, Node]]:
        """Rank and node of each name."""
        return {node.name: (rank, node) for rank, node in enumerate(self.nodes)}


Shown = Callable[[int], str]


def draw_flows(heading: Heading, *, ribbons: Sequence[Ribbon], shown: Shown) -> list[SafeString]:
    """Draw the ribbons at both widths; the smallest givers and receivers are folded into one each."""
    return [framed(heading, _flows(size, ribbons, shown)) for size in SIZES]


def kept(size: Size) -> int:
    """Return how many names a side shows beside *Others*."""
    return 7 if size.is_wide else 4


def is_folded(ribbons: Sequence[Ribbon], size: Size = SIZES[0]) -> bool:
    """Tell whether a drawing leaves names out."""
    sides = ({ribbon.giver for ribbon in ribbons}, {ribbon.receiver for ribbon in ribbons})
    return any(len(side) > kept(size) + 1 for side in sides)


def fold(ribbons: Sequence[Ribbon], most: int) -> list[Ribbon]:
    """Add up the givers and the receivers after the largest ones, and what then has the same ends."""
    givers = _fold_side([(ribbon.giver, ribbon.grams) for ribbon in ribbons], most)
    receivers = _fold_side([(ribbon.receiver, ribbon.grams) for ribbon in ribbons], most)
    added: dict[tuple[str, str], int] = {}
    for ribbon in ribbons:
        ends = givers[ribbon.giver], receivers[ribbon.receiver]
        added[ends] = added.get(ends, 0) + ribbon.grams
    return [Ribbon(giver=giver, receiver=receiver, grams=grams) for (giver, receiver), grams in added.items()]


def ranked(weights: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Add up by name, the largest first, *Others* last."""
    added: dict[str, int] = {}
    for name, grams in weights:
        added[name] = added.get(name, 0) + grams
    others = _("Others")
    return sorted(added.items(), key=lambda pair: (pair[0] == others, -pair[1], pair[0]))


def _fold_side(weights: Sequence[tuple[str, int]], most: int) -> dict[str, str]:
    names = [name for name, _grams in ranked(weights)]
    if len(names) <= most + 1:
        return {name: name for name in names}
    return {name: name if rank < most else _("Others") for rank, name in enumerate(names)}


def _flows(size: Size, ribbons: Sequence[Ribbon], shown: Shown) -> Canvas:
    canvas = Canvas(size, 0)
    drawn = fold([ribbon for ribbon in ribbons if ribbon.grams > 0], kept(size))
    start, end = (212.0, 508.0) if size.is_wide else (122.0, 218.0)
    room = start - 8
    bar = _bar_width(canvas)
    givers = Side(
        nodes=_nodes(canvas, [(ribbon.giver, ribbon.grams) for ribbon in drawn], room, shown),
        bar_x=start, words_x=start - 7, anchor="end",
    )  # fmt: skip
    receivers = Side(
        nodes=_nodes(canvas, [(ribbon.receiver, ribbon.grams) for ribbon in drawn], room, shown),
        bar_x=end - bar, words_x=end + 7, anchor="start",
    )  # fmt: skip
    for node in receivers.nodes:
        node.colour = REST
    canvas.height = HEAD + _settle(givers.nodes, receivers.nodes, 330 if size.is_wide else 260) + 4
    canvas.text(start, 16, canvas.fit(_("Gave"), room, bold=True), anchor="end", bold=True)
    canvas.text(end, 16, canvas.fit(_("Received"), room, bold=True), bold=True)
    _ribbons(canvas, drawn, givers, receivers, shown)
    for side in (givers, receivers):
        for node in side.nodes:
            _node(canvas, node, side)
    return canvas


def _bar_width(canvas: Canvas) -> float:
    return 14 if canvas.size.is_wide else 10


def _nodes(canvas: Canvas, weights: Sequence[tuple[str, int]], room: float, shown: Shown) -> list[Node]:
    nodes = []
    for rank, (name, grams) in enumerate(ranked(weights)):
        lines = [*wrapped(canvas, name, room), canvas.fit(shown(grams), room, bold=True)]
        colour = REST if name == _("Others") else SERIES[rank % len(SERIES)]
        least = len(lines) * (canvas.font + 3) + 2
        nodes.append(Node(name=name, grams=grams, lines=lines, colour=colour, least=least))
    return nodes


def wrapped(canvas: Canvas, name: str, room: float) -> list[str]:
    """Break a name over at most two lines; what is still too long is cut."""
    words = name.split()
    first = ""
    while words and canvas.width_of(f"{first} {words[0]}".strip()) <= room:
        first = f"{first} {words.pop(0)}".strip()
    if not first or not words:
        return [canvas.fit(name, room)]
    return [first, canvas.fit(" ".join(words), room)]


def _settle(givers: list[Node], receivers: list[Node], height: float) -> float:
    """Give each node its bar, all to one scale, and its place; return how high the drawing is."""
    scale = min((_scale(side, height) for side in (givers, receivers)), default=0)
    lowest = 0.0
    for side in (givers, receivers):
        top = float(HEAD)
        for node in side:
            node.bar = max(node.grams * scale, 1)
            node.top = top
            top += node.slot + GAP
        lowest = max(lowest, top - GAP - HEAD)
    return lowest


def _scale(side: Sequence[Node], height: float) -> float:
    """Return the units per gram that fill the height, once small nodes have the room of their words."""
    free = list(side)
    while free:
        taken = sum(node.least for node in side if node not in free)
        scale = max(height - GAP * (len(side) - 1) - taken, 1) / sum(node.grams for node in free)
        small = [node for node in free if node.grams * scale < node.least]
        if not small or len(small) == len(free):
            return scale
        free = [node for node in free if node not in small]
    return 0.0


def _ribbons(canvas: Canvas, ribbons: Sequence[Ribbon], givers: Side, receivers: Side, shown: Shown) -> None:
    """Draw the ribbons in the order of both sides, so that they cross as little as they can."""
    left, right = givers.places, receivers.places
    start, end = givers.bar_x + _bar_width(canvas), receivers.bar_x
    for ribbon in sorted(ribbons, key=lambda r: (left[r.giver][0], right[r.receiver][0])):
        giver, receiver = left[ribbon.giver][1], right[ribbon.receiver][1]
        out, into = (node.bar * ribbon.grams / node.grams for node in (giver, receiver))
        a, b = giver.bar_top + giver.used, receiver.bar_top + receiver.used
        giver.used, receiver.used = giver.used + out, receiver.used + into
        with canvas.group(
            "path", d=_ribbon((start, a, a + out), (end, b, b + into)), fill=giver.colour,
            fill_opacity="0.42", stroke=giver.colour, stroke_opacity="0.6", stroke_width="0.7",
        ):  # fmt: skip
            canvas.add("title", f"{ribbon.giver} → {ribbon.receiver} : {shown(ribbon.grams)}")


def _ribbon(begin: tuple[float, float, float], finish: tuple[float, float, float]) -> str:
    """Return the outline of a ribbon between two upright edges, each given as x, top and foot."""
    (x1, a, a_foot), (x2, b, b_foot) = begin, finish
    x = (x1 + x2) / 2
    there = f"M{x1:.1f} {a:.1f}C{x:.1f} {a:.1f} {x:.1f} {b:.1f} {x2:.1f} {b:.1f}V{b_foot:.1f}"
    return f"{there}C{x:.1f} {b_foot:.1f} {x:.1f} {a_foot:.1f} {x1:.1f} {a_foot:.1f}Z"


def _node(canvas: Canvas, node: Node, side: Side) -> None:
    canvas.add(
        "rect", x=side.bar_x, y=node.bar_top, width=_bar_width(canvas), height=node.bar, fill=node.colour
    )
    pitch = canvas.font + 3
    foot = node.top + (node.slot - pitch * len(node.lines)) / 2 + canvas.font - 1
    for number, line in enumerate(node.lines):
        is_amount = number == len(node.lines) - 1
        canvas.text(side.words_x, foot + pitch * number, line, anchor=side.anchor, fill=INK, bold=is_amount)
