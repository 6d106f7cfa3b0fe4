"""History in words: who did what, which values, in the reader's language, from the codes it is kept in.

What a record was called, and what another record was called that it pointed at, are told as they were
then. Entries of any age read well: a value that no field explains is shown as it is.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock, display
from apps.kernel.abilities import Role
from apps.kernel.errors import Text
from apps.kernel.models import AuditEntry
from apps.kernel.money import format_euros
from apps.kernel.quantity import format_kg

ACTION_LABELS: Final[Mapping[str, Text]] = {
    "created": _("Created"),
    "changed": _("Changed"),
    "archived": _("Archived"),
    "restored": _("Restored"),
    "removed": _("Removed"),
    "adopted": _("Adopted from the library"),
}
SOFTWARE: Final[Mapping[str, Text]] = {
    "offers": _("at the deadline for an answer"),
    "rounds": _("planning an accepted offer"),
    "receiving": _("expecting what was collected"),
    "delivery": _("following an order"),
    "network": _("for the network"),
    "standing rules": _("by the standing rules of the food bank"),
    "doctor": _("putting right what was found"),
    "federation.reconcile": _("reconciling the figures"),
    "demonstration": _("for the demonstration"),
    "registry": _("following the register of banks"),
    "banks.move": _("following the register of banks"),
    "jobs": _("working in the background"),
}
"""What the software was doing, by the name it acted under."""
UNSHOWN: Final = frozenset({"position", "latitude", "longitude"})
LONG: Final = 160
"""Letters after which a value is folded."""
MANY: Final = 8
"""Values after which an act folds them."""


class Change(NamedTuple):
    """One field in words: its name, what it was, what it is since."""

    name: Text
    before: Any
    after: Any

    @property
    def is_first(self) -> bool:
        """Tell whether there was nothing before."""
        return bool(self.before == display.NOTHING)

    @property
    def is_long(self) -> bool:
        """Tell whether a page folds it."""
        return len(str(self.before or "")) + len(str(self.after or "")) > LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act on a record in words. ``names`` tells whether the reader may see the names of the staff."""

    entry: AuditEntry
    label: Text
    changes: list[Change]
    names: bool = True

    @property
    def who(self) -> Text:
        """Who did it: a person by name (and through what), the software in words."""
        entry = self.entry
        if entry.actor_id is None:
            return software_in_words(entry.actor_label, names=self.names)
        if not self.names and entry.actor_role != Role.PARTNER:
            return _("The food bank")
        name = entry.actor_label or _("A former member")
        return f"{name} ({entry.actor_via})" if entry.actor_via else name

    @property
    def is_first(self) -> bool:
        """Tell whether the values are the first ones."""
        return self.entry.action in ("created", "adopted")

    @property
    def is_folded(self) -> bool:
        """Tell whether a page folds the values: first ones, or too many to read at once."""
        return len(self.changes) > (1 if self.is_first else MANY)


def software_in_words(label: str, *, names: bool = True) -> Text:
    """Return what the software did something as, from the name it acted under."""
    what = SOFTWARE.get(label, label if names else "")
    return _("COLLECTO, %(what)s") % {"what": what} if what not in ("", "COLLECTO") else "COLLECTO"


def told(entry: AuditEntry, *, labels: Mapping[str, Text] | None = None, names: bool = True) -> HistoryLine:
    """Return an entry in words; ``labels`` are what a page calls the acts of its records."""
    model = _model_of(entry.record_kind)
    label = {**act_labels(entry.record_kind), **(labels or {})}.get(entry.action, entry.action)
    return HistoryLine(entry=entry, label=label, changes=list(_told(model, entry.changes)), names=names)


def act_labels(record_kind: str) -> dict[str, Text]:
    """Return what the acts on a kind of record are called: the common ones, its states, its own."""
    known: dict[str, Text] = dict(ACTION_LABELS)
    model = _model_of(record_kind)
    if model is None:
        return known
    for name in ("status", "state"):
        field = _field(model, name)
        known |= dict(getattr(field, "flatchoices", ()))
    return known | dict(getattr(model, "ACTS", {}))


