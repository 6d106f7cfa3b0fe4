"""What a page of figures, a report on paper and a mail have in common: the figures of one period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.impact.charts.columns import Linked
from apps.impact.charts.svg import Chart, Table
from apps.impact.states import Reading
from apps.kernel.errors import Text
from apps.kernel.tables import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of one bank, one region or the network over a period, read at one instant."""

    title: Text
    period_name: str
    before_name: str
    read_at: str
    readings: Sequence[Reading]
    charts: Sequence[Chart]
    tables: Sequence[Table]
    is_empty: bool = False

    @property
    def pieces(self) -> Iterator[Table]:
        """Everything of the report that is a table of its own."""
        for piece in (*self.charts, *self.tables):
            yield piece
            if isinstance(piece, Chart) and piece.matrix:
                yield piece.matrix

    @property
    def context(self) -> dict[str, object]:
        """What a page needs to show the report."""
        names = ("period_name", "before_name", "read_at", "readings", "charts", "tables", "is_empty")
        return {name: getattr(self, name) for name in names}


def in_words(table: Table) -> tuple[list[str], list[list[str]]]:
    """Return a table as words: its headings, and its rows as a page writes them, without links."""
    rows = [[_words(column, row) for column in table.columns] for row in table.rows]
    return [str(column.label) for column in table.columns], rows


def _words(column: Column, row: object) -> str:
    return str(column.read(row) if isinstance(column, Linked) else column.show(row))
