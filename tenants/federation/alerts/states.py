"""Where a notice comes from, what became of a record, how a reading ended, how far a bank is."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Text


class NoticeSource(models.TextChoices):
    """Who published a recall for the whole network."""

    RAPPELCONSO = "rappelconso", _("RappelConso")
    FEDERATION = "federation", _("Federation")


class RecordState(models.TextChoices):
    """What became of a record as it was received."""

    TAKEN = "taken", _("Understood")
    PARTLY = "partly", _("Partly understood: to read by a person")
    UNREAD = "unread", _("Not understood: to read by a person")
    OLDER = "older", _("Older than what is known")
    SETTLED = "settled", _("Read by a person")


class Trouble(models.TextChoices):
    """Why a record, or a whole reading, was not understood."""

    NOT_A_RECORD = "not_a_record", _("It is no record.")
    NO_IDENTITY = "no_identity", _("It has no sheet number or no version.")
    NO_NAME = "no_name", _("It names neither goods nor brand nor barcode.")
    STRANGE_PART = "strange_part", _("A part of what identifies the goods is not understood.")
    STRANGE_DATE = "strange_date", _("A date is not understood.")
    TOO_LONG = "too_long", _("A text is too long and was shortened.")
    FAULT = "fault", _("The software could not deal with it.")
    UNREACHABLE = "unreachable", _("The source does not answer.")
    TOO_SLOW = "too_slow", _("The source answers too slowly.")
    REFUSED = "refused", _("The source refuses our question.")
    BROKEN = "broken", _("The source fails.")
    NOT_JSON = "not_json", _("The answer is not what the source promises.")
    TOO_LARGE = "too_large", _("The answer is too large.")
    REPEATED = "repeated", _("The source repeats the same page.")


class BankStanding(models.TextChoices):
    """How far a bank is with a recall."""

    NO_LOT = "no_lot", _("No lot found with these criteria")
    TO_CHECK = "to_check", _("Lots to check")
    KEPT_BACK = "kept_back", _("Lots kept back")
    TOLD = "told", _("Partners told")
    ANSWERED = "answered", _("Every partner answered")
    CLOSED = "closed", _("Closed")


TO_READ: Final = frozenset({RecordState.PARTLY, RecordState.UNREAD})
"""States of a record that waits for a person."""

TROUBLE_LABELS: Final[dict[str, Text]] = {trouble.value: trouble.label for trouble in Trouble}
