"""Template filters and tags of every page: weights, money, days, states. A builtin: no ``load``."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.kernel import display
from apps.kernel.display import Chip, Tone
from apps.kernel.errors import Conflict, DomainError, Forbidden, TooMany
from apps.kernel.money import format_euros
from apps.kernel.quantity import format_kg
from apps.kernel.quantity import meals as meals_in

register = template.Library()

UNDO = "undo:"
"""Prefix of a message's tag that carries the address to post to in order to undo the act."""

MESSAGE_TONES = {"success": Tone.OK, "warning": Tone.WARN, "error": Tone.DANGER}
TONE_ICONS = {Tone.OK: "circle-check", Tone.WARN: "triangle-alert", Tone.DANGER: "circle-alert"}


@register.filter
def kg(grams: int | None, decimals: int | None = None) -> str:
    """Write grams as kg with the unit: ``{{ lot.quantity_grams|kg }}``, ``|kg:0`` to round."""
    return display.NOTHING if grams is None else format_kg(grams, decimals=decimals)


@register.filter
def both(grams: int | None, goods: Any = None) -> str:
    """Write grams as kg and in the units of the goods: ``{{ line.grams|both:line.product }}``.

    The goods are what has ``packed``: a product, a lot; of others the weight alone is written.
    """
    if grams is None:
        return display.NOTHING
    return " · ".join(filter(None, [format_kg(grams), packed(grams, goods)]))


@register.filter
def packed(grams: int | None, goods: Any = None) -> str:
    """Write grams in the units of the goods alone, nothing where nobody counts them."""
    known = goods.packed(grams) if grams is not None and hasattr(goods, "packed") else ""
    return str(known)


@register.filter
def euros(cents: int | None) -> str:
    """Write cents as euros: ``{{ order.contribution_cents|euros }}``."""
    return display.NOTHING if cents is None else format_euros(cents)


@register.filter
def meals(food_grams: int | None) -> str:
    """Write the meals in a weight of food (1 kg = 2 meals)."""
    return display.NOTHING if food_grams is None else display.number(meals_in(food_grams))


@register.filter
def number(value: Decimal | float | None, decimals: int = 0) -> str:
    """Write a number with its thousands apart."""
    return display.NOTHING if value is None else display.number(value, decimals=decimals)


@register.filter
def percent(share: Decimal | float | None, decimals: int = 0) -> str:
    """Write a share between 0 and 1 as a percentage."""
    return display.NOTHING if share is None else display.percent(share, decimals=decimals)


@register.filter
def size(count: int | None) -> str:
    """Write bytes: ``{{ file.size_bytes|size }}``."""
    return display.NOTHING if count is None else display.size(count)


@register.filter
def day(value: dt.date | None) -> str:
    """Write a day in words, with its year only when it is not this year."""
    return display.NOTHING if value is None else display.day(value)


@register.filter
def whole_day(value: dt.date) -> str:
    """Write a day in full, for a heading: ``Monday 3 March 2026``."""
    return capfirst(display.dated(value, "l j F Y"))


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Write an instant as day and hour in the bank's time zone."""
    return display.NOTHING if value is None else display.moment(value)


@register.filter
def hour(value: dt.datetime | None) -> str:
    """Write the hour of an instant in the bank's time zone."""
    return display.NOTHING if value is None else display.hour(value)


@register.filter
def days_away(value: dt.date | None) -> str:
    """Say how far a day is from today, in words."""
    return display.NOTHING if value is None else display.days_away(value)


@register.simple_tag
def chip(label: str, tone: str = Tone.NEUTRAL) -> SafeString:
    """Show a state: ``{% chip offer.get_status_display "ok" %}`` (neutral, ok, info, warn, danger)."""
    return Chip(label, Tone(tone)).__html__()


@register.simple_tag
def food_date(date_kind: str, expires_on: dt.date | None) -> SafeString:
    """Show the date of a food, its kind and nearness: ``{% food_date lot.date_kind lot.expires_on %}``."""
    return display.food_date(date_kind, expires_on).__html__()


@register.simple_tag
def paper_date(date_kind: str, expires_on: dt.date | None) -> str:
    """Write the date of a food on a document: ``{% paper_date lot.date_kind lot.expires_on %}``."""
    return display.paper_date(date_kind, expires_on)


@register.filter
def paper_day(value: dt.date) -> str:
    """Write a day on a document, always with its year."""
    return display.paper_day(value)


@register.filter
def undo_url(message: Message) -> str:
    """Return the address that undoes what a message reports, or an empty text."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


@register.filter
def message_tone(message: Message) -> Tone:
    """Return the tone of a message: ok, warn, danger or info."""
    return MESSAGE_TONES.get(message.level_tag, Tone.INFO)


@register.filter
def message_icon(message: Message) -> str:
    """Return the icon that goes with a message's tone."""
    return TONE_ICONS.get(message_tone(message), "info")


@register.filter
def refusal_title(error: DomainError) -> str:
    """Return the heading of the page that shows a refusal."""
    if isinstance(error, Forbidden):
        return _("This is not yours to do")
    if isinstance(error, Conflict):
        return _("Somebody came first")
    if isinstance(error, TooMany):
        return _("Too many times")
    return _("This cannot be done")


@register.simple_tag(takes_context=True)
def way_back(context: Context) -> str:
    """Return the page of this site that the person came from, or the first page."""
    request = context["request"]
    came_from = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    return came_from if is_ours else "/"


@register.simple_tag(takes_context=True)
def site_address(context: Context, host: str) -> str:
    """Return the address of another site of the network, on the port of this request."""
    port = context["request"].get_host().rpartition(":")[2]
    return f"//{host}:{port}/" if port.isdigit() else f"//{host}/"


@register.inclusion_tag("parts/stock_bar.html")
def stock_bar(free: int, held: int = 0, blocked: int = 0, most: int = 0) -> dict[str, object]:
    """Draw grams of stock as one bar: free, held for orders, blocked, on a scale of ``most``."""
    whole = max(most, free + held + blocked, 1)
    widths = [100 * grams / whole for grams in (free, held, blocked)]
    starts = [0.0, widths[0], widths[0] + widths[1]]
    kinds = ("free", "held", "blocked")
    parts = [
        {"kind": kind, "x": f"{x:.2f}", "width": f"{width:.2f}"}
        for kind, x, width in zip(kinds, starts, widths, strict=True)
    ]
    return {"free": free, "held": held, "blocked": blocked, "parts": parts}


@register.inclusion_tag("parts/measure.html")
def measure(label: str, done: int, most: int, text: str, tone: str = "") -> dict[str, object]:
    """Draw how far something is: ``{% measure label done most "412 of 600 kg" %}``."""
    return {"label": label, "done": min(done, most), "most": max(most, 1), "text": text, "tone": tone}
