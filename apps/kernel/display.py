"""How values are written on screens, in the reader's language and the bank's time zone."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.quantity import MINUS, NARROW_SPACE, NO_BREAK_SPACE

NOTHING: Final = "–"
BYTES_A_STEP: Final = 1024
WHOLE_FROM: Final = 100
"""A size from here on is written without decimals."""
SOON_DAYS: Final = 3
"""A date this near is shown in the colour of a warning (face: dates under 3 days are a queue)."""


class Tone(StrEnum):
    """The five meanings of colour."""

    NEUTRAL = "neutral"
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in one or two words, with the tone that supports it (never colour alone).

    As text it is the mark-up a page shows; ``label`` is the bare word.
    """

    label: Text
    tone: Tone = Tone.NEUTRAL

    def __str__(self) -> str:
        return self.__html__()

    def __html__(self) -> SafeString:
        return format_html('<span class="chip" data-tone="{}">{}</span>', self.tone.value, self.label)


def number(value: Decimal | float, *, decimals: int = 0) -> str:
    """Write a number with its thousands apart: ``1 234,5`` in French, ``1,234.5`` in English.

    Below zero it has a true minus sign, which no line breaks off.
    """
    text = f"{value:,.{decimals}f}".replace("-", MINUS)
    if (get_language() or "").startswith("fr"):
        return text.replace(",", NARROW_SPACE).replace(".", ",")
    return text


def counted_as(value: Decimal | float) -> int:
    """Return the whole number that has a value's plural: 1.5 is one in French, and several in English."""
    size = Decimal(str(value)).copy_abs()
    whole = int(size)
    if (get_language() or "").startswith("fr") or whole == size:
        return whole
    return max(whole, 2)


def counted(count: int, one: Text, many: Text) -> str:
    """Write how many there are of something: ``3 lots``; in French none is not many: ``0 lot``."""
    is_one = count == 1 or (count == 0 and (get_language() or "").startswith("fr"))
    return f"{number(count)} {one if is_one else many}"


def percent(share: Decimal | float, *, decimals: int = 0) -> str:
    """Write a share between 0 and 1 as a percentage: ``42 %`` in French, ``42%`` in English."""
    text = number(share * 100, decimals=decimals)
    return f"{text}{NARROW_SPACE}%" if (get_language() or "").startswith("fr") else f"{text}%"


def size(count: int) -> str:
    """Write bytes as people know them from their files: ``1,2 Mo`` in French, ``1.2 MB`` in English."""
    french = (get_language() or "").startswith("fr")
    units = ("o", "Ko", "Mo", "Go") if french else ("B", "KB", "MB", "GB")
    power = 0
    while power < len(units) - 1 and round(count / BYTES_A_STEP**power) >= BYTES_A_STEP:
        power += 1
    amount = count / BYTES_A_STEP**power
    decimals = 1 if power > 1 and amount < WHOLE_FROM else 0
    return f"{number(amount, decimals=decimals)}{NO_BREAK_SPACE}{units[power]}"


def day(value: dt.date) -> str:
    """Write a day, with its year only when it is not this year: ``Mon 3 March``, ``lun. 3 mars``."""
    weekday = r"D\." if (get_language() or "").startswith("fr") else "D"
    pattern = f"{weekday} j F" if value.year == clock.today().year else "j F Y"
    return dated(value, pattern).replace(" ", NO_BREAK_SPACE)


def dated(value: dt.date, pattern: str) -> str:
    """Write a day after one of Django's patterns; the first of the month is ``1er`` in French."""
    if value.day == 1 and (get_language() or "").startswith("fr"):
        pattern = pattern.replace("j", r"j\e\r")
    return date_format(value, pattern)


def hour(value: dt.datetime) -> str:
    """Write the hour of an instant in the bank's time zone: ``14:05``."""
    return f"{clock.local(value):%H:%M}"


def moment(value: dt.datetime) -> str:
    """Write an instant as day and hour in the bank's time zone: ``Mon 3 March, 14:05``."""
    return f"{day(clock.day_of(value))}, {hour(value)}"


def stamp(value: dt.datetime) -> str:
    """Write an instant for a spreadsheet, in the bank's time zone: ``2026-03-03 14:05``."""
    return f"{clock.local(value):%Y-%m-%d %H:%M}"


def lasting(span: dt.timedelta) -> str:
    """Say how long something takes, to the second under an hour: ``12 s``, ``3 min 05 s``, ``2 h 05 min``."""
    seconds = max(0, round(span.total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, left = divmod(minutes, 60)
    gap = NO_BREAK_SPACE
    if hours:
        return f"{hours}{gap}h{gap}{left:02d}{gap}min"
    return f"{minutes}{gap}min{gap}{rest:02d}{gap}s" if minutes else f"{seconds}{gap}s"


def days_away(value: dt.date) -> str:
    """Say how far a day is from today: ``today``, ``in 3 days``, ``2 days ago``."""
    days = (value - clock.today()).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days > 0:
        return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
    return ngettext("%(count)s day ago", "%(count)s days ago", -days) % {"count": -days}


def date_tone(value: dt.date) -> Tone:
    """Return the tone of a food date: past, within ``SOON_DAYS`` days, or no hurry."""
    days = (value - clock.today()).days
    if days < 0:
        return Tone.DANGER
    return Tone.WARN if days <= SOON_DAYS else Tone.NEUTRAL


def paper_date(date_kind: str, expires_on: dt.date | None, *, on: dt.date | None = None) -> str:
    """Return the date of a food as a document keeps it, with its year: ``Use by 3 March 2026``.

    With the day of the document, a best-before date that had passed by then says so.
    """
    if date_kind == "NONE" or expires_on is None:
        return _("No date")
    values = {"day": paper_day(expires_on)}
    if date_kind == "BEST_BEFORE" and on is not None and expires_on < on:
        return _("Best before passed: %(day)s") % values
    return (_("Use by %(day)s") if date_kind == "USE_BY" else _("Best before %(day)s")) % values


def paper_day(value: dt.date) -> str:
    """Write a day as a document keeps it, always with its year: ``3 March 2026``."""
    return dated(value, "j F Y").replace(" ", NO_BREAK_SPACE)


def food_date(date_kind: str, expires_on: dt.date | None) -> Chip:
    """Return the date of a food as a chip: ``Use by Mon 3 March (in 2 days)``.

    A product past its best-before date may still be given, so that one says so and is a warning, no danger.
    """
    if date_kind == "NONE" or expires_on is None:
        return Chip(_("No date"))
    tone = date_tone(expires_on)
    values = {"day": day(expires_on), "when": days_away(expires_on)}
    if date_kind == "USE_BY":
        return Chip(_("Use by %(day)s (%(when)s)") % values, tone)
    if tone is Tone.DANGER:
        return Chip(_("Best before passed: %(day)s (%(when)s)") % values, Tone.WARN)
    return Chip(_("Best before %(day)s (%(when)s)") % values, tone)
