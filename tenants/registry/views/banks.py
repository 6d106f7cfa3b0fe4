"""The banks of the network as their operator sees them: a list, a sheet, what can be done."""

import datetime as dt
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock, display
from apps.kernel.abilities import Abilities, require
from apps.kernel.display import Chip, Tone
from apps.kernel.doors import StaffRequest, reads
from apps.kernel.errors import Text
from apps.kernel.forms import FilterForm
from apps.kernel.pages import Action, Column, Kind, Panel, RecordDetail, RecordList
from apps.kernel.sentences import told
from apps.kernel.telling import software_in_words
from tenants.registry.abilities import abilities
from tenants.registry.erasure import digest_of, erasable_from, statement_of
from tenants.registry.exports import export_open
from tenants.registry.models import BankEvent, BankStep, ErasureProof, FoodBank
from tenants.registry.selectors import Standing, all_banks, standings
from tenants.registry.states import GONE, BankStatus, StepKind, StepState
from tenants.registry.versions import followed, present
from tenants.registry.views.words import ACT_LABELS, EVENT_LABELS, STATUS_TONES

NOTHING = Standing()


def status_chip(bank: FoodBank) -> Chip:
    """Return the state of a bank as a page shows it."""
    return Chip(BankStatus(bank.status).label, STATUS_TONES[BankStatus(bank.status)])


def territory_words(bank: FoodBank) -> str:
    """Return the departments that a bank serves."""
    return ", ".join(sorted(each.department for each in bank.territories.all()))


def schema_words(bank: FoodBank) -> str:
    """Return the schema of a bank's space; an erased bank has none any more."""
    return bank.schema_name if bank.has_schema and bank.status not in GONE else ""


def version_chip(bank: FoodBank, schemas: dict[str, str]) -> Chip | str:
    """Return whether a bank's space is of this version of the product."""
    if not bank.has_schema or bank.schema_name not in schemas:
        return ""
    is_present = schemas[bank.schema_name] == present()
    return Chip(_("Up to date"), Tone.OK) if is_present else Chip(_("To migrate"), Tone.WARN)


def books_words(standing: Standing) -> str:
    """Return how many differences the last proof of a bank's books found; nothing when they held."""
    count = standing.books.difference_count if standing.books else 0
    return (
        ngettext("%(count)s difference", "%(count)s differences", count) % {"count": count} if count else ""
    )


class BankFilter(FilterForm):
    """The states of the list."""

    status = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *BankStatus.choices])


class BankList(RecordList[FoodBank]):
    """Every member of the network: where it stands, where it answers, what waits there."""

    model = FoodBank
    urls = "operator_bank"
    abilities = staticmethod(abilities)
    search_fields = ("name", "slug", "city", "domains__domain")
    ordering = ("name",)
    filters = BankFilter
    lead = _("Every member of the network, whatever its state.")
    create_label = _("Open a food bank")
    empty_text = _("No food bank yet. Open the first one.")

    def records(self) -> QuerySet[FoodBank]:
        """Return every member there ever was."""
        return all_banks()

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        """What a line says; how each bank does is read once for the page."""
        place = Column(label=_("Address"), value="host")
        parked = Column(label=_("Set aside"), value=lambda bank: self._of(bank).parked or "", named=True)
        return (
            Column(label=_("Name"), value="shown_name", sort="name", note=place),
            Column(label=_("Kind"), value="get_kind_display", sort="kind"),
            Column(label=_("State"), value=status_chip, sort="status"),
            Column(label=_("Version"), value=lambda bank: version_chip(bank, self._followed)),
            Column(
                label=_("Last movement"),
                value=lambda bank: self._of(bank).last_activity,
                kind=Kind.DAY,
                note=Column(label=_("Books"), value=lambda bank: books_words(self._of(bank)), named=True),
            ),
            Column(
                label=_("Waits since"),
                value=lambda bank: self._of(bank).waiting_since,
                kind=Kind.MOMENT,
                note=parked,
            ),
            Column(label=_("Under way"), value=lambda bank: step_words(self._of(bank).step)),
        )

    @cached_property
    def _followed(self) -> dict[str, str]:
        return followed()

    @cached_property
    def _standings(self) -> dict[UUID, Standing]:
        return standings()

    def _of(self, bank: FoodBank) -> Standing:
        return self._standings.get(bank.pk, NOTHING)

    def actions(self, allowed: Abilities) -> list[Action]:
        """Return the buttons of the page."""
        aside = Action(label=_("Work set aside"), url=reverse("operator_outbox"), icon="inbox")
        people = Action(label=_("Who runs the platform"), url=reverse("accounts_person_list"), icon="users")
        return [people, aside, *super().actions(allowed)]


