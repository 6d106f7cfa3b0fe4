"""What the network refuses, in words a person can act on."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.kernel.display import number
from apps.kernel.errors import Conflict, DomainError, Forbidden, Text
from apps.kernel.quantity import format_kg
from tenants.network.advice import REFUSED
from tenants.network.givable import Refusal

NOT_YOURS = _("Only the bank that holds these goods can propose them.")


class NoGoods(DomainError):
    """An offer to the network without a weight."""

    code = "no_goods"

    def __init__(self) -> None:
        super().__init__(_("Write at least one kind of food with its weight."))


class NotGivable(DomainError):
    """Food that the law or the rules of the network keep out of an offer."""

    code = "not_givable"

    def __init__(self, refusal: Refusal, *, label: str) -> None:
        super().__init__(_("%(goods)s: %(why)s"), params={"goods": label, "why": REFUSED[refusal]})


class NotOnTheseTerms(DomainError):
    """A gift that asks money."""

    code = "not_on_these_terms"

    def __init__(self) -> None:
        super().__init__(
            _("A gift asks nothing. Empty what is asked per kg, or choose to sell."), field="terms"
        )


class WindowClosed(DomainError):
    """A pick-up window that ends before it begins, or is over already."""

    code = "window_closed"

    def __init__(self) -> None:
        super().__init__(_("The pick-up must end after it begins, and not be over yet."), field="until")


class WeekReversed(DomainError):
    """A weekly gift that ends before it begins, in the day or in the year."""

    code = "week_reversed"

    def __init__(self, *, field: str) -> None:
        super().__init__(_("The end must come after the beginning."), field=field)


class TooManyWeekly(DomainError):
    """A donor has as many weekly gifts as it may."""

    code = "too_many_weekly"

    def __init__(self, *, most: int) -> None:
        super().__init__(_("At most %(most)s weekly gifts. End one first."), params={"most": most})


class NetworkOfferClosed(Conflict):
    """The offer has its answer: it can no longer be withdrawn."""

    code = "network_offer_closed"

    def __init__(self) -> None:
        super().__init__(_("This offer has just been answered. Call the food bank that takes it."))


class NotABank(DomainError):
    """Goods can only go to another bank that is at work."""

    code = "not_a_bank"

    def __init__(self) -> None:
        super().__init__(_("Choose another food bank that is at work."), field="to_bank")


class NotEnoughToTransfer(DomainError):
    """More is proposed than the lot has free at that place."""

    code = "not_enough_to_transfer"

    def __init__(self, available_grams: int) -> None:
        super().__init__(
            _("Only %(available)s of this lot are free there."),
            field="grams",
            params={"available": format_kg(available_grams)},
        )


class ArrivedUnmeasured(DomainError):
    """Cold goods were to be received without a measure."""

    code = "arrived_unmeasured"

    def __init__(self, *, label: str) -> None:
        super().__init__(
            _("%(goods)s: measure the temperature before accepting it."),
            field="temperature_c",
            params={"goods": label},
        )


class ArrivedTooWarm(DomainError):
    """Cold goods arrived above the limit of the bank."""

    code = "arrived_too_warm"

    def __init__(self, *, label: str, limit: Decimal) -> None:
        super().__init__(
            _("%(goods)s: nothing is accepted above %(limit)s °C. Write 0 kg received, and say why."),
            field="temperature_c",
            params={"goods": label, "limit": number(limit, decimals=1)},
        )


class ShippedTooMuch(DomainError):
    """More is shipped than was agreed, or nothing at all."""

    code = "shipped_too_much"

    def __init__(self, *, label: str, agreed: int) -> None:
        super().__init__(
            _("%(goods)s: ship between 1 g and the %(agreed)s agreed. For more, propose a second transfer."),
            params={"goods": label, "agreed": format_kg(agreed)},
        )


class ArrivedTooMuch(DomainError):
    """More arrives than was shipped: the surplus is a matter of counting, not of transport."""

    code = "arrived_too_much"

    def __init__(self, *, label: str, shipped: int) -> None:
        super().__init__(
            _("%(goods)s: %(shipped)s were shipped. Receive at most that, then count the lot."),
            params={"goods": label, "shipped": format_kg(shipped)},
        )


class DifferenceWithoutReason(DomainError):
    """Less arrives than was shipped and nobody says why."""

    code = "difference_without_reason"

    def __init__(self) -> None:
        super().__init__(_("Less arrived than was shipped: say why."), field="reason")


class TransferMoved(Conflict):
    """The transfer is no longer where this act expects it."""

    code = "transfer_moved"

    def __init__(self, *, number: str, state: Text) -> None:
        super().__init__(
            _("Transfer %(number)s is “%(state)s”: this is no longer possible."),
            params={"number": number, "state": state},
        )


class AddressMissing(DomainError):
    """A donor without an e-mail cannot be known to the network."""

    code = "email_missing"

    def __init__(self) -> None:
        super().__init__(_("Write the e-mail of the donor in its file first: the link belongs to it."))


class OtherFile(Conflict):
    """Two files of one bank are about the same donor."""

    code = "other_file"

    def __init__(self) -> None:
        super().__init__(
            _("Another file of this bank has this e-mail and name, and the link. Open that one instead.")
        )


class FileAway(DomainError):
    """The link of a donor whose file is archived is not handed out."""

    code = "file_archived"

    def __init__(self) -> None:
        super().__init__(_("This file is archived. Restore it to hand out a link."))


class LinkClosed(DomainError):
    """The donor has no link that opens anything."""

    code = "link_closed"

    def __init__(self) -> None:
        super().__init__(_("This donor has no link in force. Make one first."))


class LinkWithheld(Forbidden):
    """The account of the donor is not of this bank's making, and has offered it nothing yet."""

    code = "link_withheld"

    def __init__(self) -> None:
        super().__init__(
            _("This donor is not known through this bank: its link is only sent to its own address.")
        )


