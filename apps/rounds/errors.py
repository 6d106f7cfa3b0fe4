"""Why a round or a stop cannot go on."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError, Text
from apps.kernel.quantity import format_kg


def field_of(line_id: UUID, name: str) -> str:
    """Return the name of an input about one line of a stop: ``line-<id>-collected``."""
    return f"line-{line_id}-{name}"


class RoundMovedOn(Conflict):
    """The round is not in the state that the act needs."""

    code = "round_moved_on"

    def __init__(self, *, number: str, state: Text) -> None:
        super().__init__(
            _("The round %(number)s is now: %(state)s. Look at it again before going on."),
            params={"number": number, "state": state},
        )


class RoundEmpty(DomainError):
    """A round without stops has nowhere to go."""

    code = "round_empty"

    def __init__(self) -> None:
        super().__init__(_("Give the round at least one stop before it starts."))


class RoundInPast(DomainError):
    """A round planned for a day that is over."""

    code = "round_in_past"

    def __init__(self) -> None:
        super().__init__(_("Plan the round for today or a later day."), field="day")


class VehicleArchived(DomainError):
    """A vehicle that is no longer in use."""

    code = "vehicle_archived"

    def __init__(self) -> None:
        super().__init__(_("This vehicle is no longer in use. Choose another one."), field="vehicle")


class StopsTaken(Conflict):
    """Some of the stops were planned or done by somebody else."""

    code = "stops_taken"

    def __init__(self, *, names: str) -> None:
        super().__init__(_("Planned or done meanwhile: %(stops)s."), params={"stops": names})


class StopDone(Conflict):
    """The stop was already recorded."""

    code = "stop_done"

    def __init__(self, *, number: str, state: Text) -> None:
        super().__init__(
            _("The stop %(number)s is already recorded: %(state)s."),
            params={"number": number, "state": state},
        )


class RoundNotStarted(Conflict):
    """Goods are collected on a round that is on the road."""

    code = "round_not_started"

    def __init__(self) -> None:
        super().__init__(_("Start the round first, then record its stops."))


class LineUnknown(DomainError):
    """A weight names a line that the stop does not have."""

    code = "line_unknown"

    def __init__(self) -> None:
        super().__init__(_("This line is not part of the stop. Open the stop again."))


class NothingCollected(DomainError):
    """A pick-up of 0 kg."""

    code = "nothing_collected"

    def __init__(self) -> None:
        super().__init__(_("No weight is written. If there was nothing to take, press “Nothing to take”."))


class RefusalUnexplained(DomainError):
    """Goods left at the donor's without a reason."""

    code = "refusal_unexplained"

    def __init__(self, *, line_id: UUID, label: str, grams: int) -> None:
        super().__init__(
            _("%(line)s: say why %(weight)s are left."),
            field=field_of(line_id, "refusal_reason"),
            params={"line": label, "weight": format_kg(grams)},
        )


class WeightUnlikely(DomainError):
    """Far more than announced: probably a slip; confirmed, it is taken as it is."""

    code = "weight_unlikely"

    def __init__(self, *, line_id: UUID, label: str, found: int, planned: int) -> None:
        super().__init__(
            _("%(line)s: %(found)s for %(planned)s announced. Correct it, or confirm the weights below."),
            field=field_of(line_id, "collected_grams"),
            params={"line": label, "found": format_kg(found), "planned": format_kg(planned)},
        )


class TemperatureUnlikely(DomainError):
    """A temperature that no dock has."""

    code = "temperature_unlikely"

    def __init__(self, *, line_id: UUID, label: str) -> None:
        super().__init__(
            _("%(line)s: this temperature is not possible. Check the sign and the decimal."),
            field=field_of(line_id, "temperature_c"),
            params={"line": label},
        )


class ReasonMissing(DomainError):
    """A missed stop without a reason."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Say why nothing was taken."), field="reason")
