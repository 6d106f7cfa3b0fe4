"""States of a receipt, verdicts of the control at the dock."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceiptStatus(models.TextChoices):
    """Where a receipt stands."""

    EXPECTED = "expected", _("Expected")
    POSTED = "posted", _("In stock")
    CANCELLED = "cancelled", _("Cancelled")


class Verdict(models.TextChoices):
    """Outcome of the control of a line."""

    ACCEPT = "accept", _("Accepted")
    ACCEPT_WITH_RESERVE = "reserve", _("Accepted with reserve")
    REFUSE = "refuse", _("Refused")
