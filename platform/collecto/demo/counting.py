"""The count of the week: a shelf is counted, one difference is large, somebody else approves it."""

from collections.abc import Mapping

from apps.kernel.abilities import Actor, Role
from apps.kernel.models import new_id
from apps.sites.models import Site
from apps.stock.models import CountSheet
from apps.stock.selectors import grams_at, holdings, lines_of_sheet, places_to_count
from apps.stock.services import count_approve, level_create, sheet_close, sheet_open, stock_count
from apps.stock.states import EntryStatus, LevelShare
from tenants.network.needs import needs_tell

LINES: int = 8
"""Lines that the volunteer has counted by the time the bank is looked at."""
MISSING_PERCENT: int = 12
"""What the third line lacks: enough to wait for somebody else."""


def count(people: Mapping[Role, Actor], site: Site) -> None:
    """Count the shelf with most lots on it; leave another sheet open for today."""
    places = places_to_count(site, locations=(), family=None)
    if not places:
        return
    shelves = [location_id for _lot, location_id in places]
    fullest = max(dict.fromkeys(shelves), key=shelves.count)
    shelf = site.locations.get(pk=fullest)
    stock, volunteer = people[Role.STOCK], people[Role.VOLUNTEER]
    sheet = sheet_open(stock, op_key=new_id(), site=site, locations=[shelf])
    _take(volunteer, people[Role.MANAGER], sheet)
    sheet_close(stock, sheet=sheet)
    sheet_open(stock, op_key=new_id(), site=site, locations=[shelf], is_blind=True)


def _take(counter: Actor, manager: Actor, sheet: CountSheet) -> None:
    for position, line in enumerate(lines_of_sheet(sheet)[:LINES]):
        held = grams_at(line.lot, line.location)
        missing = held.on_hand_grams * MISSING_PERCENT // 100 // 100 * 100 if position == 2 else 0
        entry = stock_count(
            counter,
            op_key=new_id(),
            lot=line.lot,
            location=line.location,
            counted_grams=held.grams - missing,
            reason="Cartons donnés sans bon" if missing else "",
            sheet=sheet,
        )
        if entry.status == EntryStatus.WAITING:
            count_approve(manager, entry=entry, reason="Recompté à deux")


def want(people: Mapping[Role, Actor]) -> None:
    """Set a few minimum levels, of what is scarce and of what is plenty, and tell the network."""
    stock = people[Role.STOCK]
    shares = (LevelShare.ALL, LevelShare.DONORS, LevelShare.NOBODY)
    scarce = sorted(holdings(), key=lambda held: (held.free_grams, held.label))
    families = list(dict.fromkeys(held.family for held in scarce))[: len(shares)]
    for place, (family, share) in enumerate(zip(families, shares, strict=False)):
        level_create(
            stock,
            op_key=new_id(),
            family=family,
            minimum_grams=500_000 if place < len(shares) - 1 else 1_000,
            share=share,
            tells_weight=share == LevelShare.ALL,
        )
    needs_tell()
