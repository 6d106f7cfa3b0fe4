"""How a stage declares what of it is found in the search box of a bank, in which words, and by whom.

``search.py`` of a stage holds a tuple ``SEARCHED``; a migration of the stage hangs ``public.search_kept`` on
the tables with the same SELECT, so that no path of writing can forget the entry (a test compares the two).
The SELECT reads ``r``, writes ``%1$I`` for the schema, and yields: id, kind, label, number, detail, words,
codes, owner_id, moment, is_archived. A code is found whole, by its beginning, or by its last number.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model

from apps.kernel.abilities import Actor
from apps.kernel.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which entries of a kind a person may open: all, or those of one charity or driver, up to an instant."""

    owner_id: UUID | None = None
    before: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """One kind of record in the search box.

    ``source`` and ``columns`` say what the entry is made of; ``follows`` names the tables whose ``name`` is
    in it too, each with the column of ``r`` that points there. ``page`` is the address of the sheet,
    ``own_page`` of the one for people from outside. A ``paper`` is one of many, the recent ones first; a file
    of the bank is not.
    """

    model: type[Model]
    title: Text
    icon: str
    source: str
    columns: tuple[str, ...]
    reach: Callable[[Actor], Reach | None]
    page: str
    own_page: str = ""
    follows: Mapping[str, str] = field(default_factory=dict)
    is_paper: bool = False

    @property
    def kind(self) -> str:
        """The kind as entries have it: ``donors.donor``."""
        return str(self.model._meta.label_lower)

    def page_for(self, actor: Actor) -> str:
        """Return the name of the address at which this person sees a record."""
        return self.own_page if self.own_page and not actor.is_staff else self.page


def every_when(*, allowed: bool) -> Reach | None:
    """Return the reach to every entry of a kind, or to none of them."""
    return Reach() if allowed else None


def own(owner_id: UUID | None, *, before: dt.datetime | None = None) -> Reach | None:
    """Return the reach to the entries of one charity or driver; nobody owns nothing."""
    return Reach(owner_id=owner_id, before=before) if owner_id else None
