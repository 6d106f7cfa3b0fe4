"""Setting how offers are routed: the federation for the network, each bank for itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.kernel.abilities import Actor, require
from apps.kernel.changes import Changes, changed_fields, differences, first_values
from apps.kernel.history import write_entry
from apps.kernel.scope import current_bank_id
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network import errors
from tenants.network.abilities import abilities, desk_abilities
from tenants.network.models import BankRouting, RoutingPolicy
from tenants.registry.models import FoodBank
from tenants.registry.selectors import operating_banks


def policy_set(actor: Actor, *, reason: str, **settings: Any) -> RoutingPolicy:
    """Set how the offers to come are routed; what held before stays in the history.

    Raises:
        Forbidden: only people of the federation.
        ValidationError: a number is out of bounds.
    """
    require(desk_abilities(actor), "set_policy")
    policy = RoutingPolicy(
        **settings, reason=reason.strip(), actor_id=actor.id, actor_label=actor.label[:200]
    )
    with in_platform(Purpose.ROUTING):
        policy.full_clean()
        policy.save(force_insert=True)
    return policy


def need_set(actor: Actor, *, bank: UUID, weekly_need_grams: int | None, reason: str = "") -> BankRouting:
    """Say what a bank needs in a week, ``None``: as reckoned; its own journal tells of it.

    Raises:
        Forbidden: only people of the federation.
        DomainError: this is no bank at work, or it would need nothing: the router takes that for unknown.
    """
    require(desk_abilities(actor), "set_need")
    if weekly_need_grams is not None and weekly_need_grams < 1:
        raise errors.NeedsNothing
    with in_platform(Purpose.ROUTING), transaction.atomic():
        chosen = operating_banks().filter(pk=bank).first()
        if chosen is None:
            raise errors.NotAtWork
        row, changes = _saved(chosen.pk, {"weekly_need_grams": weekly_need_grams})
        if changes:
            with in_tenant(chosen, Purpose.ROUTING):
                write_entry(actor, row, "changed", changes=changes, reason=reason)
        return row


@transaction.atomic
def bank_rules_set(actor: Actor, **settings: Any) -> BankRouting:
    """Set the standing rules of the open bank; its need is not its own to say.

    Raises:
        Forbidden: only its managers.
        DomainError: it would take automatically without saying how much.
    """
    require(abilities(actor), "keep_rules")
    weights = [settings[name] for name in settings if name.endswith("_auto_grams")]
    if settings["takes_automatically"] and not any(weights):
        raise errors.NothingAutomatic
    bank_id = current_bank_id()
    with in_platform(Purpose.ROUTING):
        row, changes = _saved(bank_id, settings)
    if changes:
        write_entry(actor, row, "changed", changes=changes)
    return row


def _saved(bank_id: UUID, values: Mapping[str, Any]) -> tuple[BankRouting, Changes]:
    """Save what is told of a bank, and return what changed of it (platform's scope).

    The bank is locked: before anything is told of it there is no other row to wait for.
    """
    bank = FoodBank.objects.select_for_update(no_key=True).get(pk=bank_id)
    row = BankRouting.objects.select_for_update().filter(bank_id=bank_id).first()
    if row is None:
        row = BankRouting(bank=bank, **values)
        row.save(force_insert=True)
        told = first_values(row)
        return row, {name: pair for name, pair in told.items() if name in values}
    for name, value in values.items():
        setattr(row, name, value)
    fields = changed_fields(row)
    changes = differences(row, fields)
    if fields:
        row.save(update_fields=[field.name for field in fields])
    return row, changes
