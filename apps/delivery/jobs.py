"""Long work of the stage: the delivery notes of a day, to print."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final
from uuid import UUID

import msgspec
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.delivery.abilities import abilities
from apps.delivery.models import DeliveryNote
from apps.delivery.papers import notes_pdf
from apps.delivery.selectors import notes_of_day, notes_with_lines
from apps.kernel.abilities import Actor
from apps.kernel.display import number, paper_day
from apps.kernel.errors import DomainError, Text
from apps.kernel.jobs.kinds import JobKind, Made, Part


class DayOfNotes(msgspec.Struct, frozen=True, kw_only=True):
    """Which notes: those of a day. ``base`` is the address of the bank's site, for the codes."""

    day: dt.date
    base: str


class NotesOfDay(JobKind[DayOfNotes]):
    """Prints the delivery notes of a day, in files of ``chunk`` notes, by number.

    Each file is compiled as a whole, so that it keeps the tags that make it readable to everybody; sewn
    together afterwards they would lose them.
    """

    code = "delivery.notes_of_day"
    title = gettext_lazy("Delivery notes of a day")
    params = DayOfNotes
    chunk = 50
    words: ClassVar[Mapping[str, Text]] = {
        "notes_gone": gettext_lazy("The delivery notes that were asked for are not there any more."),
    }

    def is_open_to(self, actor: Actor) -> bool:
        """Tell whether this person sees every delivery note of the bank."""
        return "view" in abilities(actor)

    def heading(self, asked: DayOfNotes) -> str:
        """Name the day."""
        return _("Delivery notes of %(day)s") % {"day": paper_day(asked.day)}

    def items(self, asked: DayOfNotes) -> Sequence[str]:
        """Return the notes of the day by number."""
        return [str(pk) for pk in notes_of_day(asked.day).values_list("pk", flat=True)]

    def counted(self, done: int, total: int) -> str:
        """Say how many notes are in a file already."""
        said = ngettext("%(done)s of %(total)s delivery note", "%(done)s of %(total)s delivery notes", total)
        return said % {"done": number(done), "total": number(total)}

    def run(self, asked: DayOfNotes, part: Part) -> Iterable[Made]:
        """Make one file, named after the day and the places of its notes when there are several files.

        Raises:
            DomainError: ``notes_gone``: none of the notes is there.
        """
        wanted = [UUID(pk) for pk in part.items]
        notes = list(notes_with_lines(DeliveryNote.objects.filter(pk__in=wanted)).order_by("number"))
        if not notes:
            raise DomainError(self.words["notes_gone"], code="notes_gone")
        name = file_name_of_day(asked.day, places=_places(part))
        return [Made(name=name, content=notes_pdf(notes, base=asked.base))]


NOTES_OF_DAY: Final = NotesOfDay()


def file_name_of_day(day: dt.date, *, places: str = "") -> str:
    """Return the name under which the notes of a day are saved: ``delivery-notes-2026-03-03.pdf``.

    ``places`` tells one of several files: ``051-100``.
    """
    return "-".join(filter(None, [slugify(_("delivery notes")), f"{day:%Y-%m-%d}", places])) + ".pdf"


def _places(part: Part) -> str:
    """Return the places of the notes of a part among all, nothing when it holds all."""
    is_whole = len(part.items) == part.total
    return "" if is_whole else f"{part.start + 1:03d}-{part.start + len(part.items):03d}"
