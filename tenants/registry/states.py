"""States of a food bank's space, and the steps that lead from one to the next."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BankKind(models.TextChoices):
    """What a member of the network is."""

    BANK = "bank", _("Food bank")
    ANTENNA = "antenna", _("Antenna")
    FEDERATION = "federation", _("Federation")


class BankStatus(models.TextChoices):
    """Where a bank's space stands in its life."""

    PROVISIONING = "provisioning", _("Being prepared")
    READY = "ready", _("Ready")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", pgettext_lazy("food bank", "Archived")
    ERASED = "erased", _("Erased")


TRANSITIONS: Final[dict[BankStatus, frozenset[BankStatus]]] = {
    BankStatus.PROVISIONING: frozenset({BankStatus.READY, BankStatus.ARCHIVED}),
    BankStatus.READY: frozenset({BankStatus.ACTIVE, BankStatus.SUSPENDED, BankStatus.ARCHIVED}),
    BankStatus.ACTIVE: frozenset({BankStatus.SUSPENDED, BankStatus.ARCHIVED}),
    BankStatus.SUSPENDED: frozenset({BankStatus.ACTIVE, BankStatus.ARCHIVED}),
    BankStatus.ARCHIVED: frozenset({BankStatus.SUSPENDED, BankStatus.ACTIVE, BankStatus.ERASED}),
    BankStatus.ERASED: frozenset(),
}
"""READY: the space exists, nobody works in it yet. ERASED is final."""

GONE: Final = (BankStatus.ERASED,)
"""States without a schema, a role or a host."""


class StepKind(models.TextChoices):
    """What the owner of the database is asked to do with a bank, in the background."""

    PROVISION = "provision", pgettext_lazy("step", "Open")
    EXPORT = "export", pgettext_lazy("step", "Export")
    ARCHIVE = "archive", pgettext_lazy("step", "Archive")
    ERASE = "erase", pgettext_lazy("step", "Erase")


class StepState(models.TextChoices):
    """Where a step stands."""

    WAITING = "waiting", _("Waiting for the worker")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


UNFINISHED: Final = (StepState.WAITING, StepState.RUNNING)
