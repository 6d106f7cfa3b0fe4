"""Renaming the sub-domain of a bank: its address changes, its schema, its role and its rows do not."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import DomainError
from tenants.crossing import Purpose, in_platform
from tenants.registry.locks import hold_names, require_idle
from tenants.registry.models import FoodBank
from tenants.registry.naming import host_replaced, require_free_name
from tenants.registry.services import event_write
from tenants.registry.states import BankKind, BankStatus


def bank_rename(actor: Actor, *, bank: FoodBank, slug: str, reason: str = "") -> FoodBank:
    """Give a bank another sub-domain; the former address leads to the new one for a time.

    People sign in again there: a session belongs to one host.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        ValidationError: the name is malformed or reserved.
        Conflict: the name is taken, or looks like one that is; the bank's space is being worked on.
        DomainError: it is the name it has, or the bank is gone.
    """
    require(verbs("rename", when=actor.is_any(Role.OPERATOR)), "rename")
    with in_platform(Purpose.PROVISIONING), transaction.atomic():
        return _renamed(actor, bank, slug, reason)


def _renamed(actor: Actor, bank: FoodBank, slug: str, reason: str) -> FoodBank:
    require_idle(bank.pk)
    hold_names()
    bank = FoodBank.objects.select_for_update(of=("self",)).get(pk=bank.pk)
    if bank.kind == BankKind.FEDERATION or bank.status in (BankStatus.ARCHIVED, BankStatus.ERASED):
        raise DomainError(_("This member keeps its address."), field="slug", code="not_renamed")
    if slug == bank.slug:
        raise DomainError(_("This is the sub-domain it has."), field="slug", code="slug_unchanged")
    require_free_name(slug, bank=bank)
    before = bank.slug
    former = host_replaced(bank, slug)
    facts = {"from": before, "to": slug, "former_host": former}
    event_write(actor, bank=bank, action="renamed", reason=reason, facts=facts)
    return bank
