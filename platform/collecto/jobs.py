"""Background jobs of a bank: how far each is, what it has made, stopping it and taking it up again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

import msgspec
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor
from apps.kernel.display import Chip, Tone, lasting, paper_day
from apps.kernel.doors import MenuEntry, Section, StaffRequest
from apps.kernel.errors import Text
from apps.kernel.forms import FilterForm
from apps.kernel.jobs.abilities import job_abilities
from apps.kernel.jobs.kinds import kind_called
from apps.kernel.jobs.running import BROKEN, LOST
from apps.kernel.jobs.selectors import files_of_job, jobs_visible_to
from apps.kernel.jobs.services import job_cancel, job_retry
from apps.kernel.jobs.states import BROKEN_OFF, JobState
from apps.kernel.models import Job
from apps.kernel.pages import Action, Column, Kind, RecordList, RecordPage

TONES: Final[Mapping[JobState, Tone]] = {
    JobState.QUEUED: Tone.NEUTRAL,
    JobState.RUNNING: Tone.INFO,
    JobState.DONE: Tone.OK,
    JobState.FAILED: Tone.DANGER,
    JobState.CANCELLED: Tone.WARN,
}
FAILURES: Final[Mapping[str, Text]] = {
    BROKEN: _(
        "A mistake of the software stopped this job. Try again; if it stops again, give its reference."
    ),
    LOST: _("The server stopped again and again during this job. Try again later, or give its reference."),
}
"""What the software itself says of a failure; a kind of job has words for its own."""
NO_WORDS: Final = _("This job could not be finished. Try again; if it stops again, give its reference.")
POLLING_OVER: Final = 286
"""The status that has htmx take the answer and ask no more."""
STEPS_SAID: Final = 4
"""Progress is read out at each quarter, not at each part."""

MENU: Final = [
    MenuEntry(
        label=_("Jobs"),
        url_name="job_list",
        icon="hourglass",
        abilities=job_abilities,
        section=Section.FILES,
    )
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyFile:
    """A file that a job has made: its name, where it is taken, its size in bytes."""

    name: str
    url: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A job in the reader's words, as its page shows it; ``now`` is the instant of the page."""

    job: Job
    heading: str
    counted: str
    files: Sequence[ReadyFile]
    now: dt.datetime

    @property
    def state(self) -> Chip:
        """Where it stands."""
        return state_chip(self.job)

    @property
    def elapsed(self) -> str:
        """How long it has been running, or ran: ``3 min 05 s``; empty before it begins."""
        began = self.job.started_at
        return lasting((self.job.ended_at or self.now) - began) if began else ""

    @property
    def said(self) -> str:
        """What is read out when it changes: each quarter that is done."""
        quarters = STEPS_SAID * self.job.done // max(self.job.total, 1)
        return self.counted if self.job.is_active and quarters else ""

    @property
    def tone(self) -> str:
        """The tone of the last word."""
        return TONES[JobState(self.job.state)].value

    @property
    def last_word(self) -> Text:
        """How it ended, in a sentence; empty while it runs."""
        job = self.job
        if job.state == JobState.DONE:
            return _("Done. Files are kept until %(day)s.") % {"day": paper_day(self.kept_until)}
        if job.state == JobState.CANCELLED:
            return _("Stopped. What was made before stays.")
        return failure_of(job) if job.state == JobState.FAILED else ""

    @property
    def kept_until(self) -> dt.date:
        """The last day on which it can be looked at."""
        return clock.day_of((self.job.ended_at or self.now) + dt.timedelta(days=settings.JOB_DAYS))

    @property
    def fails(self) -> bool:
        """Tell whether a reference is to be quoted."""
        return self.job.state == JobState.FAILED


def progress_of(job: Job) -> Progress:
    """Return a job in words, with the files it has made (one query)."""
    files = [
        ReadyFile(name=file.name, url=reverse("file_open", args=[file.pk]), size_bytes=file.size_bytes)
        for file in files_of_job(job)
    ]
    return Progress(job=job, heading=heading_of(job), counted=counted_of(job), files=files, now=clock.now())


def heading_of(job: Job) -> str:
    """Return what a job is called; what an older version asked for is called by its kind alone."""
    kind = kind_called(job.kind)
    try:
        return kind.heading(kind.asked(job.params))
    except msgspec.ValidationError:
        return str(kind.title)


def counted_of(job: Job) -> str:
    """Say how far a job is."""
    return kind_called(job.kind).counted(job.done, job.total)


