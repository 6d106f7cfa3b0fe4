"""States of a surplus, of what banks ask of it, of agreements and claims, and who bears a transport."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SurplusState(models.TextChoices):
    """Where a surplus stands; all but the first are final, and hold nothing in the ledger."""

    OPEN = "open", pgettext_lazy("surplus", "Offered")
    GONE = "gone", _("All allocated")
    EXPIRED = "expired", pgettext_lazy("surplus", "Over")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Reach(models.TextChoices):
    """Which banks see a surplus."""

    NEIGHBOURS = "neighbours", _("Neighbouring departments")
    REGION = "region", _("The region and the neighbours")
    NATION = "nation", _("Every food bank")


class RequestState(models.TextChoices):
    """What became of what a bank asked for."""

    ASKED = "asked", _("To answer")
    ALLOCATED = "allocated", _("Allocated")
    PARTLY = "partly", _("Allocated in part")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Surplus over")


class Driver(models.TextChoices):
    """Who drives the goods of a transfer."""

    SENDER = "sender", _("The sender")
    RECEIVER = "receiver", _("The receiver")
    CARRIER = "carrier", _("A carrier")


class Bearer(models.TextChoices):
    """Who bears the cost of a transport."""

    SENDER = "sender", _("The sender")
    RECEIVER = "receiver", _("The receiver")
    SHARED = "shared", _("Half each")


class ClaimState(models.TextChoices):
    """Where the claim of a receiver stands."""

    OPEN = "open", _("Waits for the sender")
    ACCEPTED = "accepted", pgettext_lazy("claim", "Agreed")
    REFUSED = "refused", pgettext_lazy("claim", "Contested")


class AgreementState(models.TextChoices):
    """Where a standing agreement stands."""

    PROPOSED = "proposed", pgettext_lazy("agreement", "Proposed")
    ACTIVE = "active", pgettext_lazy("agreement", "In force")
    ENDED = "ended", pgettext_lazy("agreement", "Ended")
