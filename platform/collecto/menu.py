"""What every page's shell shows: the member's name, the sections open to this person, where they work."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from apps.flow import FLOW
from apps.kernel.abilities import Actor
from apps.kernel.doors import MenuEntry, Section
from collecto.search.finding import within_reach
from tenants.accounts.addresses import is_ours

ICONS = {
    Section.SUPPLY: "package-plus",
    Section.WAREHOUSE: "warehouse",
    Section.DISTRIBUTION: "truck",
    Section.FIGURES: "chart-column",
    Section.FILES: "folder-open",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A place where the person works, with their roles there, and how one gets there from here.

    ``walks``: without signing in again. To a bank on a domain of its own, and from it, one signs in there.
    """

    bank: Any
    roles: str
    is_here: bool
    walks: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """Context of the page shell."""

    name: str
    kind: str
    sections: list[dict[str, Any]]
    person: str
    ways: list[Way]
    demo: bool
    searches: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: describe the shell for this person on this host."""
    bank = getattr(request, "bank", None)
    actor: Actor | None = getattr(request, "actor", None)
    signed_in = actor is not None and actor.id is not None
    kind = "public" if bank is None else ("federation" if bank.kind == "federation" else "bank")
    return {
        "shell": Shell(
            name=bank.name if bank else "COLLECTO",
            kind=kind,
            sections=_sections(request, actor, kind) if actor and signed_in else [],
            person=actor.label if actor else "",
            ways=_ways(request, getattr(request, "hats", [])),
            demo=settings.DEMO,
            searches=kind == "bank" and actor is not None and signed_in and bool(within_reach(actor)),
        )
    }


def entries(kind: str) -> list[MenuEntry]:
    """Return every menu entry declared by the stages (banks) or by the federation."""
    modules = ["tenants.federation.menu"] if kind == "federation" else [f"apps.{s}.menu" for s in FLOW]
    if kind == "bank":
        modules += ["tenants.network.menu", "tenants.accounts.menu_bank", "collecto.jobs", "collecto.journal"]
    modules.append("tenants.accounts.menu")
    return [entry for module in modules for entry in import_module(module).MENU]


def _ways(request: HttpRequest, hats: Sequence[Any]) -> list[Way]:
    """Return the places where a person works, one line each, however many roles they have there."""
    here = getattr(getattr(request, "bank", None), "pk", None)
    leaves = bool(hats) and is_ours(request.get_host().partition(":")[0])
    return [
        Way(
            bank=held[0].bank,
            roles=", ".join(str(hat.get_role_display()) for hat in held),
            is_here=bank_id == here,
            walks=leaves and is_ours(held[0].bank.host),
        )
        for bank_id, held in ((key, list(group)) for key, group in groupby(hats, key=_bank_of))
    ]


def _bank_of(hat: Any) -> Any:
    return hat.bank_id


def _sections(request: HttpRequest, actor: Actor, kind: str) -> list[dict[str, Any]]:
    if kind == "public":
        return []
    allowed = [entry for entry in entries(kind) if entry.is_open_to(actor)]
    addresses = {entry.url_name: _address(request, entry) for entry in allowed}
    around = [url for url in addresses.values() if request.path.startswith(url)]
    here = max(around, key=len, default="")
    sections = []
    for section in Section:
        within = [entry for entry in allowed if entry.section == section]
        links = [_link(entry, addresses[entry.url_name], here) for entry in within]
        if links:
            sections.append(
                {
                    "label": section.label,
                    "icon": ICONS[section],
                    "url": links[0]["url"],
                    "current": any(link["current"] for link in links),
                    "entries": links,
                }
            )
    return sections


def _address(request: HttpRequest, entry: MenuEntry) -> str:
    try:
        return reverse(entry.url_name, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch as error:
        raise LookupError(f"menu entry {entry.url_name} leads nowhere") from error


def _link(entry: MenuEntry, url: str, here: str) -> dict[str, Any]:
    """Describe an entry; of two addresses that begin this page's, only the longer is current."""
    return {"label": entry.label, "url": url, "icon": entry.icon, "current": url == here}
