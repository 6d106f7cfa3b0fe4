"""States of a food bank's space."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BankKind(models.TextChoices):
    """What a member of the network is."""

    BANK = "bank", _("Food bank")
    ANTENNA = "antenna", _("Antenna")
    FEDERATION = "federation", _("Federation")


class BankStatus(models.TextChoices):
    """Where a bank's space stands in its life."""

    PROVISIONING = "provisioning", _("Being prepared")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")


TRANSITIONS: dict[BankStatus, frozenset[BankStatus]] = {
    BankStatus.PROVISIONING: frozenset({BankStatus.ACTIVE, BankStatus.ARCHIVED}),
    BankStatus.ACTIVE: frozenset({BankStatus.SUSPENDED, BankStatus.ARCHIVED}),
    BankStatus.SUSPENDED: frozenset({BankStatus.ACTIVE, BankStatus.ARCHIVED}),
    BankStatus.ARCHIVED: frozenset(),
}
