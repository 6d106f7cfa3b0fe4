"""Where a recall comes from, where its case stands, what was decided about a lot, what a partner answered."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind
from apps.kernel.errors import Text
from apps.recalls.rules import Reason, Rung


class CaseSource(models.TextChoices):
    """Who says that goods must not be eaten."""

    RAPPELCONSO = "rappelconso", _("RappelConso")
    FEDERATION = "federation", _("Federation")
    SISTER = "sister", _("Another food bank")
    LOCAL = "local", _("Supplier, donor or the bank itself")


class CaseState(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class MatchState(models.TextChoices):
    """What holds for a lot."""

    TO_CHECK = "to_check", _("To check")
    OURS = "ours", _("Recalled")
    NOT_OURS = "not_ours", _("Not concerned")


class ReachState(models.TextChoices):
    """Where a partner that was served stands."""

    WAITING = "waiting", _("Not read yet")
    READ = "read", _("Read, not answered")
    ANSWERED = "answered", _("Answered")
    EXPLAINED = "explained", _("Explained by the bank")


class AnswerWay(models.TextChoices):
    """How an answer came."""

    PAGE = "page", _("On its page")
    LINK = "link", _("By the link of the message")
    PHONE = "phone", _("By telephone")


SETTLED: Final = frozenset({ReachState.ANSWERED, ReachState.EXPLAINED})
"""States in which nobody waits for a partner any more."""

TO_TELEPHONE: Final = _("No e-mail: telephone")

RUNG_LABELS: Final[dict[Rung, Text]] = {
    Rung.LOT: _("1 · barcode and lot"),
    Rung.DATE: _("2 · barcode and date"),
    Rung.PRODUCT: _("3 · barcode, all lots"),
    Rung.CHECK: _("4 · to check"),
}
REASON_LABELS: Final[dict[Reason, Text]] = {
    Reason.SAME_LOT: _("Same barcode and same lot number."),
    Reason.SAME_DATE: _("Same barcode and same date."),
    Reason.WHOLE_PRODUCT: _("Same barcode; the notice means every lot."),
    Reason.SAME_GOODS: _("The same goods are recalled by another food bank."),
    Reason.MADE_FROM: _("Made from a recalled lot."),
    Reason.LOT_UNKNOWN: _("Same barcode; lot number or date cannot be compared. Look at the label."),
    Reason.LOT_DIFFERS: _("Same barcode, another lot number or date. Compare by eye."),
    Reason.LIKENESS: _("The name looks like what is recalled. Look into the lot."),
    Reason.DISTRIBUTOR: _("A mix from a distributor of the notice, received in its period. Look into it."),
}

DATE_CHOICES: Final = [
    ("", _("Not said")),
    *((kind.value, kind.label) for kind in DateKind if kind != DateKind.NONE),
]

NOT_CLEARANCE: Final = _(
    "No lot found with these criteria. This does not say that the goods are safe: check the shelves, the"
    " mixed lots and what arrived without a label."
)
"""What is said where nothing matches; nothing in the product ever says more."""
