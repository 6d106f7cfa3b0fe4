"""Opening and closing banks: one service for sign-up, demonstration, commands and tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import Conflict, DomainError
from tenants.crossing import Purpose, in_platform
from tenants.isolation.schemas import build_schema
from tenants.registry.models import Domain, FoodBank, Territory
from tenants.registry.states import TRANSITIONS, BankKind, BankStatus

RESERVED_SLUGS = frozenset({"www", "collecto", "api", "admin", "public", "static", "mail", "federation"})


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


def bank_open(actor: Actor, *, new: NewBank) -> FoodBank:
    """Open a bank: register it, build its space, make it active. Safe to repeat after an interruption.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        Conflict: the sub-domain belongs to another bank.
        ValidationError: a field is wrong.
    """
    require(verbs("open", when=actor.is_any(Role.OPERATOR)), "open")
    with in_platform(Purpose.PROVISIONING):
        bank = _registered(new)
    if bank.has_schema:
        build_schema(bank.schema_name)
    with in_platform(Purpose.PROVISIONING):
        if bank.status == BankStatus.PROVISIONING:
            bank_move(actor, bank=bank, to=BankStatus.ACTIVE)
    return bank


def bank_move(actor: Actor, *, bank: FoodBank, to: BankStatus) -> FoodBank:
    """Move a bank to another state of its life.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        DomainError: the life of a bank has no such step.
        Conflict: somebody moved it meanwhile.
    """
    require(verbs("move", when=actor.is_any(Role.OPERATOR)), "move")
    if to not in TRANSITIONS[BankStatus(bank.status)]:
        raise DomainError(
            _("A bank cannot go from “%(now)s” to “%(to)s”."),
            code="bank_no_such_step",
            params={"now": BankStatus(bank.status).label, "to": to.label},
        )
    if not FoodBank.objects.filter(pk=bank.pk, status=bank.status).update(status=to):
        raise Conflict(_("This bank has just been changed by somebody else."))
    bank.status = to
    return bank


@transaction.atomic
def _registered(new: NewBank) -> FoodBank:
    """Return the registry row of a bank being opened, with its host and territory."""
    found = FoodBank.objects.filter(slug=new.slug).first()
    if found is not None:
        if found.name != new.name:
            raise Conflict(_("This sub-domain is taken."), field="slug", code="slug_taken")
        return found
    if new.slug in RESERVED_SLUGS and new.kind != BankKind.FEDERATION:
        raise ValidationError({"slug": _("This sub-domain is reserved.")})
    bank = FoodBank(
        kind=new.kind,
        parent=new.parent,
        name=new.name,
        slug=new.slug,
        schema_name="b_" + new.slug.replace("-", "_"),
        **new.address,
    )
    bank.full_clean()
    bank.save()
    Domain.objects.create(tenant=bank, domain=f"{new.slug}.{settings.BASE_DOMAIN}", is_primary=True)
    Territory.objects.bulk_create([Territory(bank=bank, department=code) for code in new.departments])
    return bank
