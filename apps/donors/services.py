"""Writes to the donors' files.

``fields`` are those of :class:`Donor`; ``op_key`` is the key made with the form, so that a form sent
twice creates once. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.donors.abilities import abilities
from apps.donors.models import Donor
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_archive, record_create_once, record_update
from apps.kernel.models import new_id
from apps.kernel.numbering import next_number


@transaction.atomic
def donor_create(actor: Actor, *, op_key: UUID | None = None, code: str = "", **fields: Any) -> Donor:
    """Open a donor's file; without a code it gets the next number."""
    require(abilities(actor), "create")
    known = Donor.objects.filter(pk=op_key).first() if op_key else None
    if known is not None:
        return known
    donor = Donor(id=op_key or new_id(), code=code or next_number("DON"), **fields)
    return record_create_once(actor, donor)


@transaction.atomic
def donor_update(actor: Actor, *, donor: Donor, **fields: Any) -> Donor:
    """Change a donor's file."""
    require(abilities(actor, donor), "edit")
    record_update(actor, donor, fields)
    return donor


@transaction.atomic
def donor_archive(actor: Actor, *, donor: Donor, archived: bool = True, reason: str = "") -> Donor:
    """Put a donor's file away, or take it out again."""
    require(abilities(actor, donor), "archive")
    return record_archive(actor, donor, archived=archived, reason=reason)
