"""Standing agreements between two banks: one proposes, the other agrees, either ends."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from apps.catalogue.models import ProductFamily
from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.changes import changed_fields, differences, first_values
from apps.kernel.history import write_entry
from apps.kernel.scope import current_bank_id
from tenants.crossing import Purpose, in_platform, in_tenant
from tenants.network.abilities import abilities
from tenants.network.errors import NotABank
from tenants.network.models import TransferAgreement
from tenants.network.surplus import errors
from tenants.network.surplus.states import AgreementState
from tenants.registry.models import FoodBank
from tenants.registry.states import BankStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed on: goods (both empty: anything), a share (%) or grams a week, who drives, how long."""

    family: ProductFamily | None = None
    temperature_class: str = ""
    share_percent: int | None = None
    weekly_grams: int | None = None
    driver: str = ""
    starts_on: dt.date
    ends_on: dt.date | None = None
    comment: str = ""


@transaction.atomic
def agreement_propose(
    actor: Actor, *, op_key: UUID, other: FoodBank, gives: bool, terms: Terms
) -> TransferAgreement:
    """Propose an agreement to another bank; ``gives`` says whether the open bank is the sender.

    The same ``op_key`` again returns the first agreement.

    Raises:
        Forbidden: this person does not move goods.
        DomainError: not another bank at work, neither share nor weight, or an end before the start.
    """
    require(abilities(actor), "agree")
    bank = FoodBank.objects.get(pk=current_bank_id())
    if other.pk == bank.pk or other.status != BankStatus.ACTIVE or not other.has_schema:
        raise NotABank
    if not terms.share_percent and not terms.weekly_grams:
        raise errors.AgreementOfNothing
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise errors.AgreementEndsFirst
    sender, receiver = (bank, other) if gives else (other, bank)
    with in_platform(Purpose.TRANSFER):
        before = TransferAgreement.objects.filter(op_key=op_key, proposing_bank_id=bank.pk)
        known = before.first()
        if known is not None:
            return known
        try:
            with transaction.atomic():
                agreement = _proposed(op_key, bank.pk, sender, receiver, terms)
        except IntegrityError:
            known = before.first()
            if known is None:
                raise
            return known
    write_entry(actor, agreement, "created", changes=first_values(agreement), reason=terms.comment)
    return agreement


def agreement_accept(actor: Actor, *, agreement: TransferAgreement) -> TransferAgreement:
    """Agree, as the bank to which it was proposed.

    Raises:
        Forbidden: only managers and the warehouse of the other bank.
        AgreementMoved: it no longer waits.
    """
    require(abilities(actor, agreement), "accept_agreement")
    with _changed(actor, agreement, AgreementState.ACTIVE, "") as locked:
        if locked.state != AgreementState.PROPOSED:
            raise errors.AgreementMoved(state=locked.get_state_display())
    return locked


def agreement_end(actor: Actor, *, agreement: TransferAgreement, reason: str = "") -> TransferAgreement:
    """End an agreement, or refuse what was proposed, as either side.

    Raises:
        Forbidden: only managers and the warehouse of the two banks.
        AgreementMoved: it has ended.
    """
    require(abilities(actor, agreement), "end_agreement")
    with _changed(actor, agreement, AgreementState.ENDED, reason) as locked:
        if locked.state == AgreementState.ENDED:
            raise errors.AgreementMoved(state=locked.get_state_display())
        if locked.ends_on is None or locked.ends_on > clock.today():
            locked.ends_on = max(clock.today(), locked.starts_on)
    return locked


def agreements_here() -> QuerySet[TransferAgreement]:
    """Return the agreements of the open bank, with whichever bank."""
    here = current_bank_id()
    return TransferAgreement.objects.filter(Q(from_bank_id=here) | Q(to_bank_id=here))


def agreements_to_give() -> Sequence[TransferAgreement]:
    """Return what the open bank has agreed to give today, by receiver."""
    today = clock.today()
    ours = TransferAgreement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        from_bank_id=current_bank_id(),
        state=AgreementState.ACTIVE,
        starts_on__lte=today,
    )
    return list(ours.order_by("to_label", "id"))


def _proposed(
    op_key: UUID, bank_id: UUID, sender: FoodBank, receiver: FoodBank, terms: Terms
) -> TransferAgreement:
    """Insert an agreement that a bank proposes.

    Raises:
        IntegrityError: it is there, from the same form sent twice at once.
    """
    return TransferAgreement.objects.create(
        op_key=op_key,
        from_bank=sender,
        from_label=sender.name,
        to_bank=receiver,
        to_label=receiver.name,
        proposing_bank_id=bank_id,
        family_code=terms.family.code if terms.family else "",
        family_label=terms.family.name if terms.family else "",
        temperature_class=terms.temperature_class,
        share_percent=terms.share_percent,
        weekly_grams=terms.weekly_grams,
        driver=terms.driver,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        comment=terms.comment,
    )


@contextmanager
def _changed(
    actor: Actor, agreement: TransferAgreement, to: AgreementState, reason: str
) -> Iterator[TransferAgreement]:
    """Lock an agreement for one act of this side; save it and write it into this side's history."""
    here = current_bank_id()
    with in_platform(Purpose.TRANSFER), transaction.atomic():
        rows = TransferAgreement.objects.select_for_update(of=("self",))
        locked = rows.select_related("from_bank", "to_bank").get(pk=agreement.pk)
        yield locked
        locked.state = to
        changes = differences(locked, changed_fields(locked))
        locked.updated_at = clock.now()
        locked.save()
        side = locked.from_bank if here == locked.from_bank_id else locked.to_bank
        with in_tenant(side, Purpose.TRANSFER):
            write_entry(actor, locked, to.value, changes=changes, reason=reason)
