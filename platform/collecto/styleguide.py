"""Living style guide: every component in every state, and whole pages on invented data.

Served in development and demonstration only; the browser tests walk it.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_urlconf, set_urlconf

from apps.kernel import clock
from apps.kernel.display import Chip, Tone, food_date
from apps.kernel.doors import Section, reads
from apps.kernel.errors import Conflict, Forbidden
from apps.kernel.forms import DayInput, EurosField, FilterForm, KgField, OpKeyForm, StepperInput
from apps.kernel.models import AuditEntry
from apps.kernel.pages import Action, Column, Heading, HistoryPanel, Kind, table_panel
from apps.kernel.telling import Change, HistoryLine
from apps.kernel.today import Queue
from collecto.menu import ICONS, Shell, Way
from collecto.styleguide_charts import sample_charts
from collecto.styleguide_jobs import sample_jobs
from collecto.styleguide_work import (
    sample_checking,
    sample_figures,
    sample_found,
    sample_giving,
    sample_not_found,
    sample_note,
    sample_ordering,
    sample_paper,
    sample_photo,
    sample_reserved,
    sample_stop,
    sample_weighing,
)
from tenants.accounts.forms import CodeForm

SWATCHES = {
    "paper": "#FBFAF6",
    "surface": "#FFFFFF",
    "sunken": "#F1EFE8",
    "ink": "#1B2420",
    "brand": "#1E5B3E",
    "brand-soft": "#E4EFE8",
    "accent": "#AB4409",
    "info": "#1C5A94",
    "warn": "#7A4E00",
    "danger": "#A3173F",
    "ok": "#1E6B3A",
}
ENTRIES = {
    Section.SUPPLY: ("Offers", "Rounds", "Donors"),
    Section.WAREHOUSE: ("Receiving", "Stock", "Sites"),
    Section.DISTRIBUTION: ("Orders", "Deliveries", "Partners"),
    Section.FIGURES: ("Indicators",),
    Section.FILES: ("Catalogue", "People"),
}
FAMILIES = [("milk", "Dairy"), ("veg", "Vegetables")]
LOT_COLUMNS = (
    Column(label="Lot", value="name", sort="name", note=Column(label="Number", value="number")),
    Column(label="Date", value="date"),
    Column(label="Place", value="place"),
    Column(label="Counted", value="counted_at", kind=Kind.MOMENT),
    Column(label="State", value="state", sort="state"),
    Column(label="Weight", value="grams", kind=Kind.KG, sort="grams"),
)
HELD = Action(label="Refuse", url="#", post=True, grave=True, held="Refusing the lot, unless you undo it.")
VISITED: dict[str, Any] = {"name": "COLLECTO", "kind": "public", "sections": [], "person": ""}
"""What a visitor of the public site sees of the shell."""


class LotFilter(FilterForm):
    """Filters of the sample list."""

    family = forms.ChoiceField(
        label="Family", choices=[("", "All"), ("milk", "Dairy"), ("veg", "Vegetables")]
    )
    before = forms.DateField(label="Date before", widget=DayInput())


class WhyForm(forms.Form):
    """The one question of a grave act."""

    why = forms.CharField(label="Why?", max_length=200)


class SampleForm(OpKeyForm):
    """One field of each kind."""

    name = forms.CharField(label="Name of the donor", help_text="As written on its papers.", max_length=80)
    email = forms.EmailField(label="E-mail", required=False)
    weight = KgField(label="Weight", help_text="Net, without the pallet.", max_grams=1_200_000)
    contribution = EurosField(label="Solidarity contribution", required=False)
    day = forms.DateField(label="Day of collection", widget=DayInput())
    boxes = forms.IntegerField(label="Boxes", min_value=0, max_value=12, initial=3, widget=StepperInput())
    family = forms.ChoiceField(
        label="Family", choices=[("", "Choose"), ("milk", "Dairy"), ("veg", "Vegetables")]
    )
    cold = forms.ChoiceField(
        label="Temperature",
        choices=[("ambient", "Ambient"), ("cool", "Cool, 0 to 4 °C"), ("frozen", "Frozen, -18 °C")],
        widget=forms.RadioSelect(),
    )
    days = forms.MultipleChoiceField(
        label="Days that suit",
        choices=[("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday")],
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )
    note = forms.CharField(label="Note for the driver", widget=forms.Textarea(), required=False)
    agreed = forms.BooleanField(label="The goods stay in the cold until the van comes")
    photo = forms.FileField(label="Photograph of the label", required=False)
    pallets = forms.IntegerField(
        label="Pallets", initial=2, disabled=True, required=False, widget=StepperInput()
    )


@login_not_required
@reads
def styleguide(request: HttpRequest, page: str = "") -> HttpResponse:
    """Show the components, or one sample page by name."""
    if not (settings.DEBUG or settings.DEMO) or page not in SAMPLES:
        raise Http404
    template, context = SAMPLES[page]
    if page in PUBLIC:
        with _urls_of("collecto.urls_public"):
            return render(request, template, {"shell": replace(sample_shell(), **VISITED), **context()})
    if page in OF_A_BANK:
        with _urls_of("collecto.urls_tenant"):
            return render(request, template, {"shell": replace(sample_shell(), searches=True), **context()})
    return render(request, template, {"shell": sample_shell(), **context()})


@contextmanager
def _urls_of(site: str) -> Iterator[None]:
    """Let a template name the addresses of another site than the one that shows the sample."""
    before = get_urlconf()
    set_urlconf(site)
    try:
        yield
    finally:
        set_urlconf(before)


def sample_shell() -> Shell:
    """Return the shell of an invented bank, seen by its manager."""
    sections = [
        {
            "label": section.label,
            "icon": ICONS[section],
            "url": "#",
            "current": section is Section.WAREHOUSE,
            "entries": [{"label": e, "url": "#", "current": e == "Stock"} for e in ENTRIES[section]],
        }
        for section in Section
    ]
    return Shell(
        name="Banque du Val",
        kind="bank",
        sections=sections,
        person="Inès Morel",
        ways=[
            Way(bank=_place("Banque du Val", 1), roles="Manager", is_here=True, walks=True),
            Way(bank=_place("Banque du Lac", 2), roles="Stock keeper", is_here=False, walks=True),
            Way(bank=_place("Banque du Mont", 3), roles="Driver", is_here=False, walks=False),
        ],
        demo=True,
        searches=False,
    )


def _place(name: str, number: int) -> SimpleNamespace:
    return SimpleNamespace(pk=UUID(int=number), name=name, host=f"bank-{number}.example.org")


def sample_elsewhere() -> dict[str, Any]:
    """Return the context of the page that says where somebody has a role, when it is not here."""
    places = (("Banque du Lac", "Stock keeper"), ("Banque du Mont", "Driver"))
    return {
        "hats": [
            SimpleNamespace(bank=_place(name, number), get_role_display=role)
            for number, (name, role) in enumerate(places, start=2)
        ]
    }


def sample_code() -> dict[str, Any]:
    """Return the context of the page that asks for the code of a mail, sent back once."""
    form = CodeForm({"code": ""}, label_suffix="")
    return {"email": "ines@example.org", "verify_form": form}


def components() -> dict[str, Any]:
    """Return what the page of components shows."""
    return {
        "swatches": SWATCHES,
        "tones": list(Tone),
        "queues": sample_queues(),
        "form": SampleForm(label_suffix=""),
        "samples": [name for name in SAMPLES if name],
        **sample_table(),
        "history": sample_history(),
        "jobs": sample_jobs(),
        "today": clock.today(),
        "weights": [(f"{kg} kg", kg) for kg in (5, 10, 20)],
    }


def sample_queues() -> list[Queue]:
    """Return one queue per tone, and an empty one."""
    return [
        Queue(label="Donations to answer", count=7, hint="Oldest: 3 h 20", url="#", tone="danger"),
        Queue(label="Dates within 3 days", count=14, hint="1,236 kg to give first", url="#", tone="warn"),
        Queue(label="Orders to prepare", count=23, hint="For tomorrow: 9", url="#", tone="neutral"),
        Queue(label="Stops without a driver", count=0, hint="All covered", url="#", tone="danger"),
    ]


def sample_lots() -> list[SimpleNamespace]:
    """Return invented lots with every kind of date and state."""
    today = clock.today()
    rows = [
        ("Plain yoghurt 4 × 125 g", "USE_BY", 1, "Cold room 2 · B-04", Chip("Free", Tone.OK), 186_400),
        ("Sliced ham, family pack", "USE_BY", -1, "Quarantine", Chip("Blocked", Tone.DANGER), 24_250),
        ("Carrots, crates", "NONE", 0, "Floor · 12", Chip("Held", Tone.WARN), 1_240_000),
        ("Pasta, 500 g", "BEST_BEFORE", 210, "Rack C-11", Chip("Free", Tone.OK), 3_820_500),
        ("Mixed groceries", "BEST_BEFORE", -12, "Rack A-02", Chip("To sort", Tone.INFO), 95_000),
    ]
    return [
        SimpleNamespace(
            pk=number,
            number=f"LOT-2026-{number + 1:05}",
            name=name,
            date=food_date(kind, today + dt.timedelta(days=days)),
            place=place,
            state=state,
            grams=grams,
            counted_at=clock.now() - dt.timedelta(days=number),
        )
        for number, (name, kind, days, place, state, grams) in enumerate(rows)
    ]


def sample_table() -> dict[str, Any]:
    """Return the context of a list, as the list page builds it."""
    lots = sample_lots()
    orders = {"Weight": "descending"}
    return {
        "title": "Stock",
        "lead": "What the warehouse holds now, first dates first.",
        "actions": [
            Action(label="Count", url="#", icon="clipboard-list"),
            Action(label="Receive goods", url="#", icon="plus", primary=True),
        ],
        "headings": [
            Heading(
                label=column.label,
                is_numeric=column.is_numeric,
                sort_url="?sort=" + column.sort if column.sort else "",
                aria_sort=orders.get(str(column.label), ""),
            )
            for column in LOT_COLUMNS
        ],
        "rows": [
            {
                "record": lot,
                "name": lot.number,
                "url": "#",
                "cells": [column.cell(lot) for column in LOT_COLUMNS],
                "actions": [Action(label="Move", url="#"), HELD][: 2 if lot.pk == 1 else 1]
                if lot.pk < 3
                else [],
            }
            for lot in lots
        ],
        "acts_in_rows": True,
        "shown": Paginator(range(173), 50).page(2),
        "counted": "173 lots",
        "filter_form": LotFilter({"family": "milk"}),
        "searchable": True,
        "query": "",
        "active": [{"words": "Family: Dairy", "url": "?"}, {"words": "Archived", "url": "?family=milk"}],
        "archivable": True,
        "archived": False,
        "narrowed": False,
        "empty_text": "Nothing in stock.",
    }


def sample_today() -> dict[str, Any]:
    """Return the context of the first page: piles of work, what one comes to do, what one comes to read."""
    listed = table_panel(
        "Orders under way",
        columns=LOT_COLUMNS,
        records=sample_lots()[:2],
        empty="No order under way.",
        url_of=lambda _lot: "#",
    )
    order = Action(label="Order", url="#", icon="shopping-basket", primary=True)
    return {"queues": sample_queues(), "actions": [order], "panels": [listed], "today": clock.today()}


def sample_empty() -> dict[str, Any]:
    """Return the context of a list that nothing matches."""
    none = Paginator(range(0), 50).page(1)
    return {
        **sample_table(),
        "rows": [],
        "shown": none,
        "counted": "0 lots",
        "narrowed": True,
        "query": "quinoa",
    }


def sample_new() -> dict[str, Any]:
    """Return the context of a list in which nothing is yet, and that nothing narrows."""
    return {**sample_empty(), "narrowed": False, "query": "", "active": [], "filter_form": LotFilter({})}


def sample_figures_and_charts() -> dict[str, Any]:
    """Return the context of a page of figures."""
    return {**sample_figures(), **sample_charts()}


def sample_history() -> HistoryPanel:
    """Return a short history."""
    at = clock.now()
    moved = AuditEntry(
        actor_id=UUID(int=1), actor_label="Inès Morel", action="changed", at=at, reason="Counted twice."
    )
    made = AuditEntry(
        actor_label="rounds", action="created", at=at - dt.timedelta(days=2), actor_via="", actor_role=""
    )
    changes = [Change("Weight", "190 kg", "186.4 kg"), Change("Place", "Floor · 12", "Cold room 2 · B-04")]
    first = [Change("Weight", "–", "190 kg"), Change("Place", "–", "Floor · 12")]
    lines = [
        HistoryLine(entry=moved, label="Changed", changes=changes),
        HistoryLine(entry=made, label="Created", changes=first),
    ]
    return HistoryPanel(lines=lines, has_older=True)


def sample_sheet() -> dict[str, Any]:
    """Return the context of a record's sheet."""
    lot = sample_lots()[0]
    return {
        "title": lot.name,
        "state": lot.state,
        "list_url": "#",
        "list_label": "Stock",
        "actions": [
            Action(label="Archive", url="#", icon="archive"),
            Action(label="Change", url="#", icon="pencil", primary=True),
        ],
        "fields": [column.cell(lot) for column in LOT_COLUMNS[1:]],
        "panels": [],
        "history": sample_history(),
    }


