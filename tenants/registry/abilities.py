"""Who may decide over the life of a bank: the operator of the platform, nobody of a bank."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.errors import Text
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus, StepKind

_VERBS: dict[BankStatus, tuple[str, ...]] = {
    BankStatus.PROVISIONING: (StepKind.PROVISION,),
    BankStatus.READY: ("activate", "suspend", "rename", StepKind.EXPORT, StepKind.ARCHIVE),
    BankStatus.ACTIVE: ("invite", "suspend", "rename", StepKind.EXPORT, StepKind.ARCHIVE),
    BankStatus.SUSPENDED: ("resume", "rename", StepKind.EXPORT, StepKind.ARCHIVE),
    BankStatus.ARCHIVED: ("restore", StepKind.EXPORT, StepKind.ERASE),
    BankStatus.ERASED: ("prove",),
}


def abilities(actor: Actor, obj: FoodBank | None = None) -> Abilities:
    """Return what this person may do with the banks of the network, or with one in its present state.

    Steps that need a space of its own (export, archive, erase) are not offered for the federation.
    """
    allowed = verbs("view", "open", "create", "outbox", when=actor.is_any(Role.OPERATOR))
    if obj is None or not allowed:
        return allowed
    here = frozenset(map(str, _VERBS[BankStatus(obj.status)]))
    return allowed | (here if obj.has_schema else here & {"rename"})


SENTENCES: Final[dict[str, Text]] = {
    "view": _("See the banks of the network"),
    "open": _("Open a food bank"),
    "create": _("Register a food bank"),
    "outbox": _("Look after the work that was set aside"),
    "provision": _("Have the space of a bank built"),
    "activate": _("Open a bank to its people"),
    "invite": _("Invite a manager to a bank"),
    "suspend": _("Suspend a bank"),
    "resume": _("Open a suspended bank again"),
    "rename": _("Rename a bank"),
    "export": _("Export a bank"),
    "archive": _("Archive a bank"),
    "restore": _("Take a bank out of the archive"),
    "erase": _("Erase a bank"),
    "prove": _("Read the proof of an erasure"),
}
"""What each verb lets do, in words."""
