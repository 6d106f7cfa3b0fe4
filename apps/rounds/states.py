"""States of rounds and stops."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundStatus(models.TextChoices):
    """Where a round stands."""

    PLANNED = "planned", _("Planned")
    ON_THE_ROAD = "on_the_road", _("On the road")
    CLOSED = "closed", _("Closed")


class StopStatus(models.TextChoices):
    """Where a stop stands."""

    WAITING = "waiting", _("To do")
    COLLECTED = "collected", _("Collected")
    MISSED = "missed", _("Missed")


class RefusalReason(models.TextChoices):
    """Why goods are left with the donor or thrown away at sorting."""

    TEMPERATURE = "temperature", _("Temperature")
    DATE_PASSED = "date_passed", _("Date passed")
    DAMAGED = "damaged", _("Damaged")
    LABEL = "label", _("Label missing")
    PESTS = "pests", _("Pests")
    NOT_EDIBLE = "not_edible", _("Not edible")
    OTHER = "other", _("Other")


class MissReason(models.TextChoices):
    """Why a stop brought nothing."""

    NOTHING_READY = "nothing_ready", _("Nothing to collect")
    CLOSED = "closed", _("Shop closed")
    LATE = "late", _("Too late")
    BREAKDOWN = "breakdown", _("Breakdown")
    OTHER = "other", _("Other")