def sample_form() -> dict[str, Any]:
    """Return the context of an empty form."""
    return {
        "title": "New offer",
        "lead": "What the donor proposes. You can change it until the collection.",
        "list_url": "#",
        "list_label": "Offers",
        "back_url": "#",
        "submit": "Save the offer",
        "form": SampleForm(label_suffix=""),
    }


def sample_refused_form() -> dict[str, Any]:
    """Return the context of a form sent back with its errors."""
    sent = {
        "name": "",
        "email": "ines@",
        "weight": "1300",
        "boxes": "40",
        "cold": "cool",
        "note": "Ring twice.",
    }
    return {**sample_form(), "form": SampleForm(sent, label_suffix="")}


def sample_archive() -> dict[str, Any]:
    """Return the context of the page that asks before a grave act; a dialog takes its form."""
    return {
        "title": "Archive Sliced ham, family pack?",
        "lead": "It leaves the lists and the choices of forms.",
        "list_url": "#",
        "list_label": "Stock",
        "back_url": "#",
        "form": WhyForm(label_suffix=""),
    }


PUBLIC: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "welcome": ("network/home.html", lambda: {"bank_count": 79}),
    "give": ("network/give.html", sample_giving),
}
"""Pages of the public site."""
OF_A_BANK: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "order": ("orders/ordering.html", sample_ordering),
    "check": ("orders/review.html", sample_checking),
    "reserved": ("records/detail.html", lambda: {**sample_sheet(), "panels": [sample_reserved()]}),
    "weigh": ("delivery/picking.html", sample_weighing),
    "paper": ("delivery/sheet.html", sample_paper),
    "note": ("delivery/note.html", sample_note),
    "stop": ("rounds/drive_stop.html", sample_stop),
    "found": ("search/page.html", sample_found),
    "not-found": ("search/page.html", sample_not_found),
    "photo": ("search/photo.html", sample_photo),
}
"""Pages of a bank whose links are named as only its own site knows them."""
STANDALONE: dict[str, tuple[str, Any]] = {
    "broken": ("500.html", dict),
    "busy": ("503.html", dict),
    "stale": ("403_csrf.html", dict),
}
"""Pages that must stand when nothing else does: no menu, no script."""
SAMPLES = {
    "": ("styleguide/index.html", components),
    "today": ("home/bank.html", sample_today),
    "list": ("records/list.html", sample_table),
    "charts": ("styleguide/charts.html", sample_figures_and_charts),
    "empty": ("records/list.html", sample_empty),
    "new": ("records/list.html", sample_new),
    "sheet": ("records/detail.html", sample_sheet),
    "form": ("records/form.html", sample_form),
    "refused": ("records/form.html", sample_refused_form),
    "conflict": ("refusal.html", lambda: {"refusal": Conflict("The order was confirmed by Karim at 10:42.")}),
    "forbidden": ("refusal.html", lambda: {"refusal": Forbidden("Your role does not allow this.")}),
    "missing": ("404.html", dict),
    "no-role": ("no_hat.html", lambda: {"hats": []}),
    "elsewhere": ("no_hat.html", sample_elsewhere),
    "code": ("account/confirm_login_code.html", sample_code),
    "archive": ("records/archive.html", sample_archive),
    **PUBLIC,
    **OF_A_BANK,
    **STANDALONE,
}
"""Sample pages by name: the template and what fills it."""
