"""What the operator's pages call states, acts and events."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.display import Tone
from apps.kernel.errors import Text
from tenants.registry.states import BankStatus

STATUS_TONES: Final = {
    BankStatus.PROVISIONING: Tone.INFO,
    BankStatus.READY: Tone.INFO,
    BankStatus.ACTIVE: Tone.OK,
    BankStatus.SUSPENDED: Tone.WARN,
    BankStatus.ARCHIVED: Tone.NEUTRAL,
    BankStatus.ERASED: Tone.NEUTRAL,
}
ACT_LABELS: Final[dict[str, Text]] = {
    "provision": _("Build the space"),
    "activate": _("Open to its people"),
    "resume": _("Resume"),
    "restore": _("Take out of the archive"),
    "export": _("Export"),
    "rename": _("Rename"),
    "suspend": _("Suspend"),
    "archive": _("Archive"),
    "erase": _("Erase"),
}
ACT_LEADS: Final[dict[str, Text]] = {
    "provision": _("Builds what is missing of its space. What is there stays."),
    "activate": _("Its people can sign in from this moment."),
    "resume": _("Its people can sign in again from this moment."),
    "restore": _("It comes back suspended: look at it, then resume it."),
    "export": _(
        "Copies the whole bank, as it stands at one instant, into one file. The bank goes on working."
    ),
    "rename": _(
        "Its address changes and the former one leads to it. Everybody signs in again at the new address."
        " Its data, its exports and its number stay the same."
    ),
    "suspend": _("Nobody can work in it until it is resumed. Its data are kept, its figures stay counted."),
    "archive": _("It is closed and exported; the export can be fetched here. It can be taken out again."),
    "erase": _(
        "Everything it holds is removed for good: tables, files, people's roles, tokens, addresses. Papers of"
        " transfers and past national figures stay under a number. There is no way back."
    ),
}
EVENT_LABELS: Final[dict[str, Text]] = {
    "registered": _("Registered"),
    "renamed": _("Renamed"),
    "exported": _("Exported"),
    "restored": _("Restored from an export"),
    "provision_failed": _("Opening failed"),
    "export_failed": _("Export failed"),
    "archive_failed": _("Archiving failed"),
    "erase_failed": _("Erasure failed"),
    "name_forgotten": _("A person’s name was taken out"),
}
