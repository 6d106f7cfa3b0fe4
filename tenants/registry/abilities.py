"""Who may decide over the life of a bank: the operator of the platform, nobody of a bank."""

from apps.kernel.abilities import Abilities, Actor, Role, verbs
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus, StepKind

_VERBS: dict[BankStatus, tuple[str, ...]] = {
    BankStatus.PROVISIONING: (StepKind.PROVISION,),
    BankStatus.READY: ("activate", "suspend", "rename", StepKind.EXPORT, StepKind.ARCHIVE),
    BankStatus.ACTIVE: ("suspend", "rename", StepKind.EXPORT, StepKind.ARCHIVE),
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
