"""States of a picking list, and the sections of a delivery note."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.donors.states import SupplySource


class PickingStatus(models.TextChoices):
    """Where a picking list stands."""

    TO_PICK = "to_pick", _("To pick")
    PICKED = "picked", _("Picked")
    HANDED_OVER = "handed_over", _("Handed over")
    CANCELLED = "cancelled", pgettext_lazy("picking list", "Cancelled")


OPEN = frozenset({PickingStatus.TO_PICK, PickingStatus.PICKED})
"""States in which weights may still be recorded."""


class NoteSection(models.TextChoices):
    """The parts of a delivery note, which keep public food apart from gifts."""

    EUROPEAN = "european", _("European food (ESF+)")
    STATE = "state", _("National credit for social groceries")
    PURCHASES = "purchases", _("Purchases")
    WITHDRAWALS = "withdrawals", _("Market withdrawals")
    GIFTS = "gifts", _("Gifts")


SECTION_OF: dict[str, NoteSection] = {
    SupplySource.FSE_PLUS: NoteSection.EUROPEAN,
    SupplySource.CNES: NoteSection.STATE,
    SupplySource.PURCHASE_MMPT: NoteSection.PURCHASES,
    SupplySource.PURCHASE_OWN: NoteSection.PURCHASES,
    SupplySource.AGRI_WITHDRAWAL: NoteSection.WITHDRAWALS,
}
"""Section of each supply source; the others are gifts."""
