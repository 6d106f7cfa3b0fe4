"""What waits today: goods that may no longer leave, must leave soon, lie in an archived place; blocked lots.

Sites come before the stock and cannot ask it whether they are empty: what is left there shows here.
"""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel.abilities import Actor
from apps.kernel.quantity import format_kg
from apps.kernel.today import Queue
from apps.stock.abilities import abilities
from apps.stock.selectors import (
    CountsWaiting,
    LevelNow,
    Waiting,
    counts_waiting,
    levels_below,
    waiting,
)

NAMED: Final = 3
"""Goods below their minimum that the morning page names."""


def queues(actor: Actor) -> list[Queue]:
    """Return the lots and the counts that wait for this person (five queries)."""
    allowed = abilities(actor)
    if "lose" not in allowed:
        return []
    found, counts = waiting(), counts_waiting()
    below = levels_below()
    piles = [_to_clear(found), _to_give_first(found), _put_away(found), _to_count(counts), _below(below)]
    if "inspect" in allowed:
        piles.insert(1, _to_inspect(found))
    if "unblock" in allowed:
        piles.append(_blocked(found))
    if "approve_count" in allowed:
        piles += [_to_approve(counts), _to_settle(counts)]
    return [pile for pile in piles if pile.count]


def _lots(state: str) -> str:
    return f"{reverse('stock_lot_list')}?state={state}"


def _to_clear(found: Waiting) -> Queue:
    return Queue(
        label=ngettext("lot to clear today", "lots to clear today", found.expired_count),
        count=found.expired_count,
        hint=_("May no longer leave: %(weight)s") % {"weight": format_kg(found.expired_grams)},
        url=reverse("stock_lot_clear"),
        tone="danger",
    )


def _to_inspect(found: Waiting) -> Queue:
    return Queue(
        label=ngettext(
            "lot past best before to inspect", "lots past best before to inspect", found.inspect_count
        ),
        count=found.inspect_count,
        hint=_("They leave only after an inspection"),
        url=_lots("inspect"),
        tone="warn",
    )


def _to_give_first(found: Waiting) -> Queue:
    return Queue(
        label=ngettext("lot expires within 3 days", "lots expire within 3 days", found.soon_count),
        count=found.soon_count,
        hint=_("Give these first"),
        url=_lots("soon"),
        tone="warn",
    )


def _put_away(found: Waiting) -> Queue:
    return Queue(
        label=ngettext("lot in an archived location", "lots in archived locations", found.put_away_count),
        count=found.put_away_count,
        hint=_("Move them to a location in use"),
        url=_lots("put_away"),
        tone="warn",
    )


def _below(found: list[LevelNow]) -> Queue:
    names = ", ".join(str(now.level) for now in found[:NAMED])
    return Queue(
        label=ngettext("minimum not reached", "minimums not reached", len(found)),
        count=len(found),
        hint=names,
        url=reverse("stock_level_list"),
        tone="warn",
    )


def _to_count(found: CountsWaiting) -> Queue:
    return Queue(
        label=ngettext("count under way", "counts under way", found.open_count),
        count=found.open_count,
        hint=_("Count what is left, then close"),
        url=reverse("stock_sheet_list"),
    )


def _to_approve(found: CountsWaiting) -> Queue:
    return Queue(
        label=ngettext("difference to approve", "differences to approve", found.waiting_count),
        count=found.waiting_count,
        hint=_("Found by a count, large enough for a second look"),
        url=reverse("stock_entry_list"),
        tone="warn",
    )


def _to_settle(found: CountsWaiting) -> Queue:
    return Queue(
        label=ngettext("count to settle with orders", "counts to settle with orders", found.unsettled_count),
        count=found.unsettled_count,
        hint=_("Promised to orders and not there: %(weight)s") % {"weight": format_kg(found.unsettled_grams)},
        url=reverse("stock_entry_list"),
        tone="danger",
    )


def _blocked(found: Waiting) -> Queue:
    return Queue(
        label=ngettext("blocked lot", "blocked lots", found.blocked_count),
        count=found.blocked_count,
        hint=_("To be released or thrown away"),
        url=_lots("blocked"),
    )