def failure_of(job: Job) -> str:
    """Say why a job failed, from the code and the parameters that its row keeps."""
    words = {**FAILURES, **kind_called(job.kind).words}.get(job.message_code, NO_WORDS)
    return str(words) % job.message_params if job.message_params else str(words)


def state_chip(job: Job) -> Chip:
    """Return where a job stands as a chip."""
    return Chip(job.get_state_display(), TONES[JobState(job.state)])


class JobFilter(FilterForm):
    """Filters of the jobs: where they stand, and one's own for whoever sees everybody's."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *JobState.choices])
    whose = forms.ChoiceField(
        label=_("Asked by"), choices=[("", _("Everybody")), ("mine", _("Myself"))], required=False
    )

    def __init__(self, asked: Any, *, actor: Actor) -> None:
        super().__init__(asked)
        self.actor = actor
        if "view_all" not in job_abilities(actor):
            del self.fields["whose"]

    def narrow(self, records: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the jobs of a state, or one's own."""
        if not self.is_valid():
            return records
        asked = self.cleaned_data
        records = records.filter(state=asked["state"]) if asked["state"] else records
        return records.filter(asked_by_id=self.actor.id) if asked.get("whose") else records


class JobPages(RecordPage[Job]):
    """What the pages of background jobs share."""

    model = Job
    urls = "job"
    abilities = staticmethod(job_abilities)

    def records(self) -> QuerySet[Job]:
        """Return the jobs in reach: one's own, or everybody's."""
        return jobs_visible_to(self.request.actor)


class JobList(JobPages, RecordList[Job]):
    """The jobs of the last weeks, latest first."""

    columns = (
        Column(label=_("What"), value=heading_of, note=Column(label=_("Progress"), value=counted_of)),
        Column(label=_("State"), value=state_chip, sort="state"),
        Column(label=_("Asked by"), value="asked_by_label", sort="asked_by_label"),
        Column(label=_("Asked for at"), value="created_at", kind=Kind.MOMENT, sort="created_at"),
    )
    lead = _("Long work goes on in the background: you may leave, and come back for its files.")
    empty_text = _("No job yet. What takes long, such as printing many delivery notes, shows here.")

    @cached_property
    def filter_form(self) -> FilterForm:
        """The filters as the URL sets them."""
        return JobFilter(self.request.GET, actor=self.request.actor)

    def row_name(self, record: Job) -> str:
        """Return what is read out to tell a job from others."""
        return heading_of(record)


class JobDetail(JobPages):
    """How far a job is; asks again by itself until the job ends."""

    template_name = "jobs/detail.html"

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Show the page, or to htmx the part of it that changes."""
        is_asking = request.htmx.target == "job"
        is_over = is_asking and not self.record.is_active
        return self.page(
            template=f"{self.template_name}#progress" if is_asking else "",
            status=POLLING_OVER if is_over else 200,
            title=heading_of(self.record),
            progress=progress_of(self.record),
            actions=self.actions(self.allowed),
        )

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return stopping what goes on, or taking up what broke off."""
        if self.record.is_active and "cancel" in allowed:
            return [
                Action(
                    label=_("Stop the job"), url=self.url("cancel", self.record), icon="circle-x", post=True
                )
            ]
        if self.record.state in BROKEN_OFF and "retry" in allowed:
            url = self.url("retry", self.record)
            return [Action(label=_("Try again"), url=url, icon="rotate-cw", post=True, primary=True)]
        return []


class JobCancel(JobPages):
    """Stops a job, on POST."""

    writing: ClassVar[bool] = True
    verb = "cancel"

    def get(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Lead to the page of the job."""
        return HttpResponseRedirect(self.url("detail", self.record))

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Stop it, and show it."""
        job_cancel(request.actor, job=self.record)
        messages.success(request, _("The job is stopped."))
        return HttpResponseRedirect(self.url("detail", self.record))


class JobRetry(JobCancel):
    """Takes a job up where it stood, on POST."""

    verb = "retry"

    def post(self, request: StaffRequest, pk: Any) -> HttpResponse:
        """Take it up, and show it."""
        job_retry(request.actor, job=self.record)
        messages.success(request, _("The job goes on where it stopped."))
        return HttpResponseRedirect(self.url("detail", self.record))


urlpatterns: list[URLPattern] = [
    path("", JobList.as_view(), name="job_list"),
    path("<uuid:pk>/", JobDetail.as_view(), name="job_detail"),
    path("<uuid:pk>/cancel/", JobCancel.as_view(), name="job_cancel"),
    path("<uuid:pk>/retry/", JobRetry.as_view(), name="job_retry"),
]
