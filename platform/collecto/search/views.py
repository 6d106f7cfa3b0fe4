"""The page of the search box, and the photograph of a code."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from apps.kernel import clock
from apps.kernel.codes import codes_in
from apps.kernel.display import day
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.folding import code
from collecto.search.finding import SHOWN, SHOWN_ALONE, Findings, Found, Group, find, page_of, within_reach
from collecto.search.forms import PhotoForm
from collecto.search.marking import Part, marked, marked_number
from collecto.search.sought import Sought, most_telling, read_sought
from tenants.isolation import throttle
from tenants.network.models import Transfer
from tenants.network.search import transfers_found

TRANSFERS: Final = "network.transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record as the page shows it, in pieces that are marked or not."""

    found: Found
    label: list[Part]
    number: list[Part]
    detail: list[Part]
    day: str


@reads
def search(request: StaffRequest) -> HttpResponse:
    """Show what was found; a number that is one record's alone leads there when it is sent.

    Raises:
        Forbidden: there is nothing that this person may find.
    """
    _require_some_reach(request)
    sought, kind = read_sought(request.GET.get("q", "")), request.GET.get("kind", "")
    findings = _findings(request, sought, kind)
    if "go" in request.GET and findings.only:
        leads = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
        return leads(findings.only.url)
    template = "search/page.html#found" if request.htmx.target == "found" else "search/page.html"
    return render(request, template, shown(sought, findings, kind))


@writes
def search_photo(request: StaffRequest) -> HttpResponse:
    """Read the code on a photograph and look for what it says; nothing is kept.

    Raises:
        Forbidden: there is nothing that this person may find.
        TooMany: this person sent too many photographs in a minute.
    """
    _require_some_reach(request)
    form = PhotoForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST":
        throttle.count("photo", request.actor.id)
        if form.is_valid() and (said := _said_by(form)):
            return HttpResponseRedirect(f"{reverse('search')}?{_query(q=said, go='1')}")
    status = 422 if request.method == "POST" else 200
    return render(request, "search/photo.html", {"form": form, "search_here": True}, status=status)


def _said_by(form: PhotoForm) -> str:
    """Return what the photograph says, by its most telling code; without one, say at the field what to do."""
    try:
        found = codes_in(form.cleaned_data["photo"].read())
    except DomainError as error:
        form.add_error("photo", error.message)
        return ""
    if not found:
        form.add_error("photo", _("No code can be read here. Come closer, hold still, and take it again."))
        return ""
    return most_telling([code.text for code in found])


def _require_some_reach(request: StaffRequest) -> None:
    if not within_reach(request.actor):
        raise Forbidden(gettext_lazy("Your role does not allow this. Ask a manager of the bank."))


def _findings(request: StaffRequest, sought: Sought, kind: str) -> Findings:
    """Return what the bank and the network hold of what was sought."""
    named = page_of(request.actor, sought.record_id) if sought.record_id else None
    if named is not None:
        return named
    findings = find(request.actor, sought, only_kind=kind)
    transfers = _transfers(request, sought, kind)
    if transfers is None:
        return findings
    exactly = [] if findings.is_close else findings.groups
    groups = sorted([*exactly, transfers], key=lambda group: group.best)
    return Findings(groups=groups, is_cut=findings.is_cut)


def _transfers(request: StaffRequest, sought: Sought, kind: str) -> Group | None:
    if kind not in ("", TRANSFERS):
        return None
    matching = transfers_found(request.actor, sought.words)
    found = list(matching[: SHOWN_ALONE if kind else SHOWN])
    if not found:
        return None
    return Group(
        kind=TRANSFERS,
        title=gettext_lazy("Transfers between banks"),
        icon="arrow-left-right",
        found=[_transfer(each, sought) for each in found],
        among=matching.count(),
        is_paper=True,
    )


def _transfer(transfer: Transfer, sought: Sought) -> Found:
    number = code(transfer.number)
    begun = any(number.startswith(each) for each in sought.codes)
    return Found(
        label=f"{transfer.from_label} → {transfer.to_label}",
        number=transfer.number,
        detail="",
        moment=transfer.created_at,
        url=reverse("network_transfer_detail", args=[transfer.pk]),
        is_archived=False,
        rank=0 if number in sought.codes else 1 if begun else 3,
    )


def shown(sought: Sought, findings: Findings, kind: str) -> dict[str, Any]:
    """Return what the page shows of what was found."""
    groups = [
        {
            "group": group,
            "lines": [_line(each, sought) for each in group.found],
            "more_query": _query(q=sought.text, kind=group.kind) if len(group.found) < group.among else "",
        }
        for group in findings.groups
    ]
    return {
        "search_here": True,
        "sought": sought,
        "findings": findings,
        "groups": groups,
        "kind": kind,
        "all_query": _query(q=sought.text) if kind else "",
    }


def _line(found: Found, sought: Sought) -> Line:
    return Line(
        found=found,
        label=marked(found.label, sought.words),
        number=marked_number(found.number, sought.codes, sought.words),
        detail=marked(found.detail, sought.words),
        day=day(clock.day_of(found.moment)) if found.moment else "",
    )


def _query(**values: str) -> str:
    asked = QueryDict(mutable=True)
    asked.update(values)
    return asked.urlencode()
