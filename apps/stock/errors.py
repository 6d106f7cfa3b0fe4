"""What the warehouse refuses, in words a person can act on."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from apps.kernel import display
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

    wording = _("Lot %(lot)s may not leave.")

    def __init__(self, lot_number: str) -> None:
        super().__init__(self.wording, params={"lot": lot_number})
        self.lot_number = lot_number


class LotIsBlocked(LotRefusal):
    """A blocked lot was to be reserved, handed over or shipped."""

    code = "lot_blocked"
    wording = _("Lot %(lot)s is blocked: it may not leave until it is released.")


class LotInQuarantine(LotRefusal):
    """Goods were to leave from a quarantine location."""

    code = "lot_in_quarantine"
    wording = _("Lot %(lot)s is in quarantine: move it out first.")


class UseByPassed(LotRefusal):
    """The use-by date has passed."""

    code = "use_by_passed"
    wording = _("The use-by date of lot %(lot)s has passed: record it as lost.")


class NotInspected(LotRefusal):
    """Best before has passed and no inspection lets the lot leave on that day."""

    code = "not_inspected"
    wording = _("Lot %(lot)s is past best before: inspect it before it leaves.")


class ProgrammesApart(LotRefusal):
    """Goods of a public programme and other goods were to be stored at the same location."""

    code = "programmes_apart"
    wording = _(
        "Lot %(lot)s cannot be stored there: goods of a public programme have locations of their own, "
        "and nothing else is put there."
    )

    def __init__(self, lot_number: str) -> None:
        super().__init__(lot_number)
        self.field = "to"


class InspectionUseless(LotRefusal):
    """A lot was to be inspected that no inspection could let leave."""

    code = "inspection_useless"
    wording = _(
        "Lot %(lot)s has no best-before date that could still be passed: an inspection changes nothing."
    )


class InspectionUndated(DomainError):
    """An inspection passed, and nobody said until when the goods may leave."""

    code = "inspection_undated"

    def __init__(self) -> None:
        super().__init__(_("Say until which day these goods may leave."), field="valid_until")


class InspectionTooLong(DomainError):
    """An inspection would let goods leave after the last day of grace, or never."""

    code = "inspection_too_long"

    def __init__(self, last: dt.date) -> None:
        super().__init__(
            _("Write a day from today until %(last)s, the last of the days of grace."),
            field="valid_until",
            params={"last": display.day(last)},
        )


class NothingToClear(DomainError):
    """Nothing out of date is left where it was to be cleared."""

    code = "nothing_to_clear"

    def __init__(self) -> None:
        super().__init__(_("Nothing out of date is left of these lots. Reload the page."), field="accounts")


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


class SheetClosed(Conflict):
    """A closed sheet takes no counts."""

    code = "sheet_closed"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Count %(number)s is closed. Open another one to count again."), params={"number": number}
        )


class SheetWaits(DomainError):
    """A sheet still has differences that nobody decided."""

    code = "sheet_waits"

    def __init__(self, count: int) -> None:
        super().__init__(
            _("Decide the differences that wait for approval before you close: %(count)s."),
            params={"count": count},
        )


class NothingToCount(DomainError):
    """There is nothing in the books where a sheet was to look."""

    code = "nothing_to_count"

    def __init__(self) -> None:
        super().__init__(
            _("The books hold nothing there. Choose a location to count what lies in it."), field="locations"
        )


class CounterApproves(DomainError):
    """Who counted approves the own difference."""

    code = "counter_approves"

    def __init__(self) -> None:
        super().__init__(_("You counted this yourself: somebody else has to approve the difference."))


class CountDecided(Conflict):
    """The difference was decided, or the lot was counted again."""

    code = "count_decided"

    def __init__(self) -> None:
        super().__init__(_("This difference is decided already, or was counted again. Reload the page."))


class LotElsewhere(DomainError):
    """A sheet counts one site, the location belongs to another."""

    code = "lot_elsewhere"

    def __init__(self, site: str) -> None:
        super().__init__(
            _("This count is about %(site)s. Choose a location there."),
            field="location",
            params={"site": site},
        )


class NothingToMove(DomainError):
    """A movement needs a weight above zero, between two different places."""

    code = "nothing_to_move"

    def __init__(self) -> None:
        super().__init__(_("Give a weight above 0 kg and another place."), field="grams")


class NoLabel(DomainError):
    """Nothing was asked to be printed."""

    code = "no_label"

    def __init__(self) -> None:
        super().__init__(_("Say of how many pallets you want the label, at least one."), field="pallet_count")


class TooManyLabels(DomainError):
    """More labels were asked for at once than one paper holds."""

    code = "too_many_labels"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("At most %(most)s labels at once. Print the others afterwards."),
            field="pallet_count",
            params={"most": most},
        )


class MoreThanInStock(DomainError):
    """A label was to say more than there is of a lot."""

    code = "more_than_in_stock"

    def __init__(self, lot_number: str, stock_grams: int) -> None:
        super().__init__(
            _("Only %(stock)s of lot %(lot)s are in stock."),
            field="grams",
            params={"lot": lot_number, "stock": format_kg(stock_grams)},
        )


class TooLightToShare(DomainError):
    """There is not enough of a lot, or of its units, for so many pallets."""

    code = "too_light_to_share"

    def __init__(self, lot_number: str, *, field: str) -> None:
        super().__init__(
            _("There is not enough of lot %(lot)s for so many pallets."),
            field=field,
            params={"lot": lot_number},
        )


class ReturnNeedsQuarantine(DomainError):
    """Returned goods were to go straight to a shelf, where orders would find them."""

    code = "return_needs_quarantine"

    def __init__(self) -> None:
        super().__init__(
            _("What comes back goes to a quarantine place first. Choose one, or add one to the site."),
            field="location",
        )


class NotGiven(DomainError):
    """Nothing of a lot left with a document."""

    code = "not_given"

    def __init__(self, *, lot: str, document: str) -> None:
        super().__init__(
            _("%(document)s gave nothing of lot %(lot)s."),
            field="lot",
            params={"lot": lot, "document": document},
        )


class MoreThanGiven(Conflict):
    """More was to come back than is still with the partner."""

    code = "more_than_given"

    def __init__(self, *, lot: str, left_grams: int) -> None:
        super().__init__(
            _("At most %(left)s of lot %(lot)s can come back: the rest has come back already."),
            field="grams",
            params={"lot": lot, "left": format_kg(left_grams)},
        )


class ReturnedMeanwhile(Conflict):
    """A delivery was to be reversed of which something has come back."""

    code = "returned_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Something of this delivery has come back. Reverse the return first."))


class MadeMoreThanTaken(DomainError):
    """What came out of the workshop and what was lost there do not add up to what went in."""

    code = "workshop_unbalanced"

    def __init__(self, taken_grams: int, given_grams: int) -> None:
        super().__init__(
            _(
                "%(taken)s went in and %(given)s come out, losses included: both must be the same. "
                "What was added, water too, is first received as stock and taken like the rest."
            ),
            field="grams",
            params={"taken": format_kg(taken_grams), "given": format_kg(given_grams)},
        )


class SourcesKeptApart(DomainError):
    """Goods of a public programme, or that must stay free, were to be mixed with others."""

    code = "sources_kept_apart"

    def __init__(self) -> None:
        super().__init__(
            _("Goods of a public programme or of a market withdrawal are never mixed with others."),
            field="lot",
        )
