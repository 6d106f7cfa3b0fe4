"""Why a picking list or a handover is refused, in words that say what to do."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError


class PickingClosed(Conflict):
    """The picking list has moved on: handed over or cancelled."""

    code = "picking_closed"

    def __init__(self, *, order: str, state: str) -> None:
        super().__init__(
            _("Order %(order)s is now: %(state)s. Its weights no longer change."),
            params={"order": order, "state": state},
        )


class NotPicked(Conflict):
    """Goods are handed over before every line was weighed."""

    code = "not_picked"

    def __init__(self, *, order: str) -> None:
        super().__init__(_("Weigh every line of order %(order)s first."), params={"order": order})


class AlreadyHandedOver(Conflict):
    """Somebody else handed the order over."""

    code = "already_handed_over"

    def __init__(self, *, order: str, number: str) -> None:
        super().__init__(
            _("Order %(order)s was already handed over: delivery note %(number)s."),
            params={"order": order, "number": number},
        )


class WeightsRefused(DomainError):
    """Some weights cannot be; ``problems`` gives the sentence for each line at fault."""

    code = "weights_refused"

    def __init__(self, problems: Mapping[UUID, str]) -> None:
        super().__init__(" ".join(problems.values()), field="weights")
        self.problems = dict(problems)


class NothingPicked(DomainError):
    """Every line was weighed at zero: there is nothing to hand over."""

    code = "nothing_picked"

    def __init__(self, *, order: str) -> None:
        super().__init__(
            _("Nothing was found for order %(order)s. Cancel the order, or correct a weight."),
            field="weights",
            params={"order": order},
        )


class PastBestBefore(DomainError):
    """Goods past best before would leave for a partner that takes none."""

    code = "past_best_before"

    def __init__(self, *, lot: str, partner: str) -> None:
        super().__init__(
            _(
                "Lot %(lot)s is past best before, and %(partner)s takes no such goods: "
                "correct its weight to 0 kg."
            ),
            params={"lot": lot, "partner": partner},
        )


class TemperatureMissing(DomainError):
    """Cold goods leave without their temperature."""

    code = "temperature_missing"


class ReceiverMissing(DomainError):
    """Nobody is named who takes the goods."""

    code = "receiver_missing"

    def __init__(self) -> None:
        super().__init__(_("Write the name of who takes the goods."), field="received_by")


class RateNotAllowed(DomainError):
    """A contribution is set for food that is always free."""

    code = "rate_not_allowed"

    def __init__(self, source: str) -> None:
        super().__init__(
            _("%(source)s is always free: no contribution may be asked."),
            field="cents_per_kg",
            params={"source": source},
        )
