"""The sheet of a record: its fields, the panels of the stage, its history; and putting it away."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip
from apps.kernel.doors import StaffRequest
from apps.kernel.errors import Text
from apps.kernel.pages.base import Action, M, RecordPage
from apps.kernel.pages.history import HistoryPanel, More, history_panel
from apps.kernel.tables import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A titled part of a record's sheet, drawn by a template of the stage."""

    title: Text
    template: str
    context: dict[str, Any] = field(default_factory=dict)


class RecordDetail(RecordPage[M]):
    """A record's sheet: its fields, the panels of the stage, its history."""

    template_name = "records/detail.html"
    fields: Sequence[Column] = ()
    action_labels: Mapping[str, Text] = {}
    """What the stage's own acts are called in the history."""

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the sheet."""
        return self.page(
            title=self.title(self.record),
            record=self.record,
            abilities=self.allowed,
            state=self.state(self.record),
            actions=self.actions(self.record, self.allowed),
            fields=[column.cell(self.record) for column in self.fields],
            panels=self.panels(self.record),
            history=self.history() if "history" in self.allowed else None,
        )

    def title(self, record: M) -> str:
        """Return the title of the sheet."""
        return str(record)

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
            url = self.url("archive", record)
            buttons.append(Action(label=_("Archive"), url=url, icon="archive", asks=True))
        if "edit" in allowed and not away:
            url = self.url("edit", record)
            buttons.append(Action(label=_("Change"), url=url, icon="pencil", primary=True))
        if "archive" in allowed and away:
            url = self.url("archive", record) + "?archived=0"
            buttons.append(Action(label=_("Restore"), url=url, icon="archive-restore", post=True))
        return buttons

    def history(self) -> HistoryPanel:
        """Return the history in words, as much as one page of it shows."""
        return history_panel(
            self.request,
            self.record,
            *self.told_with(self.record),
            labels=self.action_labels,
            more=self.more_history(),
        )

    def told_with(self, record: M) -> Iterable[models.Model]:
        """Return the records whose history is part of this one's: the stops of a round."""
        return ()

    def more_history(self) -> More | None:
        """Return how to find lines that are kept elsewhere: the movements of a lot."""
        return None


class ArchiveForm(forms.Form):
    """Why a record is put away."""

    reason = forms.CharField(label=_("Why?"), max_length=500)


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
        return self.shown(ArchiveForm(label_suffix=""))

    def shown(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponse:
        """Show the question."""
        return self.page(
            status=status,
            title=_("Archive %(record)s?") % {"record": self.record},
            lead=self.consequence,
            form=form,
            back_url=self.url("detail", self.record),
        )

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Archive or restore, and offer to undo; archiving asks why, undoing does not."""
        archived = request.GET.get("archived", "1") != "0"
        form = ArchiveForm(request.POST, label_suffix="")
        if archived and "undo" not in request.GET and not form.is_valid():
            return self.shown(form, status=422)
        reason = request.POST.get("reason", "")[:500]
        self.service(request.actor, **self.named_record, archived=archived, reason=reason)
        done = _("%(record)s is archived.") if archived else _("%(record)s is in use again.")
        undo = f"undo:{self.url('archive', self.record)}?archived={int(not archived)}&undo=1"
        messages.success(request, str(done) % {"record": self.record}, extra_tags=undo)
        return HttpResponseRedirect(self.url("list") if archived else self.url("detail", self.record))