class BankDetail(RecordDetail[FoodBank]):
    """One bank: where it stands, what is being done with it, its history, what can be done."""

    model = FoodBank
    urls = "operator_bank"
    abilities = staticmethod(abilities)
    template_name = "operator/bank.html"
    fields = (
        Column(label=_("Kind"), value="get_kind_display"),
        Column(label=_("Former addresses"), value=lambda bank: "\n".join(bank.former_hosts)),
        Column(label=_("In this state since"), value="status_since", kind=Kind.MOMENT),
        Column(label=_("Registered on"), value="created_at", kind=Kind.MOMENT),
        Column(label=_("Parent bank"), value="parent.shown_name"),
        Column(label=_("Town"), value="city"),
        Column(label=_("Departments served"), value=territory_words),
        Column(label=_("Version"), value=lambda bank: version_chip(bank, followed())),
        Column(label=_("Schema"), value=schema_words),
    )

    def records(self) -> QuerySet[FoodBank]:
        """Return every member, with what the sheet shows."""
        return all_banks().prefetch_related("territories")

    @cached_property
    def standing(self) -> Standing:
        """How the bank does."""
        return standings([self.record.pk]).get(self.record.pk, NOTHING)

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Show the sheet, and from when an archived bank may be erased."""
        due = erasable_from(self.record) if self.record.status == BankStatus.ARCHIVED else None
        return super().page(status=status, template=template, erasable_from=due, **context)

    def state(self, record: FoodBank) -> Chip:
        """Return the state shown beside the name."""
        return status_chip(record)

    def actions(self, record: FoodBank, allowed: Abilities) -> list[Action]:
        """Return what can be done with the bank now: nothing while a step is under way."""
        if self.standing.step is not None:
            return []
        if "prove" in allowed:
            return [Action(label=_("Proof of erasure"), url=self.url("proof", record), icon="file-check")]
        invite = Action(label=_("Invite a manager"), url=self._invite_url(record), icon="user-plus")
        return [invite] * ("invite" in allowed) + [
            Action(
                label=ACT_LABELS[verb],
                url=reverse("operator_bank_act", args=[record.pk, verb]),
                icon=icon,
                primary=verb in PRIMARY,
            )
            for verb, icon in ACTS.items()
            if verb in allowed and (verb != "erase" or self._is_erasable)
        ]

    def _invite_url(self, record: FoodBank) -> str:
        return reverse("operator_bank_invite", args=[record.pk])

    @property
    def _is_erasable(self) -> bool:
        return erasable_from(self.record) <= clock.now()

    def panels(self, record: FoodBank) -> list[Panel]:
        """Return the step under way or the last one that failed, what waits, the last export, the history."""
        last = record.steps.first()
        shown = []
        if last and (not last.is_over or last.state == StepState.FAILED):
            title, context = last.get_kind_display(), step_context(last)
            shown.append(Panel(title=title, template="operator/step.html", context=context))
        if record.status != BankStatus.ERASED:
            kept = record.steps.filter(kind__in=(StepKind.EXPORT, StepKind.ARCHIVE), state=StepState.DONE)
            waits = {"standing": self.standing}
            export = {"step": kept.first(), "may_ask": "export" in self.allowed and not self.standing.step}
            shown.append(Panel(title=_("Work in hand"), template="operator/work.html", context=waits))
            shown.append(Panel(title=_("Last export"), template="operator/export.html", context=export))
        lines = {"lines": event_lines(record)}
        return [*shown, Panel(title=_("History"), template="operator/events.html", context=lines)]


ACTS = {
    "provision": "refresh-cw",
    "activate": "door-open",
    "resume": "play",
    "restore": "archive-restore",
    "export": "download",
    "rename": "pencil",
    "suspend": "pause",
    "archive": "archive",
    "erase": "trash-2",
}
"""The verbs that have a page, in the order of the buttons, with their icons."""
PRIMARY = ("activate", "resume", "restore")


@reads
def bank_step(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show how far the last step of a bank is; asked again and again while it runs.

    Raises:
        Forbidden: only the operator.
    """
    require(abilities(request.actor), "view")
    step = get_object_or_404(BankStep.objects.select_related("bank"), pk=pk)
    response = render(request, "operator/step.html", {"panel": step_context(step)})
    if step.is_over and request.htmx:
        response["HX-Refresh"] = "true"
    return response


