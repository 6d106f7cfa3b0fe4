"""Why an offer cannot be recorded or answered."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel import display
from apps.kernel.errors import Conflict, DomainError, Text
from apps.kernel.quantity import format_kg


def line_field(line_id: UUID) -> str:
    """Return the name of the input that holds the weight accepted of a line."""
    return f"line-{line_id}"


class OfferAnswered(Conflict):
    """Somebody answered, or the donor withdrew, before this answer."""

    code = "offer_answered"

    def __init__(self, *, number: str, state: Text) -> None:
        super().__init__(
            _("The offer %(number)s no longer waits for an answer: %(state)s."),
            params={"number": number, "state": state},
        )


class OfferTooLate(Conflict):
    """The time to accept is over; the network may already ask another bank."""

    code = "offer_too_late"

    def __init__(self, *, answer_by: dt.datetime) -> None:
        super().__init__(
            _("The time to accept ended on %(moment)s. Ask the donor, and record a new offer if it stands."),
            params={"moment": display.moment(answer_by)},
        )


class AcceptedTooMuch(DomainError):
    """More is accepted of a line than is offered."""

    code = "accepted_too_much"

    def __init__(self, *, line_id: UUID, label: str, accepted: int, offered: int) -> None:
        super().__init__(
            _("%(line)s: %(accepted)s accepted, only %(offered)s offered."),
            field=line_field(line_id),
            params={"line": label, "accepted": format_kg(accepted), "offered": format_kg(offered)},
        )


class UseByPassed(DomainError):
    """Goods would be past their use-by date when they are picked up."""

    code = "use_by_passed"

    def __init__(self, *, line_id: UUID, label: str, expires_on: dt.date) -> None:
        super().__init__(
            _("%(line)s: the use-by date, %(day)s, is over when it can be picked up. Accept 0 kg of it."),
            field=line_field(line_id),
            params={"line": label, "day": display.day(expires_on)},
        )


class LineUnknown(DomainError):
    """An answer names a line that the offer does not have."""

    code = "line_unknown"

    def __init__(self) -> None:
        super().__init__(_("This line is not part of the offer. Open the offer again."))


class NothingAccepted(DomainError):
    """An acceptance of 0 kg."""

    code = "nothing_accepted"

    def __init__(self) -> None:
        super().__init__(_("Accept at least one line. To take nothing, decline the offer and say why."))


class ReasonMissing(DomainError):
    """A refusal without a reason that a person may give."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Say why the offer is declined."), field="reason")


class NoLines(DomainError):
    """An offer without goods."""

    code = "no_lines"

    def __init__(self) -> None:
        super().__init__(_("Write at least one line of goods."))


class WeightMissing(DomainError):
    """A line of goods without a weight."""

    code = "weight_missing"

    def __init__(self, *, label: str) -> None:
        super().__init__(_("%(line)s: write a weight above 0 kg."), params={"line": label})


class DateNotExpected(DomainError):
    """A date on food whose kind of date says that it has none."""

    code = "date_not_expected"

    def __init__(self, *, label: str) -> None:
        super().__init__(
            _("%(line)s: say whether the date is a use-by or a best-before date."), params={"line": label}
        )


class WindowReversed(DomainError):
    """A pick-up that ends before it begins."""

    code = "window_reversed"

    def __init__(self) -> None:
        super().__init__(_("The pick-up ends before it begins."), field="pickup_until")


class SourceMismatch(DomainError):
    """A gift from a purchase source, or a purchase from a gift source."""

    code = "source_mismatch"

    def __init__(self) -> None:
        super().__init__(
            _("A purchase comes from a purchase source, a gift never does. Change one or the other."),
            field="supply_source",
        )
