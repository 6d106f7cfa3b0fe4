"""Writes to the donors' files.

``fields`` are those of :class:`Donor`; ``op_key`` is the key made with the form, so that a form sent
twice creates once. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.donors.abilities import abilities
from apps.donors.models import Campaign, Donor
from apps.kernel.abilities import Actor, require
from apps.kernel.history import record_archive, record_create, record_create_once, record_update
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


@transaction.atomic
def campaign_create(
    actor: Actor,
    *,
    programme: str,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    op_key: UUID | None = None,
) -> Campaign:
    """Open a campaign of a public programme; its name is kept by every lot received for it.

    Raises:
        ValidationError: the programme has one of this name, or it ends before it begins.
    """
    require(abilities(actor), "create")
    campaign = Campaign(
        id=op_key or new_id(), programme=programme, name=name, starts_on=starts_on, ends_on=ends_on
    )
    return record_create_once(actor, campaign)


@transaction.atomic
def campaign_update(
    actor: Actor, *, campaign: Campaign, starts_on: dt.date, ends_on: dt.date | None = None
) -> Campaign:
    """Change the days of a campaign; its name and its programme are the origin of lots and stay."""
    require(abilities(actor, campaign), "edit")
    record_update(actor, campaign, {"starts_on": starts_on, "ends_on": ends_on})
    return campaign


@transaction.atomic
def campaign_close(actor: Actor, *, campaign: Campaign, archived: bool = True, reason: str = "") -> Campaign:
    """Close a campaign to further goods, or open it again; what is in stock of it may still leave."""
    require(abilities(actor, campaign), "archive")
    return record_archive(actor, campaign, archived=archived, reason=reason)


@transaction.atomic
def campaign_ensure(actor: Actor, *, programme: str, name: str, since: dt.date) -> None:
    """Know the campaign of goods that come from another bank, which may be the first of it here."""
    if name and not Campaign.objects.filter(programme=programme, name=name).exists():
        record_create(actor, Campaign(programme=programme, name=name, starts_on=since))
