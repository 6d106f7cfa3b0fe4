"""What waits today: goods that may no longer leave, must leave soon, lie in an archived place; blocked lots.

Sites come before the stock and cannot ask it whether they are empty: what is left there shows here.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.kernel.abilities import Actor
from apps.kernel.quantity import format_kg
from apps.kernel.today import Queue
from apps.stock.abilities import abilities
from apps.stock.selectors import Waiting, waiting


def queues(actor: Actor) -> list[Queue]:
    """Return the lots that wait for this person (one query)."""
    allowed = abilities(actor)
    if "lose" not in allowed:
        return []
    found = waiting()
    piles = [_to_clear(found), _to_give_first(found), _put_away(found)]
    if "unblock" in allowed:
        piles.append(_blocked(found))
    return [pile for pile in piles if pile.count]


def _lots(state: str) -> str:
    return f"{reverse('stock_lot_list')}?state={state}"


def _to_clear(found: Waiting) -> Queue:
    return Queue(
        label=ngettext("lot to clear today", "lots to clear today", found.expired_count),
        count=found.expired_count,
        hint=_("May no longer leave: %(weight)s") % {"weight": format_kg(found.expired_grams)},
        url=_lots("expired"),
        tone="danger",
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


def _blocked(found: Waiting) -> Queue:
    return Queue(
        label=ngettext("blocked lot", "blocked lots", found.blocked_count),
        count=found.blocked_count,
        hint=_("To be released or thrown away"),
        url=_lots("blocked"),
    )