@reads
def bank_export_fetch(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Send the last export of a bank.

    Raises:
        Forbidden: only the operator.
        Http404: there is none.
    """
    require(abilities(request.actor), "view")
    step = get_object_or_404(BankStep.objects.select_related("bank"), pk=pk, state=StepState.DONE)
    try:
        stream = export_open(step.bank_id, step.facts.get("name", ""))
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{step.bank.slug}-{step.finished_at:%Y-%m-%d}.zip"
    headers = {"Cache-Control": "private, no-store"}
    return FileResponse(stream, as_attachment=True, filename=name, headers=headers)


@reads
def bank_proof(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Show the proof of an erasure, to print, or as the JSON whose digest it carries.

    Raises:
        Forbidden: only the operator.
    """
    require(abilities(request.actor), "view")
    proof = get_object_or_404(ErasureProof.objects.select_related("bank"), pk=pk)
    if request.GET.get("format") == "json":
        said = {"statement": statement_of(proof), "sha256": proof.digest}
        return JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})
    names = {model._meta.db_table: capfirst(model._meta.verbose_name_plural) for model in apps.get_models()}
    return render(
        request,
        "operator/proof.html",
        {
            "proof": proof,
            "is_intact": digest_of(proof) == proof.digest,
            "rows": sum(proof.removed["tables"].values()),
            "shared": sum(proof.removed["shared"].values()),
            "kept": [(names.get(table, table), count) for table, count in proof.kept.items()],
            "is_nothing_left": not any(proof.checks.values()),
        },
    )


def step_words(step: BankStep | None) -> str:
    """Return what is being done with a bank, in one or two words."""
    return f"{step.get_kind_display()} · {step.get_state_display()}" if step else ""


def step_context(step: BankStep) -> dict[str, Any]:
    """Return how far a step is, as its template reads it."""
    parts = f"{display.number(step.done)} / {display.number(step.total)}" if step.total > 1 else ""
    return {
        "step": step,
        "stage": gettext(step.stage) if step.stage else step.get_state_display(),
        "parts": parts,
    }


def event_lines(bank: FoodBank) -> list[dict[str, object]]:
    """Return the history of a bank in words, newest first."""
    return [
        {
            "event": event,
            "label": _label(event),
            "who": event.actor_label if event.actor_id else software_in_words(event.actor_label),
            "reason": event.reason or _why(event),
            "facts": _facts(event),
        }
        for event in bank.events.all()[:100]
    ]


def _why(event: BankEvent) -> str:
    """Return why something happened by itself, in words."""
    if "restored_from" in event.facts:
        return gettext("Restored from an export of %(when)s") % {
            "when": _written_at(event.facts["restored_from"])
        }
    return told(event.facts.get("failure", {}))


def _written_at(said: str) -> str:
    """Return the instant that an export names, in words; of another form, as it stands there."""
    try:
        return display.moment(dt.datetime.fromisoformat(said))
    except (ValueError, TypeError):
        return said[:16]


def _label(event: BankEvent) -> Text:
    if event.action == "moved":
        return BankStatus(event.to_status).label
    return EVENT_LABELS.get(event.action, event.action)


def _facts(event: BankEvent) -> str:
    if event.action == "name_forgotten":
        return str(event.facts["person"])
    if event.action == "renamed":
        return f"{event.facts['from']} → {event.facts['to']}"
    if event.action == "moved" and event.from_status:
        return f"{BankStatus(event.from_status).label} → {BankStatus(event.to_status).label}"
    digest = str(event.facts.get("digest", ""))
    return f"SHA-256 {digest[:16]}…" if digest else ""
