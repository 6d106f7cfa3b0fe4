"""How lots, accounts and movements are shown on the stock's pages."""

import datetime as dt
from typing import Final

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from apps.kernel import clock, display
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone, food_date
from apps.kernel.errors import Text
from apps.kernel.models import AuditEntry
from apps.kernel.quantity import format_kg
from apps.kernel.telling import Change, HistoryLine
from apps.stock.models import Account, CountEntry, Inspection, Lot, Movement
from apps.stock.rules import is_past_best_before
from apps.stock.selectors import Held, movements_of
from apps.stock.states import AccountKind, EntryStatus, LossReason, LotStatus, MovementKind, ReturnReason


def lot_state(lot: Lot, inspected_until: dt.date | None) -> Chip:
    """Return whether a lot may leave, and why not; its newest inspection lets it until the day given."""
    today = clock.today()
    if lot.status == LotStatus.BLOCKED:
        return Chip(_("Blocked"), Tone.DANGER)
    if lot.is_expired(today):
        return Chip(_("May no longer leave"), Tone.DANGER)
    if is_past_best_before(lot.date_kind, lot.expires_on, on=today):
        if inspected_until is not None and inspected_until >= today:
            return Chip(_("Past best before, inspected"), Tone.OK)
        return Chip(_("Past best before, to inspect"), Tone.WARN)
    return Chip(_("Available"), Tone.OK)


FOUND: Final[dict[str, Text]] = {
    "packaging_intact": _lazy("packaging intact"),
    "storage_respected": _lazy("storage and transport conditions respected"),
    "life_suffices": _lazy("enough life left for those who will eat it"),
    "freezing_checked": _lazy("freezing date known and shown"),
    "senses_good": _lazy("look, smell and taste as they should be"),
    "traceable": _lazy("donor, lot and date can be read"),
}


def inspection_found(inspection: Inspection) -> Chip:
    """Return whether goods passed their inspection, and what did not hold."""
    if inspection.passed:
        return Chip(_("May leave"), Tone.OK)
    names = ", ".join(str(words) for name, words in FOUND.items() if getattr(inspection, name) is False)
    return Chip(_("Refused: not %(what)s") % {"what": names}, Tone.DANGER)


def lot_date(lot: Lot) -> Chip:
    """Return the date of a lot."""
    return food_date(lot.date_kind, lot.expires_on)


def account_name(account: Account) -> Text:
    """Return a side of a movement in words: a location, who is outside, why it is lost."""
    if account.location is not None:
        place = f"{account.location.site.code} {account.location.code}"
        return _("%(place)s (reserved)") % {"place": place} if account.kind == AccountKind.RESERVED else place
    if account.kind == AccountKind.LOSS:
        return _("Loss: %(reason)s") % {"reason": LossReason(account.detail).label}
    return account.get_kind_display()


def went_from(movement: Movement) -> Text:
    """Return where a movement took the goods."""
    return _outside(movement, movement.source) or account_name(movement.source)


def went_to(movement: Movement) -> Text:
    """Return where a movement brought the goods."""
    return _outside(movement, movement.destination) or account_name(movement.destination)


def _outside(movement: Movement, account: Account) -> str:
    parties = (AccountKind.DONOR, AccountKind.SUPPLIER, AccountKind.PARTNER)
    return movement.party_label if account.kind in parties else ""


def way(movement: Movement) -> str:
    """Return both sides of a movement in a few words."""
    return f"{went_from(movement)} → {went_to(movement)}"


def why(movement: Movement) -> str:
    """Return why goods moved; what a transfer lost on the road is told by its accounts, not by a sentence."""
    if movement.kind == MovementKind.ARRIVE and movement.destination.kind == AccountKind.LOSS:
        return _("Missing on arrival")
    return returned_because(movement.reason) if movement.kind == MovementKind.RETURN else movement.reason


def returned_because(reason: str) -> str:
    """Return why a partner brought goods back: the reason's own words, and what was added to it."""
    code, _mark, comment = reason.partition(": ")
    label = dict(ReturnReason.choices).get(code, code)
    return " · ".join(filter(None, [str(label), comment]))


def note(movement: Movement) -> str:
    """Return what else is known of a movement: document, reason, who wrote it."""
    known = (movement.document_number, why(movement), movement.actor_label)
    return " · ".join(part for part in known if part)


def movement_state(movement: Movement) -> Text | Chip:
    """Return the kind of a movement, and whether it was reversed."""
    kind = movement.get_kind_display()
    if hasattr(movement, "reversed_by"):
        return Chip(_("%(kind)s, reversed") % {"kind": kind}, Tone.WARN)
    return kind


def movements_told(lot: Lot, most: int) -> list[HistoryLine]:
    """Return the latest movements of a lot as lines of its history, with their own reasons."""
    return [_told(movement) for movement in movements_of(lot)[:most]]


def _told(movement: Movement) -> HistoryLine:
    entry = AuditEntry(
        at=movement.recorded_at,
        actor_id=movement.actor_id,
        actor_label=movement.actor_label,
        action=movement.kind,
        reason=" · ".join(filter(None, [movement.document_number, why(movement)])),
    )
    weight = Change(way(movement), display.NOTHING, format_kg(movement.grams))
    return HistoryLine(entry=entry, label=movement.get_kind_display(), changes=[weight])


def place_links(held: Held, allowed: Abilities) -> SafeString:
    """Return the links to what this person may do with a lot at a location."""
    offered = [
        ("move", _("Move"), held.on_hand_grams > 0),
        ("lose", _("Loss"), held.on_hand_grams > 0),
        ("count", _("Count"), True),
    ]
    links = [
        (reverse(f"stock_lot_{verb}", args=[held.lot.pk]), held.location.pk, label, str(held.location))
        for verb, label, possible in offered
        if possible and verb in allowed
    ]
    return format_html_join(
        "\u00a0·\u00a0", '<a href="{}?location={}">{}<span class="visually-hidden"> {}</span></a>', links
    )


def signed_kg(grams: int) -> str:
    """Write a difference with its sign; nothing for none."""
    if grams == 0:
        return format_kg(0)
    return f"+{format_kg(grams)}" if grams > 0 else format_kg(grams)


ENTRY_TONES = {
    EntryStatus.MATCHED: Tone.OK,
    EntryStatus.WAITING: Tone.WARN,
    EntryStatus.POSTED: Tone.INFO,
    EntryStatus.REFUSED: Tone.DANGER,
    EntryStatus.REPLACED: Tone.NEUTRAL,
}


def entry_state(entry: CountEntry) -> Chip:
    """Return what became of a count."""
    if entry.unsettled_grams:
        weight = format_kg(entry.unsettled_grams)
        return Chip(_("%(weight)s to settle with orders") % {"weight": weight}, Tone.DANGER)
    return Chip(entry.get_status_display(), ENTRY_TONES[EntryStatus(entry.status)])


def count_told(entry: CountEntry) -> str:
    """Say to who counted what became of the difference."""
    values = {"difference": signed_kg(entry.difference_grams), "rest": format_kg(entry.unsettled_grams)}
    if entry.unsettled_grams:
        return (
            _("%(difference)s; %(rest)s of it are promised to orders and stay to be settled with them.")
            % values
        )
    if entry.status == EntryStatus.MATCHED:
        return _("as in the books.")
    if entry.status == EntryStatus.WAITING:
        return _("%(difference)s; somebody else has to approve it.") % values
    return _("%(difference)s, posted.") % values
