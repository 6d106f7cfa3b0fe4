"""Doors: what a view may do, who knocks, and which pages the menu offers.

A view says whether it reads or writes. A reading view runs where every SQL statement that would
change something is refused; a writing view is held to the same on GET and may write on POST.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar, cast

from django.db import connection, models
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from apps.kernel.abilities import Abilities, Actor
from apps.kernel.errors import Text

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]

READING: Final = ("GET", "HEAD")
WRITING: Final = ("GET", "HEAD", "POST")

_READS = re.compile(
    r"\s*\(*\s*(SELECT|WITH|SHOW|SET|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO)\b", re.IGNORECASE
)
_CHANGES_INSIDE = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE
)


class StaffRequest(HttpRequest):
    """A request as views receive it, once the middleware has opened the bank and named the person."""

    actor: Actor
    bank: Any
    htmx: HtmxDetails


class HiddenWriteError(RuntimeError):
    """A view that declared that it only reads tried to change the database."""


class Section(models.TextChoices):
    """The five sections of the top bar, in the order goods travel."""

    SUPPLY = "supply", _("Supply")
    WAREHOUSE = "warehouse", _("Warehouse")
    DISTRIBUTION = "distribution", _("Distribution")
    FIGURES = "figures", _("Figures")
    FILES = "files", _("Files")


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One page of a stage that the menu offers to whoever has the verb there."""

    label: Text
    url_name: str
    icon: str
    abilities: Callable[[Actor], Abilities]
    section: Section
    verb: str = "view"

    def is_open_to(self, actor: Actor) -> bool:
        """Tell whether this person gets the entry."""
        return self.verb in self.abilities(actor)


def is_read_only(sql: str) -> bool:
    """Tell whether a statement changes nothing: SELECT, WITH … SELECT, SHOW, SET, savepoints."""
    return _READS.match(sql) is not None and _CHANGES_INSIDE.search(sql) is None


def refuse_writes(execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement unless it would change the database (for ``connection.execute_wrapper``).

    Raises:
        HiddenWriteError: the statement is not a reading one.
    """
    if not is_read_only(sql):
        raise HiddenWriteError(f"this view declares that it only reads; refused: {sql[:80]}")
    return execute(sql, params, many, context)


def reads(view: View) -> View:
    """Declare that a view answers GET and HEAD and never changes the database."""
    return _door(view, name="reads", methods=READING)


def writes(view: View) -> View:
    """Declare that a view may change the database on POST; its GET only shows the form."""
    return _door(view, name="writes", methods=WRITING)


def door_of(view: Callable[..., Any]) -> str:
    """Return ``"reads"`` or ``"writes"``, or an empty text for a view that declares neither."""
    return str(getattr(view, "door", ""))


def _door(view: View, *, name: str, methods: Sequence[str]) -> View:
    @wraps(view)
    def through_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if request.method not in READING:
            return view(request, *args, **kwargs)
        with connection.execute_wrapper(refuse_writes):
            return _rendered(view(request, *args, **kwargs))

    through_door.door = name  # type: ignore[attr-defined]
    return cast("View", through_door)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    """Render a lazy response now, so that its queries too run behind the door."""
    if isinstance(response, SimpleTemplateResponse):
        return response.render()
    return response
