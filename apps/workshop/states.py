"""What a batch is, where it stands, and what its lines say."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchKind(models.TextChoices):
    """What the workshop does with goods."""

    TRANSFORM = "transform", _("Cooking")
    FREEZE = "freeze", _("Freezing")


class BatchStatus(models.TextChoices):
    """Where a batch stands."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class LineRole(models.TextChoices):
    """What a movement is to its batch."""

    INPUT = "input", _("Taken")
    OUTPUT = "output", _("Made")
    LOSS = "loss", _("Lost")
