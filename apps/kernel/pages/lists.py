"""The list of a record's file: search, filters, sort and page in the URL, export of what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpResponse
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import counted
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.folding import in_words
from apps.kernel.forms import FilterForm
from apps.kernel.models import ArchivableRecord
from apps.kernel.pages.base import Action, M, RecordPage
from apps.kernel.tables import Column, csv_response, in_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column's heading with the link that sorts by it and the order it is in."""

    label: Text
    is_numeric: bool
    sort_url: str = ""
    aria_sort: str = ""


class RecordList(RecordPage[M]):
    """A list with search, filters, sort and page in the URL, and its export."""

    template_name = "records/list.html"
    columns: Sequence[Column] = ()
    search_fields: Sequence[str] = ()
    filters: type[FilterForm] | None = None
    ordering: Sequence[Any] = ()
    per_page: int = 50
    lead: Text = ""
    create_label: Text = _("Add")
    empty_text: Text = _("Nothing here yet.")
    acts_in_rows: bool = False

    def get(self, request: StaffRequest) -> HttpResponse:
        """Show one page of the list, only its table to htmx, or every line of it as CSV."""
        found = self.found()
        if request.GET.get("format") == "csv":
            return csv_response(self.columns, found, name=self._file_name())
        shown = Paginator(found, self.per_page).get_page(request.GET.get("page"))
        return self.page(
            template=self._fragment() if request.htmx.target == "records" else "",
            title=capfirst(str(self.model._meta.verbose_name_plural)),
            lead=self.lead,
            actions=self.actions(self.allowed),
            headings=[self._heading(column) for column in self.columns],
            rows=[self._row(record) for record in shown],
            acts_in_rows=self.acts_in_rows,
            shown=shown,
            counted=self._counted(shown.paginator.count),
            filter_form=self.filter_form,
            searchable=bool(self.search_fields),
            query=request.GET.get("q", ""),
            archivable=issubclass(self.model, ArchivableRecord),
            archived=self.archived,
            active=self.active(),
            narrowed=bool(request.GET.get("q")) or self.filter_form.narrows(),
            empty_text=self.empty_text,
        )

    def _fragment(self) -> str:
        """Return the part that htmx swaps in; of a list with more above its table the whole page is sent."""
        is_plain = self.template_name == RecordList.template_name
        return f"{self.template_name}#records" if is_plain else ""

    def _file_name(self) -> str:
        return f"{slugify(str(self.model._meta.verbose_name_plural))}-{clock.today():%Y-%m-%d}"

    def _counted(self, count: int) -> str:
        names = self.model._meta
        return counted(count, names.verbose_name or "", names.verbose_name_plural or "")

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the buttons of the page."""
        if "create" not in allowed:
            return []
        return [Action(label=self.create_label, url=self.url("create"), icon="plus", primary=True)]

    def row_url(self, record: M) -> str:
        """Return the address that the first cell of a line leads to, or an empty text."""
        return self.url("detail", record)

    def row_name(self, record: M) -> str:
        """Return what is read out to tell a line from others that look alike."""
        return str(record)

    def row_actions(self, record: M) -> list[Action]:
        """Return what can be done from the line itself, without opening it (see ``acts_in_rows``)."""
        return []

    @cached_property
    def filter_form(self) -> FilterForm:
        """The filters as the URL sets them."""
        return (self.filters or FilterForm)(self.request.GET)

    def active(self) -> list[dict[str, str]]:
        """Return what narrows the list, each with the address of the list without it."""
        named = self.filter_form.active().items()
        words = {name: str(_(": ")).join(filter(None, both)) for name, both in named}
        if sought := self.request.GET.get("q", "").strip():
            words = {"q": sought} | words
        if self.archived:
            words["archived"] = str(_("Archived"))
        kept = {name: value for name, value in self.request.GET.items() if name != "page"}
        return [
            {"words": said, "url": "?" + urlencode({k: v for k, v in kept.items() if k != name})}
            for name, said in words.items()
        ]

    @property
    def archived(self) -> bool:
        """Tell whether the list shows the records put away."""
        return self.request.GET.get("archived") == "1"

    def found(self) -> models.QuerySet[M]:
        """Return every record that the URL asks for, in its order."""
        found = self.filter_form.narrow(self._searched(self.records()))
        if issubclass(self.model, ArchivableRecord):
            found = found.filter(archived_at__isnull=not self.archived)
        return found.order_by(*self._order(), "pk")

    def _searched(self, records: models.QuerySet[M]) -> models.QuerySet[M]:
        """Keep the records where each word typed occurs in one of the search fields, accents or not.

        Found by id: a line that matches must neither repeat its record nor multiply its sums.
        """
        for word in self.request.GET.get("q", "").replace("\x00", " ").split():
            hits = (models.Q(**{f"{name}__holds": word}) for name in self.search_fields)
            matching = self.model._default_manager.filter(reduce(or_, hits, models.Q()))
            records = records.filter(pk__in=matching.order_by().values("pk"))
        return records

    @cached_property
    def _sort(self) -> str:
        asked = self.request.GET.get("sort", "")
        return asked if asked.removeprefix("-") in {c.sort for c in in_file(self.columns) if c.sort} else ""

    def _order(self) -> list[Any]:
        asked = [self._sort] if self._sort else list(self.ordering or self.model._meta.ordering or ())
        return in_words(self.model, asked)

    def _heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(label=column.label, is_numeric=column.is_numeric)
        ordered = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(self._sort, "")
        kept = {k: v for k, v in self.request.GET.items() if k not in ("page", "sort")}
        wanted = f"-{column.sort}" if ordered == "ascending" else column.sort
        return Heading(
            label=column.label,
            is_numeric=column.is_numeric,
            sort_url="?" + urlencode({**kept, "sort": wanted}),
            aria_sort=ordered,
        )

    def _row(self, record: M) -> dict[str, Any]:
        cells = [column.cell(record) for column in self.columns]
        return {
            "record": record,
            "name": self.row_name(record),
            "url": self.row_url(record),
            "named": self.row_name(record).removeprefix(str(cells[0].value)).lstrip(", "),
            "cells": cells,
            "actions": self.row_actions(record) if self.acts_in_rows else [],
        }
