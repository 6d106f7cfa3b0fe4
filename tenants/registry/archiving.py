"""Putting a bank away: closed to everybody, exported, kept until it is taken out again or erased."""

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import ngettext_lazy

from apps.kernel.abilities import Actor, Role, require, verbs
from apps.kernel.errors import DomainError
from tenants.crossing import Purpose, in_platform
from tenants.network.models import Surplus, SurplusRequest, Transfer
from tenants.network.states import OPEN_TRANSFERS
from tenants.network.surplus.states import RequestState, SurplusState
from tenants.registry import progress
from tenants.registry.exporting import bank_export, manifest_json
from tenants.registry.exports import export_keep
from tenants.registry.models import FoodBank
from tenants.registry.services import event_write, move
from tenants.registry.states import BankStatus


class StillBusy(DomainError):
    """Other members of the network still wait for this bank."""

    code = "bank_still_busy"


def require_archivable(bank: FoodBank) -> None:
    """Refuse to put away a bank that others wait for, in the platform's scope.

    Raises:
        StillBusy: transfers are open, surplus is offered or asked for, or antennas of this bank are at work.
    """
    open_transfers = Transfer.objects.filter(Q(from_bank_id=bank.pk) | Q(to_bank_id=bank.pk))
    waiting = open_transfers.filter(state__in=OPEN_TRANSFERS).count()
    if waiting:
        raise StillBusy(
            ngettext_lazy(
                "%(count)s transfer with another bank is open: finish or cancel it first.",
                "%(count)s transfers with other banks are open: finish or cancel them first.",
                waiting,
            ),
            params={"count": waiting},
        )
    _require_no_surplus(bank)
    gone = (BankStatus.ARCHIVED, BankStatus.ERASED)
    antennas = FoodBank.objects.filter(parent_id=bank.pk).exclude(status__in=gone).count()
    if antennas:
        raise StillBusy(
            ngettext_lazy(
                "%(count)s antenna depends on this bank: archive it first.",
                "%(count)s antennas depend on this bank: archive them first.",
                antennas,
            ),
            params={"count": antennas},
        )


def _require_no_surplus(bank: FoodBank) -> None:
    """Refuse while grams are held for others, or a request waits for an answer on either side."""
    offered = Surplus.objects.filter(bank_id=bank.pk, state=SurplusState.OPEN).count()
    if offered:
        raise StillBusy(
            ngettext_lazy(
                "%(count)s surplus of this bank is still offered to others: withdraw it first.",
                "%(count)s surpluses of this bank are still offered to others: withdraw them first.",
                offered,
            ),
            params={"count": offered},
        )
    either = Q(bank_id=bank.pk) | Q(surplus__bank_id=bank.pk)
    asked = SurplusRequest.objects.filter(either, state=RequestState.ASKED).count()
    if asked:
        raise StillBusy(
            ngettext_lazy(
                "%(count)s request for surplus waits for an answer: answer it or take it back first.",
                "%(count)s requests for surplus wait for an answer: answer them or take them back first.",
                asked,
            ),
            params={"count": asked},
        )


def bank_archive(
    actor: Actor, *, bank: FoodBank, reason: str = "", tell: progress.Tell = progress.silent
) -> dict[str, Any]:
    """Close a bank, keep an export of it, and archive it; returns what the export holds.

    Repeating it after an interruption finishes it.

    Raises:
        Forbidden: only the operator of the platform, or the software.
        StillBusy: others wait for it.
        DomainError: a bank in this state is not archived.
    """
    require(verbs("archive", when=actor.is_any(Role.OPERATOR)), "archive")
    with in_platform(Purpose.PROVISIONING), transaction.atomic():
        bank = FoodBank.objects.get(pk=bank.pk)
        if bank.status == BankStatus.ARCHIVED:
            return {}
        require_archivable(bank)
        if bank.status != BankStatus.SUSPENDED:
            move(actor, bank=bank, to=BankStatus.SUSPENDED, reason=reason)
    facts = export_store(actor, bank=bank, tell=tell)
    with in_platform(Purpose.PROVISIONING), transaction.atomic():
        require_archivable(bank)
        move(actor, bank=bank, to=BankStatus.ARCHIVED, reason=reason, facts=facts)
    return facts


def export_store(actor: Actor, *, bank: FoodBank, tell: progress.Tell = progress.silent) -> dict[str, Any]:
    """Export a bank and keep the file until it is fetched; returns what it holds and its name."""
    with tempfile.TemporaryDirectory(prefix="collecto-export-") as folder:
        made = Path(folder) / f"{bank.slug}.zip"
        manifest = bank_export(actor, bank=bank, target=made, tell=tell)
        size = made.stat().st_size
        with in_platform(Purpose.PROVISIONING):
            facts = {**manifest_json(manifest), "name": export_keep(bank.pk, made), "bytes": size}
            event_write(actor, bank=bank, action="exported", facts=facts)
    return facts
