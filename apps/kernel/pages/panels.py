"""Panels of a sheet that list what belongs to the record."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from apps.kernel.errors import Text
from apps.kernel.pages.base import Action
from apps.kernel.pages.lists import Heading
from apps.kernel.pages.sheets import Panel
from apps.kernel.tables import Column


def table_panel(
    title: Text,
    *,
    columns: Sequence[Column],
    records: Iterable[Any],
    empty: Text,
    url_of: Callable[[Any], str] | None = None,
    name_of: Callable[[Any], str] | None = None,
    acts_of: Callable[[Any], Sequence[Action]] | None = None,
    actions: Sequence[Action] = (),
) -> Panel:
    """Return a panel with a table.

    ``url_of`` gives the address a line leads to, ``name_of`` what its link says besides the first cell where
    lines are alike but for it, ``acts_of`` what can be done from the line itself; ``empty`` is said when
    there is no line.
    """
    context = {
        "title": title,
        "headings": [Heading(label=column.label, is_numeric=column.is_numeric) for column in columns],
        "rows": [
            {
                "record": record,
                "name": name_of(record) if name_of else str(record),
                "url": url_of(record) if url_of else "",
                "named": name_of(record) if name_of else "",
                "cells": [column.cell(record) for column in columns],
                "actions": acts_of(record) if acts_of else [],
            }
            for record in records
        ],
        "acts_in_rows": acts_of is not None,
        "empty": empty,
        "actions": list(actions),
    }
    return Panel(title=title, template="records/panel.html", context=context)
