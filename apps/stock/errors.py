"""What the warehouse refuses, in words a person can act on."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError, Text
from apps.kernel.quantity import format_kg


class NotEnoughStock(Conflict):
    """More was asked of a lot at a location than is there; names the lot and the grams left."""

    code = "not_enough_stock"

    def __init__(self, lot_number: str, available_grams: int) -> None:
        super().__init__(
            _("Only %(available)s of lot %(lot)s are free there. Take less, or another lot."),
            field="grams",
            params={"lot": lot_number, "available": format_kg(max(available_grams, 0))},
        )
        self.lot_number = lot_number
        self.available_grams = max(available_grams, 0)


class LotRefusal(DomainError):
    """A lot may not leave; names it."""

    sentence = _("Lot %(lot)s may not leave.")

    def __init__(self, lot_number: str) -> None:
        super().__init__(self.sentence, params={"lot": lot_number})
        self.lot_number = lot_number


class LotIsBlocked(LotRefusal):
    """A blocked lot was to be reserved, handed over or shipped."""

    code = "lot_blocked"
    sentence = _("Lot %(lot)s is blocked: it may not leave until it is released.")


class LotInQuarantine(LotRefusal):
    """Goods were to leave from a quarantine location."""

    code = "lot_in_quarantine"
    sentence = _("Lot %(lot)s is in quarantine: move it out first.")


class UseByPassed(LotRefusal):
    """The use-by date has passed."""

    code = "use_by_passed"
    sentence = _("The use-by date of lot %(lot)s has passed: record it as lost.")


class MovementAlreadyReversed(Conflict):
    """A movement is reversed once only."""

    code = "already_reversed"

    def __init__(self) -> None:
        super().__init__(_("This movement has already been reversed."))


class MovementNotReversible(DomainError):
    """The movement belongs to an order or a transfer, which must be changed instead."""

    code = "not_reversible"

    def __init__(self) -> None:
        super().__init__(_("This movement follows from an order or a transfer: change that instead."))


class AlreadyRecorded(Conflict):
    """The same act is being recorded elsewhere at this very moment; a retry reads its result."""

    code = "already_recorded"

    def __init__(self) -> None:
        super().__init__(_("This has just been recorded. Reload the page."))


class WrongZone(DomainError):
    """Goods were to be put where it is too warm or too cold for them."""

    code = "wrong_zone"

    def __init__(self, location: str, needed: Text) -> None:
        super().__init__(
            _("%(location)s does not suit these goods: they need “%(needed)s”."),
            field="to",
            params={"location": location, "needed": needed},
        )


class FamilyUnknownHere(DomainError):
    """Goods from another bank belong to a family that this bank does not know."""

    code = "family_unknown"

    def __init__(self, code: str) -> None:
        super().__init__(
            _("Your catalogue has no family “%(family)s”. Adopt it from the library first."),
            params={"family": code},
        )


class LocationMissing(DomainError):
    """Accepted goods were given no location."""

    code = "location_missing"

    def __init__(self, label: str) -> None:
        super().__init__(_("Choose a location for %(goods)s."), field="location", params={"goods": label})


class CountBelowReserved(DomainError):
    """A count found less than what orders have reserved there."""

    code = "count_below_reserved"

    def __init__(self, reserved_grams: int) -> None:
        super().__init__(
            _("Orders have reserved %(reserved)s here. Change the orders before you count less."),
            field="counted_grams",
            params={"reserved": format_kg(reserved_grams)},
        )


class NothingToMove(DomainError):
    """A movement needs a weight above zero, between two different places."""

    code = "nothing_to_move"

    def __init__(self) -> None:
        super().__init__(_("Give a weight above 0 kg and another place."), field="grams")
