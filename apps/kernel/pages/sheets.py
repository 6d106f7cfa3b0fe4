"""The sheet of a record: its fields, the panels of the stage, its history; and putting it away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.history import history_of
from apps.kernel.models import AuditEntry
from apps.kernel.pages.base import Action, M, RecordPage
from apps.kernel.quantity import format_kg
from apps.kernel.tables import Column

HISTORY_SHOWN = 50
ACTION_LABELS = {
    "created": _("Created"),
    "changed": _("Changed"),
    "archived": _("Archived"),
    "restored": _("Restored"),
    "adopted": _("Adopted from the library"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A titled part of a record's sheet, drawn by a template of the stage."""

    title: Text
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One change of a record in words: ``(field, before, after)`` per changed field."""

    entry: AuditEntry
    label: Text
    changes: list[tuple[str, Any, Any]]

    @property
    def who(self) -> str:
        """Who did it: a person by name, the software by the product's name."""
        return str(self.entry.actor_label) if self.entry.actor_id else "COLLECTO"


class RecordDetail(RecordPage[M]):
    """A record's sheet: its fields, the panels of the stage, its history."""

    template_name = "records/detail.html"
    fields: Sequence[Column] = ()
    action_labels: Mapping[str, Text] = {}
    """What the stage's own acts are called in the history."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the sheet."""
        return self.page(
            title=str(self.record),
            record=self.record,
            abilities=self.allowed,
            state=self.state(self.record),
            actions=self.actions(self.record, self.allowed),
            fields=[column.cell(self.record) for column in self.fields],
            panels=self.panels(self.record),
            history=self.history() if "history" in self.allowed else None,
        )

    def state(self, record: M) -> Chip | None:
        """Return the state shown beside the title."""
        return Chip(_("Archived")) if getattr(record, "is_archived", False) else None

    def panels(self, record: M) -> list[Panel]:
        """Return what the sheet shows besides the fields."""
        return []

    def actions(self, record: M, allowed: Abilities) -> list[Action]:
        """Return the buttons of the sheet: by default change, and archive or restore."""
        away = getattr(record, "is_archived", False)
        buttons = []
        if "archive" in allowed and not away:
            buttons.append(Action(label=_("Archive"), url=self.url("archive", record), icon="archive"))
        if "edit" in allowed and not away:
            url = self.url("edit", record)
            buttons.append(Action(label=_("Change"), url=url, icon="pencil", primary=True))
        if "archive" in allowed and away:
            url = self.url("archive", record) + "?archived=0"
            buttons.append(Action(label=_("Restore"), url=url, icon="archive-restore", post=True))
        return buttons

    def history(self) -> list[HistoryLine]:
        """Return the latest changes in words."""
        return [
            HistoryLine(
                entry=entry,
                label={**ACTION_LABELS, **self.action_labels}.get(entry.action, entry.action),
                changes=[self._change(name, *pair) for name, pair in entry.changes.items()],
            )
            for entry in history_of(self.record)[:HISTORY_SHOWN]
        ]

    def _change(self, name: str, before: Any, after: Any) -> tuple[str, Any, Any]:
        try:
            changed = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return name, before, after
        label = getattr(changed, "verbose_name", None) or changed.related_model._meta.verbose_name_plural  # type: ignore[union-attr]
        return capfirst(str(label)), _in_words(changed, before), _in_words(changed, after)


def _in_words(changed: Any, value: Any) -> Any:
    """Return a value kept in the history as a page shows it: choices by label, weights in kg."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if changed.name.endswith("_grams") and isinstance(value, int):
        return format_kg(value)
    labels = dict(getattr(changed, "flatchoices", ()))
    return labels.get(value, value) if isinstance(value, str | int) else value


class RecordArchive(RecordPage[M]):
    """Puts a record away or takes it out again: ``service(actor, donor=record, archived=…)``."""

    writing = True
    template_name = "records/archive.html"
    verb = "archive"
    service: Callable[..., Any]
    consequence: Text = _(
        "It leaves the lists and the choices of forms. Its history stays, and you can restore it."
    )

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Ask once more, saying what will happen."""
        return self.page(
            title=_("Archive %(record)s?") % {"record": self.record},
            lead=self.consequence,
            back_url=self.url("detail", self.record),
        )

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Archive or restore, and offer to undo."""
        archived = request.GET.get("archived", "1") != "0"
        self.service(request.actor, **self.named_record, archived=archived)
        done = _("%(record)s is archived.") if archived else _("%(record)s is in use again.")
        undo = f"undo:{self.url('archive', self.record)}?archived={int(not archived)}"
        messages.success(request, str(done) % {"record": self.record}, extra_tags=undo)
        return HttpResponseRedirect(self.url("list") if archived else self.url("detail", self.record))
