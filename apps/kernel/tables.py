"""Columns of a list: how a value is read from a record, shown on a page and written to a file."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.kernel import display
from apps.kernel.errors import Text
from apps.kernel.money import format_euros
from apps.kernel.quantity import GRAMS_PER_KG, format_kg

Value = Any
Accessor = str | Callable[[Any], Value]

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that starts so as a formula."""


class Kind(StrEnum):
    """What a column holds, hence how it is written and aligned."""

    TEXT = "text"
    NUMBER = "number"
    KG = "kg"
    EUROS = "euros"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"
    YES_NO = "yes_no"


NUMERIC: Final = frozenset({Kind.NUMBER, Kind.KG, Kind.EUROS, Kind.PERCENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a list, or one line of a record's sheet.

    ``value`` is an attribute path (``"donor.name"``, ``"get_status_display"``) or a function of the
    record; a ``display.Chip`` is shown as a state. ``sort`` is the ORM field the column sorts by.
    ``note`` is shown smaller under the value, after its label when ``named``; in a file it is a column
    of its own.
    """

    label: Text
    value: Accessor
    kind: Kind = Kind.TEXT
    sort: str = ""
    note: "Column | None" = None
    named: bool = False

    @property
    def is_numeric(self) -> bool:
        """Tell whether figures of this column line up on the right."""
        return self.kind in NUMERIC

    def read(self, record: Any) -> Value:
        """Return the value of a record, ``None`` when a step of the path is missing."""
        if callable(self.value):
            return self.value(record)
        found = record
        for name in self.value.split("."):
            found = getattr(found, name)
            if found is None:
                return None
        return found() if callable(found) else found

    def show(self, record: Any) -> Any:
        """Return the value as a page shows it."""
        value = self.read(record)
        return display.NOTHING if value is None or value == "" else _SHOWN[self.kind](value)

    def cell(self, record: Any) -> "Cell":
        """Return the value and its note as a page shows them."""
        note = self.note.show(record) if self.note else display.NOTHING
        if self.note and self.note.named and note != display.NOTHING:
            note = format_html("{} {}", self.note.label, note)
        return Cell(column=self, value=self.show(record), note="" if note == display.NOTHING else note)

    def export(self, record: Any) -> str:
        """Return the value as a spreadsheet reads it: bare figures, ISO dates, harmless text."""
        value = self.read(record)
        if value is None:
            return ""
        text = str(value.label) if isinstance(value, display.Chip) else _EXPORTED[self.kind](value)
        return text if self.is_numeric else harmless(text)

    @property
    def export_label(self) -> str:
        """The heading in a file, with the unit that the page shows in the cells."""
        unit = {Kind.KG: "kg", Kind.EUROS: "EUR"}.get(self.kind)
        return harmless(f"{self.label} ({unit})" if unit else str(self.label))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a page shows of a record in one column."""

    column: Column
    value: Any
    note: Any = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to read; a line on a telephone leaves such a cell out."""
        return self.value == display.NOTHING and not self.note


def in_file(columns: Sequence[Column]) -> list[Column]:
    """Return the columns of a file: each column, then its note."""
    return [each for column in columns for each in (column, column.note) if each]


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def csv_response(columns: Sequence[Column], records: Iterable[Any], *, name: str) -> HttpResponse:
    """Return a CSV file for the spreadsheets in use: UTF-8 with mark, semicolons, decimal comma in French."""
    body = io.StringIO()
    sheet = csv.writer(body, delimiter=";", lineterminator="\r\n")
    written = in_file(columns)
    sheet.writerow([column.export_label for column in written])
    sheet.writerows([column.export(record) for column in written] for record in records)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse("\ufeff" + body.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _yes_no(value: Any) -> str:
    return _("Yes") if value else _("No")


def _figure(value: Any) -> str:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if (get_language() or "").startswith("fr") else text


_SHOWN: Final[dict[Kind, Callable[[Any], Any]]] = {
    Kind.TEXT: lambda value: value,
    Kind.NUMBER: lambda value: display.number(value, decimals=0 if isinstance(value, int) else 1),
    Kind.KG: format_kg,
    Kind.EUROS: format_euros,
    Kind.PERCENT: display.percent,
    Kind.DAY: display.day,
    Kind.MOMENT: display.moment,
    Kind.YES_NO: _yes_no,
}
_EXPORTED: Final[dict[Kind, Callable[[Any], str]]] = {
    **dict.fromkeys(Kind, str),
    Kind.NUMBER: _figure,
    Kind.PERCENT: _figure,
    Kind.KG: lambda grams: _figure(Decimal(grams) / GRAMS_PER_KG),
    Kind.EUROS: lambda cents: _figure(Decimal(cents) / 100),
    Kind.DAY: lambda value: f"{value:%Y-%m-%d}",
    Kind.MOMENT: display.stamp,
    Kind.YES_NO: _yes_no,
}
