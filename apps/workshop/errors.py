"""What the workshop refuses, in words a person can act on."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError, Text


class BatchNotOpen(Conflict):
    """The batch is closed or cancelled: nothing is taken for it any more."""

    code = "batch_not_open"

    def __init__(self, number: str, state: Text) -> None:
        super().__init__(
            _("Batch %(number)s is no longer open: %(state)s."), params={"number": number, "state": state}
        )


class NothingTaken(DomainError):
    """A batch was to be closed without anything in it."""

    code = "nothing_taken"

    def __init__(self) -> None:
        super().__init__(_("Nothing was taken for this batch. Take goods, or cancel it."))


class DateNotAhead(DomainError):
    """New goods need a date after today."""

    code = "date_not_ahead"

    def __init__(self) -> None:
        super().__init__(_("Set a date after today."), field="expires_on")


class NotChilled(DomainError):
    """Only chilled goods are frozen here."""

    code = "not_chilled"

    def __init__(self, lot_number: str) -> None:
        super().__init__(_("Lot %(lot)s is not kept chilled."), params={"lot": lot_number})


class FrozenBefore(DomainError):
    """What was frozen once is not frozen again."""

    code = "frozen_before"

    def __init__(self, lot_number: str) -> None:
        super().__init__(_("Lot %(lot)s has been frozen before."), params={"lot": lot_number})


class NotFreezable(DomainError):
    """The catalogue says that the product does not stand freezing."""

    code = "not_freezable"

    def __init__(self, product: str) -> None:
        super().__init__(
            _("“%(product)s” may not be frozen, says your catalogue."), params={"product": product}
        )


class MayNoLongerBeUsed(DomainError):
    """The last day of the goods has passed."""

    code = "past_its_day"

    def __init__(self, lot_number: str) -> None:
        super().__init__(
            _("The last day of lot %(lot)s has passed: record it as lost."), params={"lot": lot_number}
        )


class NoFreezer(DomainError):
    """The goods do not stand where there is a freezer, or another place was chosen."""

    code = "no_freezer"

    def __init__(self, site: str) -> None:
        super().__init__(_("Choose a freezer of the site %(site)s."), field="to", params={"site": site})
