"""How lots, accounts and movements are shown on the stock's pages."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone, food_date
from apps.kernel.errors import Text
from apps.stock.models import Account, Lot, Movement
from apps.stock.rules import is_past_best_before
from apps.stock.selectors import Held
from apps.stock.states import AccountKind, LossReason, LotStatus


def lot_state(lot: Lot) -> Chip:
    """Return whether a lot may leave, and why not."""
    today = clock.today()
    if lot.status == LotStatus.BLOCKED:
        return Chip(_("Blocked"), Tone.DANGER)
    if lot.is_expired(today):
        return Chip(_("May no longer leave"), Tone.DANGER)
    if is_past_best_before(lot.date_kind, lot.expires_on, on=today):
        return Chip(_("Past best before"), Tone.WARN)
    return Chip(_("Available"), Tone.OK)


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


def note(movement: Movement) -> str:
    """Return what else is known of a movement: document, reason, who wrote it."""
    known = (movement.document_number, movement.reason, movement.actor_label)
    return " · ".join(part for part in known if part)


def movement_state(movement: Movement) -> Text | Chip:
    """Return the kind of a movement, and whether it was reversed."""
    kind = movement.get_kind_display()
    if hasattr(movement, "reversed_by"):
        return Chip(_("%(kind)s, reversed") % {"kind": kind}, Tone.WARN)
    return kind


def reverse_link(movement: Movement) -> SafeString:
    """Return the link that reverses a movement, named after it for who does not see the line."""
    url = reverse("stock_movement_reverse", args=[movement.pk])
    what = f"{movement.get_kind_display()} {movement.grams}"
    return format_html('<a href="{}">{}<span class="visually-hidden"> {}</span></a>', url, _("Reverse"), what)


def place_links(held: Held, allowed: Abilities) -> SafeString:
    """Return the links to what this person may do with a lot at a location."""
    offered = [
        ("move", _("Move"), held.on_hand_grams > 0),
        ("lose", _("Record a loss"), held.on_hand_grams > 0),
        ("count", _("Count"), True),
    ]
    links = [
        (reverse(f"stock_lot_{verb}", args=[held.lot.pk]), held.location.pk, label, str(held.location))
        for verb, label, possible in offered
        if possible and verb in allowed
    ]
    return format_html_join(
        " · ", '<a href="{}?location={}">{}<span class="visually-hidden"> {}</span></a>', links
    )