class LinkChanged(Conflict):
    """Somebody else has just revoked, replaced or given back the link."""

    code = "link_changed"

    def __init__(self) -> None:
        super().__init__(_("Somebody has just changed this link. Look at the page again."))


class OfferOver(Conflict):
    """The offer is closed, or its pick-up is over."""

    code = "offer_over"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("Offer %(number)s is closed: nobody can be asked any more."), params={"number": number}
        )


class NotAtWork(DomainError):
    """The bank named is no bank at work."""

    code = "not_at_work"

    def __init__(self) -> None:
        super().__init__(_("Choose a food bank that is at work."), field="bank")


class AskedBefore(DomainError):
    """A bank is asked about an offer once."""

    code = "asked_before"

    def __init__(self, *, bank: str) -> None:
        super().__init__(
            _("%(bank)s has been asked about this offer already."), field="bank", params={"bank": bank}
        )


class NotFree(DomainError):
    """More is placed by hand than is free."""

    code = "not_free"

    def __init__(self, *, free_grams: int) -> None:
        super().__init__(
            _("Only %(free)s are free: the rest is taken, or another bank is asked for it."),
            field="grams",
            params={"free": format_kg(free_grams)},
        )


class FamilyUnknown(DomainError):
    """The catalogue of the bank lacks a family of the goods."""

    code = "family_unknown"

    def __init__(self, *, bank: str) -> None:
        super().__init__(
            _("The catalogue of %(bank)s lacks a family of these goods."), field="bank", params={"bank": bank}
        )


class NeedsNothing(DomainError):
    """A bank is said to need nothing; what says nothing of its need is left empty."""

    code = "needs_nothing"

    def __init__(self) -> None:
        super().__init__(_("Write a weight above 0 kg."), field="weekly_need_grams")


class NothingAutomatic(DomainError):
    """A bank takes automatically, and does not say how much."""

    code = "nothing_automatic"

    def __init__(self) -> None:
        super().__init__(
            _("Write how much of at least one class is taken by itself."), field="takes_automatically"
        )
