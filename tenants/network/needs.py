"""What banks lack: told by each bank of itself, read by donors and by the other banks.

A bank's scope reads its own levels; the platform's scope writes what it chose to share. The bank is that of
the open scope, never an argument: no bank speaks for another.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from apps.kernel import clock
from apps.kernel.scope import current_bank_id, current_scope
from apps.stock.selectors import LevelNow, levels_shared
from tenants.crossing import Purpose, in_platform
from tenants.network.models import SharedNeed
from tenants.registry.states import BankStatus

TOLD: Final = (
    "bank_label",
    "label",
    "family_code",
    "wanted_grams",
    "is_for_donors",
    "is_for_banks",
    "told_at",
)
SHOWN: Final = 12
"""Needs that a donor is shown."""


def needs_tell() -> int:
    """Tell what the open bank lacks and shares, in the place of what it told before; return how many."""
    bank_id, lacking = current_bank_id(), levels_shared()
    rows = [_row(now, bank_id=bank_id) for now in lacking]
    with in_platform(Purpose.NEEDS), transaction.atomic():
        SharedNeed.objects.filter(bank_id=bank_id).exclude(pk__in=[row.pk for row in rows]).delete()
        SharedNeed.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=list(TOLD),
        )
    return len(rows)


def _row(now: LevelNow, *, bank_id: UUID) -> SharedNeed:
    level = now.level
    family = level.product.family if level.product else level.family
    return SharedNeed(
        id=level.pk,
        bank_id=bank_id,
        bank_label=current_scope().bank_name[:120],
        label=str(level)[:120],
        family_code=family.code if family else "",
        wanted_grams=now.wanted_grams if level.tells_weight else None,
        is_for_donors=now.is_for_donors,
        is_for_banks=now.is_for_banks,
        told_at=clock.now(),
    )


def needs_of_others() -> QuerySet[SharedNeed]:
    """Return what the other banks at work lack, in a bank's scope: the database shows what is for banks."""
    needs = SharedNeed.objects.filter(is_for_banks=True, bank__status=BankStatus.ACTIVE)
    return needs.exclude(bank_id=current_bank_id())


def needs_for_donors() -> Sequence[SharedNeed]:
    """Return what banks ask donors for, the most wanted first (platform's scope, or a public page)."""
    needs = SharedNeed.objects.filter(is_for_donors=True, bank__status=BankStatus.ACTIVE)
    return list(needs.order_by(F("wanted_grams").desc(nulls_last=True), "label", "id")[:SHOWN])