def kind_label(record_kind: str) -> str:
    """Return what a kind of record is called."""
    model = _model_of(record_kind)
    return capfirst(str(model._meta.verbose_name)) if model else record_kind


def record_label(entry: AuditEntry) -> str:
    """Return what the record of an entry was called then."""
    model = _model_of(entry.record_kind)
    named_by = getattr(model, "NAMED_BY", "")
    if not model or not named_by or not entry.record_label:
        return entry.record_label
    return str(in_words(_field(model, named_by), entry.record_label))


def _model_of(record_kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(record_kind)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _told(model: type[models.Model] | None, changes: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a record in the order of its fields, then those of its parts."""
    order = {field.name: place for place, field in enumerate(model._meta.concrete_fields)} if model else {}
    for name, change in sorted(changes.items(), key=lambda item: order.get(item[0], len(order))):
        field = _field(model, name)
        if isinstance(change, Mapping):
            yield from _told_parts(getattr(field, "related_model", None), change)
        elif name not in UNSHOWN and not _is_bare(change):
            yield Change(_field_label(field, name), *(in_words(field, value) for value in change))


def _told_parts(model: type[models.Model] | None, parts: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what changed of each part, under the name of the part."""
    named_by = _field(model, getattr(model, "NAMED_BY", "") or "")
    kind = f"{capfirst(str(model._meta.verbose_name))} " if model and named_by else ""
    for part in parts.values():
        label = str(in_words(named_by, part["label"]) if named_by else part["label"])
        for name, before, after in _told(model, part["changes"]):
            if {str(before), str(after)} != {label, display.NOTHING}:
                yield Change(f"{kind}{label} · {name}" if label else name, before, after)


def _field_label(field: Any, name: str) -> str:
    label = getattr(field, "verbose_name", None)
    if label is None and field is not None:
        label = field.related_model._meta.verbose_name_plural
    return capfirst(str(label or _FREE_FIELDS.get(name, name)))


_FREE_FIELDS: Final[Mapping[str, Text]] = {"grams": _("Weight")}
"""Names of what is told and is no field."""


def _is_bare(change: Any) -> bool:
    """Tell whether both values are nothing a person reads: bare ids, records without a label."""
    return all(value is None or _is_id(value) for value in change)


def _is_id(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not value.get("label")
    try:
        return isinstance(value, str) and len(value) == 36 and bool(UUID(value))
    except ValueError:
        return False


def in_words(field: Any, value: Any) -> Any:
    """Return a value kept in the history as a page shows it."""
    if value is None or value == "":
        return display.NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return _related(field, value.get("label")) or display.NOTHING
    if isinstance(value, list):
        return ", ".join(str(in_words(field, item)) for item in value)
    choices = {str(code): label for code, label in getattr(field, "flatchoices", ())}
    if str(value) in choices:
        return choices[str(value)]
    return _figure(field, value) if field is None or isinstance(value, int) else _text(field, str(value))


def _related(field: Any, label: Any) -> Any:
    """Return what another record was called, from its name or from the code that names it."""
    model = getattr(field, "related_model", None)
    named_by = _field(model, getattr(model, "NAMED_BY", "") or "") if label else None
    return in_words(named_by, label) if named_by else label


def _figure(field: Any, value: Any) -> Any:
    """Write a whole number after what it counts: grams, cents, or things."""
    name = getattr(field, "name", "grams")
    if not isinstance(value, int):
        return value
    if name.endswith("grams"):
        return format_kg(value)
    if name.endswith(("cents", "cents_per_kg")):
        return format_euros(value)
    return display.number(value)


def _text(field: Any, value: str) -> str:
    """Write a date, an hour or a decimal after its field; any other text is shown as it is."""
    try:
        match field:
            case models.DateTimeField():
                at = dt.datetime.fromisoformat(value)
                return f"{display.paper_day(clock.day_of(at))}, {display.hour(at)}"
            case models.DateField():
                return display.paper_day(dt.date.fromisoformat(value))
            case models.TimeField():
                return f"{dt.time.fromisoformat(value):%H:%M}"
            case models.DecimalField():
                return display.number(Decimal(value), decimals=field.decimal_places or 0)
    except (ValueError, InvalidOperation):
        return value
    return value
