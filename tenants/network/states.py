"""States of an offer on the network, of a step of its routing, and of a transfer between banks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NetworkOfferStatus(models.TextChoices):
    """Where food offered to the network stands. The last four are final: no offer is ever forgotten."""

    OPEN = "open", _("Published")
    ROUTED = "routed", _("With a food bank")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Accepted in part")
    EXPIRED = "expired", _("Not taken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNDER_WAY = frozenset({NetworkOfferStatus.OPEN, NetworkOfferStatus.ROUTED})


class StepState(models.TextChoices):
    """What became of the question put to one bank."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Accepted in part")
    DECLINED = "declined", _("Declined")
    TIMED_OUT = "timed_out", _("No answer in time")
    CANCELLED = "cancelled", _("Cancelled")


class DeskAct(models.TextChoices):
    """What the federation does to an offer by hand."""

    PLACED = "placed", _("Placed by hand")
    CLOSED = "closed", _("Closed by hand")


class TransferState(models.TextChoices):
    """Where a transfer between two banks stands."""

    PROPOSED = "proposed", pgettext_lazy("transfer", "Proposed")
    ACCEPTED = "accepted", pgettext_lazy("transfer", "Accepted")
    SHIPPED = "shipped", _("On the road")
    RECEIVED = "received", pgettext_lazy("transfer", "Received")
    DECLINED = "declined", pgettext_lazy("transfer", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("transfer", "Cancelled")


TRANSFER_STEPS: dict[TransferState, frozenset[TransferState]] = {
    TransferState.PROPOSED: frozenset(
        {TransferState.ACCEPTED, TransferState.DECLINED, TransferState.CANCELLED}
    ),
    TransferState.ACCEPTED: frozenset({TransferState.SHIPPED, TransferState.CANCELLED}),
    TransferState.SHIPPED: frozenset({TransferState.RECEIVED}),
    TransferState.RECEIVED: frozenset(),
    TransferState.DECLINED: frozenset(),
    TransferState.CANCELLED: frozenset(),
}

OPEN_TRANSFERS = frozenset({TransferState.PROPOSED, TransferState.ACCEPTED, TransferState.SHIPPED})

NOT_GONE = frozenset({TransferState.PROPOSED, TransferState.ACCEPTED})


class Direction(models.TextChoices):
    """Which way grams cross the door of a bank's ledger."""

    OUT = "out", _("Left the sender")
    IN = "in", _("Accounted for by the receiver")
