"""States of a picking list and of a delivery note."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PickingStatus(models.TextChoices):
    """Where a picking list stands."""

    TO_PICK = "to_pick", _("To pick")
    PICKED = "picked", _("Picked")
    HANDED_OVER = "handed_over", _("Handed over")
    CANCELLED = "cancelled", _("Cancelled")
