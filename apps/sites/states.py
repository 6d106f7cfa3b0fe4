"""Choices of the sites."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteKind(models.TextChoices):
    """What a place is for."""

    WAREHOUSE = "warehouse", _("Warehouse")
    ANTENNA = "antenna", _("Antenna")
    DEPOT = "depot", _("Depot")
    WORKSHOP = "workshop", _("Workshop")


class LocationPurpose(models.TextChoices):
    """What a storage location is used for; quarantined goods never leave from theirs."""

    RECEIVING = "receiving", _("Receiving")
    STORAGE = "storage", _("Storage")
    DISPATCH = "dispatch", _("Dispatch")
    QUARANTINE = "quarantine", _("Quarantine")


class Programme(models.TextChoices):
    """A public programme whose goods have locations of their own; the codes are those of supply sources."""

    FSE_PLUS = "FSE_PLUS", _("European food (ESF+)")
    CNES = "CNES", _("National credit for social groceries")
    PURCHASE_MMPT = "PURCHASE_MMPT", _("“Eat better for all” purchase")


class SlotPurpose(models.TextChoices):
    """What happens at the dock during an opening slot."""

    RECEIVING = "receiving", _("Receiving")
    HANDOVER = "handover", _("Handover to partners")
