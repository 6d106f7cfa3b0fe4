"""Papers of a partner: signed agreements, reports and photographs of hygiene visits."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor
from apps.kernel.display import size
from apps.kernel.files import ENDINGS
from apps.kernel.models import StoredFile
from apps.kernel.pages import Action, Column, Kind, Panel, RecordAct, RecordArchive, table_panel
from apps.partners import services
from apps.partners.abilities import abilities
from apps.partners.forms import NewPaperForm, subject_words
from apps.partners.models import Partner
from apps.partners.selectors import Subject, papers, papers_about, subject_of, subjects_of


def papers_panel(subjects: list[Subject], *, actions: Sequence[Action], may_remove: bool) -> Panel:
    """Return the panel with the papers of a partner's agreements and visits."""
    words = {subject.pk: subject_words(subject) for subject in subjects}
    columns = (
        Column(label=_("Paper"), value="name", note=Column(label=_("Size"), value=_size)),
        Column(label=_("Belongs to"), value=lambda paper: words[paper.record_id]),
        Column(label=_("Attached on"), value="created_at", kind=Kind.MOMENT),
    )
    return table_panel(
        _("Papers"),
        columns=columns,
        records=papers_about(subjects) if subjects else [],
        empty=_("No paper yet.") if subjects else _("Record an agreement or a visit to attach its paper."),
        url_of=lambda paper: reverse("file_open", args=[paper.pk]),
        acts_of=_removal if may_remove else None,
        actions=actions if subjects else (),
    )


def _size(paper: StoredFile) -> str:
    return f"{ENDINGS[paper.content_type].upper()}, {size(paper.size_bytes)}"


def _removal(paper: StoredFile) -> list[Action]:
    return [Action(label=_("Archive"), url=reverse("partners_paper_archive", args=[paper.pk]), asks=True)]


class PaperAttach(RecordAct[Partner]):
    """Attaches a paper to one of a partner's agreements or visits."""

    model = Partner
    urls = "partners_partner"
    abilities = staticmethod(abilities)
    verb = "edit"
    title = submit = _("Attach a paper")
    success = _("%(record)s: paper attached.")

    def form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        """Return the form, with the partner's own agreements and visits."""
        return NewPaperForm(
            data, files, subjects=subjects_of(self.record), initial=self.initial(), label_suffix=""
        )

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the form, with the partner as the way back."""
        return super().page(status=status, template=template, **{**context, "list_label": self.record.name})

    def perform(self, form: forms.BaseForm) -> Partner:
        """Attach the paper; returns the partner, whose file is shown next."""
        services.paper_attach(self.request.actor, **form.cleaned_data)
        return self.record


def paper_abilities(actor: Actor, paper: StoredFile | None = None) -> Abilities:
    """Return the verbs for a paper: those for what it belongs to."""
    return abilities(actor, subject_of(paper) if paper else None)


class PaperArchive(RecordArchive[StoredFile]):
    """Takes a paper out of its partner's file, or puts it back."""

    model = StoredFile
    urls = "partners_paper"
    record_name = "paper"
    abilities = staticmethod(paper_abilities)
    service = staticmethod(services.paper_archive)
    consequence = _("It leaves the partner's file; the history tells that it was there.")

    def records(self) -> QuerySet[StoredFile]:
        """Return the papers of partners, and no other file."""
        return papers()

    @cached_property
    def partner(self) -> Partner:
        """The partner whose paper it is."""
        return subject_of(self.record).partner

    def url(self, page: str, record: StoredFile | None = None) -> str:
        """Return the partner's file in the place of a list of papers, which does not exist."""
        if page == "archive":
            return super().url(page, record)
        return reverse("partners_partner_detail", args=[self.partner.pk])

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Ask under the partner's name."""
        return super().page(status=status, template=template, **{**context, "list_label": self.partner.name})
