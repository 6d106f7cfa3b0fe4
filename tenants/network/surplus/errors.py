"""Refusals about surplus, requests, agreements and claims."""

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, DomainError, Text
from apps.kernel.quantity import format_kg


class NothingOffered(DomainError):
    """A surplus without goods."""

    code = "nothing_offered"

    def __init__(self) -> None:
        super().__init__(_("Write the weight of at least one lot."))


class OfferEndsInThePast(DomainError):
    """A surplus that would be over as soon as it is published, or would last too long."""

    code = "surplus_ends_wrong"

    def __init__(self, days: int) -> None:
        super().__init__(
            _("Choose a moment to come, within %(days)s days."), field="until", params={"days": days}
        )


class LotMayNotWait(DomainError):
    """A lot that will have to be gone before the surplus ends, may not leave, or has less free."""

    code = "lot_may_not_wait"

    def __init__(self, *, label: str, free: int) -> None:
        super().__init__(
            _("%(goods)s: %(free)s may leave until then. Offer less, or end the offer earlier."),
            params={"goods": label, "free": format_kg(free)},
        )


class SurplusOver(Conflict):
    """The surplus is no longer offered."""

    code = "surplus_over"

    def __init__(self, *, number: str, state: Text) -> None:
        super().__init__(
            _("Surplus %(number)s is “%(state)s”: this is no longer possible."),
            params={"number": number, "state": state},
        )


class GiverAway(Conflict):
    """The bank that offers the surplus is suspended: nobody there could answer."""

    code = "surplus_giver_away"

    def __init__(self, *, bank: str) -> None:
        super().__init__(
            _("%(bank)s is closed for now: nobody there can answer a request."), params={"bank": bank}
        )


class AskedTooMuch(DomainError):
    """More is asked for, or given, than is left of a line."""

    code = "surplus_too_much"

    def __init__(self, *, label: str, left: int) -> None:
        super().__init__(_("%(goods)s: %(left)s are left."), params={"goods": label, "left": format_kg(left)})


class NothingAsked(DomainError):
    """A request for nothing."""

    code = "nothing_asked"

    def __init__(self) -> None:
        super().__init__(_("Write the weight of at least one kind of goods."))


class AlreadyAsked(Conflict):
    """A bank that waits for an answer asks again."""

    code = "surplus_already_asked"

    def __init__(self) -> None:
        super().__init__(
            _("Your food bank has asked already. Take that request back to ask for other goods.")
        )


class RequestAnswered(Conflict):
    """The request no longer waits."""

    code = "request_answered"

    def __init__(self, *, state: Text) -> None:
        super().__init__(_("This request is “%(state)s”: it no longer waits."), params={"state": state})


class GivenWithoutReason(DomainError):
    """Less is given than was asked for and nobody says why."""

    code = "given_without_reason"

    def __init__(self) -> None:
        super().__init__(_("You give less than was asked for: say why."), field="reason")


class ClaimTooLate(Conflict):
    """A claim so many days after the reception."""

    code = "claim_too_late"

    def __init__(self, days: int) -> None:
        super().__init__(_("A claim is made within %(days)s days of the reception."), params={"days": days})


class ClaimNotThere(Conflict):
    """A claim that was made already, or that is not there to answer."""

    code = "claim_not_there"

    def __init__(self) -> None:
        super().__init__(_("Look at the transfer again: this claim is made, or answered, already."))


class AgreementMoved(Conflict):
    """The agreement is no longer where this act expects it."""

    code = "agreement_moved"

    def __init__(self, *, state: Text) -> None:
        super().__init__(_("This agreement is “%(state)s” already."), params={"state": state})


class AgreementEndsFirst(DomainError):
    """An agreement that ends before it starts."""

    code = "agreement_ends_first"

    def __init__(self) -> None:
        super().__init__(_("The last day comes after the first one."), field="ends_on")


class AgreementOfNothing(DomainError):
    """An agreement that says neither how much a week nor what share."""

    code = "agreement_of_nothing"

    def __init__(self) -> None:
        super().__init__(_("Write a share or a weight a week."), field="weekly_grams")
