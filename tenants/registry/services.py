"""Opening and moving banks: one service for sign-up, demonstration, commands and tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import Conflict, DomainError
from apps.kernel.facts import emit
from apps.kernel.scope import OWNER_DATABASE
from tenants.crossing import Purpose, in_owner, in_platform
from tenants.isolation.schemas import build_schema
from tenants.registry.facts import BankResumed
from tenants.registry.letterheads import letterhead_prepare
from tenants.registry.locks import BankBusy, bank_lock, hold_names, require_idle
from tenants.registry.models import BankEvent, BankStep, Domain, FoodBank, Territory
from tenants.registry.naming import require_free_name, schema_for
from tenants.registry.states import TRANSITIONS, UNFINISHED, BankKind, BankStatus, StepKind
from tenants.registry.versions import is_present

LONGEST_OPENING_SECONDS = 60
"""How long a second opening of the same bank waits for the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBank:
    """What is needed to open a bank; ``departments`` are the codes it serves."""

    name: str
    slug: str
    kind: BankKind = BankKind.BANK
    parent: FoodBank | None = None
    departments: Sequence[str] = ()
    address: dict[str, object] = field(default_factory=dict)
    """Optional fields of :class:`FoodBank`: address, postcode, city, department, latitude, …"""
    activate: bool = True
    """Open it to its people as soon as its space is ready."""


def bank_open(actor: Actor, *, new: NewBank) -> FoodBank:
    """Open a bank: register it, build its space, make it active. Safe to repeat after an interruption.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        Conflict: the sub-domain belongs to another bank.
        ValidationError: a field is wrong.
    """
    bank = bank_register(actor, new=new)
    bank_provision(actor, bank=bank, activate=new.activate)
    return bank


def bank_register(actor: Actor, *, new: NewBank) -> FoodBank:
    """Write a bank's name, host and territory in the register; it has no space yet.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        Conflict: the sub-domain belongs to another bank.
        ValidationError: a field is wrong.
    """
    require(verbs("open", when=actor.is_any(Role.OPERATOR)), "open")
    with in_platform(Purpose.PROVISIONING), transaction.atomic():
        hold_names()
        return _found(new) or _registered(actor, new)


def bank_provision(actor: Actor, *, bank: FoodBank, activate: bool = True) -> FoodBank:
    """Build the space of a registered bank, under its lock; one that has its space is left as it is.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        BankBusy: somebody else has been building it for a minute.
    """
    require(verbs("open", when=actor.is_any(Role.OPERATOR)), "open")
    with in_owner(Purpose.PROVISIONING), bank_lock(bank.pk, wait_seconds=LONGEST_OPENING_SECONDS):
        bank.status = FoodBank.objects.values_list("status", flat=True).get(pk=bank.pk)
        if bank.status == BankStatus.PROVISIONING:
            if bank.has_schema:
                build_schema(bank.schema_name)
                letterhead_prepare(bank)
            with transaction.atomic(using=OWNER_DATABASE):
                move(actor, bank=bank, to=BankStatus.READY)
        if bank.status == BankStatus.READY and activate:
            with transaction.atomic(using=OWNER_DATABASE):
                move(actor, bank=bank, to=BankStatus.ACTIVE)
    return bank


def bank_move(actor: Actor, *, bank: FoodBank, to: BankStatus, reason: str = "") -> FoodBank:
    """Move a bank to another state of its life: open, suspend, resume, archive, restore.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        DomainError: the life of a bank has no such step; a suspension gives no reason.
        Conflict: somebody moved it meanwhile, or its space is being worked on.
    """
    require(verbs("move", when=actor.is_any(Role.OPERATOR)), "move")
    closes = to == BankStatus.SUSPENDED and bank.status != BankStatus.ARCHIVED
    if closes and not (reason or actor.is_software):
        raise DomainError(_("Say why the bank is suspended."), field="reason", code="reason_missing")
    if to == BankStatus.ERASED:
        raise _no_such_step(bank, to)
    with in_platform(Purpose.PROVISIONING), transaction.atomic():
        require_idle(bank.pk)
        if to == BankStatus.ACTIVE and bank.has_schema and not is_present(bank.schema_name):
            raise DomainError(
                _("Its space is of an older version: run `collecto migrate` first."), code="space_is_older"
            )
        steps = BankStep.objects.filter(bank_id=bank.pk, state__in=UNFINISHED)
        if steps.exclude(kind=StepKind.EXPORT).exists():
            raise BankBusy
        moved = move(actor, bank=bank, to=to, reason=reason)
        if to == BankStatus.ACTIVE:
            emit(BankResumed(bank_id=bank.pk))
        return moved


def move(
    actor: Actor,
    *,
    bank: FoodBank,
    to: BankStatus,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> FoodBank:
    """Change the state of a bank and write it in its history, in the caller's scope and transaction.

    Raises:
        DomainError: the life of a bank has no such step.
        Conflict: somebody moved it meanwhile.
    """
    before = BankStatus(bank.status)
    if to not in TRANSITIONS[before]:
        raise _no_such_step(bank, to)
    if not FoodBank.objects.filter(pk=bank.pk, status=before).update(status=to, status_since=clock.now()):
        raise Conflict(_("This bank has just been changed by somebody else."))
    event_write(
        actor, bank=bank, action="moved", from_status=before, to_status=to, reason=reason, facts=facts
    )
    bank.status = to
    return bank


def event_write(
    actor: Actor,
    *,
    bank: FoodBank,
    action: str,
    from_status: str = "",
    to_status: str = "",
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> BankEvent:
    """Append a line to the history of a bank."""
    return BankEvent.objects.create(
        bank_id=bank.pk,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        action=action,
        from_status=from_status,
        to_status=to_status,
        reason=reason[:500],
        facts=dict(facts or {}),
    )


def _no_such_step(bank: FoodBank, to: BankStatus) -> DomainError:
    return DomainError(
        _("A bank cannot go from “%(now)s” to “%(to)s”."),
        code="bank_no_such_step",
        params={"now": BankStatus(bank.status).label, "to": to.label},
    )


def _found(new: NewBank) -> FoodBank | None:
    """Return the bank that was registered by an earlier opening of the same one.

    Raises:
        Conflict: the sub-domain belongs to another bank.
    """
    found = FoodBank.objects.filter(slug=new.slug).first()
    if found is not None and found.name != new.name:
        raise Conflict(_("This sub-domain is taken."), field="slug", code="slug_taken")
    return found


def _registered(actor: Actor, new: NewBank) -> FoodBank:
    """Write the registry row of a bank being opened, with its host and territory."""
    if new.kind != BankKind.FEDERATION:
        require_free_name(new.slug)
    bank = FoodBank(
        kind=new.kind,
        parent=new.parent,
        name=new.name,
        slug=new.slug,
        schema_name=schema_for(new.slug),
        **new.address,
    )
    bank.full_clean()
    bank.save()
    Domain.objects.create(tenant=bank, domain=f"{new.slug}.{settings.BASE_DOMAIN}", is_primary=True)
    Territory.objects.bulk_create([Territory(bank=bank, department=code) for code in new.departments])
    event_write(actor, bank=bank, action="registered", to_status=BankStatus.PROVISIONING)
    return bank
