"""Writes to the partners' files: partners, agreements, hygiene visits, papers.

``fields`` are those of the model; ``op_key`` is the key made with the form, so that a form sent twice
creates once. A wrong field raises ``ValidationError``, a missing right ``Forbidden``.
"""

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from apps.kernel import clock
from apps.kernel.abilities import Actor, require
from apps.kernel.files import file_archive, file_store
from apps.kernel.history import history_of, record_archive, record_create_once, record_update, write_entry
from apps.kernel.models import Record, StoredFile, new_id
from apps.kernel.numbering import next_number
from apps.partners.abilities import abilities
from apps.partners.errors import AgreementOverlaps, VisitInFuture
from apps.partners.models import Agreement, HygieneVisit, Partner
from apps.partners.selectors import Subject, overlapping_agreements, subject_of

R = TypeVar("R", bound=Record)


@transaction.atomic
def partner_create(actor: Actor, *, op_key: UUID | None = None, code: str = "", **fields: Any) -> Partner:
    """Open a partner's file; without a code it gets the next number."""
    require(abilities(actor), "create")
    known = Partner.objects.filter(pk=op_key).first() if op_key else None
    if known is not None:
        return known
    partner = Partner(id=op_key or new_id(), code=code or next_number("PAR"), **fields)
    return record_create_once(actor, partner)


@transaction.atomic
def partner_update(actor: Actor, *, partner: Partner, **fields: Any) -> Partner:
    """Change a partner's file."""
    require(abilities(actor, partner), "edit")
    record_update(actor, partner, fields)
    return partner


@transaction.atomic
def partner_archive(actor: Actor, *, partner: Partner, archived: bool = True, reason: str = "") -> Partner:
    """Put a partner's file away, or take it out again."""
    require(abilities(actor, partner), "archive")
    return record_archive(actor, partner, archived=archived, reason=reason)


@transaction.atomic
def agreement_sign(
    actor: Actor,
    *,
    partner: Partner,
    starts_on: dt.date,
    ends_on: dt.date,
    signed_by: str = "",
    op_key: UUID | None = None,
) -> Agreement:
    """Record the signed agreement with a partner for a period, both days included.

    Raises:
        AgreementOverlaps: another agreement covers part of the period.
    """
    require(abilities(actor, partner), "edit")
    agreement = Agreement(
        id=op_key or new_id(), partner=partner, starts_on=starts_on, ends_on=ends_on, signed_by=signed_by
    )
    agreement.clean()
    other = overlapping_agreements(agreement).first()
    if other is not None:
        raise AgreementOverlaps(other)
    return _added(actor, partner, "agreements", agreement)


@transaction.atomic
def hygiene_visit_record(
    actor: Actor, *, partner: Partner, visited_on: dt.date, op_key: UUID | None = None, **fields: Any
) -> HygieneVisit:
    """Record a visit of a partner's premises.

    Raises:
        VisitInFuture: the day has not come.
    """
    require(abilities(actor, partner), "edit")
    if visited_on > clock.today():
        raise VisitInFuture
    visit = HygieneVisit(id=op_key or new_id(), partner=partner, visited_on=visited_on, **fields)
    return _added(actor, partner, "hygiene_visits", visit)


@transaction.atomic
def paper_attach(
    actor: Actor, *, subject: Subject, file: "File[Any]", name: str = "", op_key: UUID | None = None
) -> StoredFile:
    """Keep the signed paper of an agreement, or the report or a photograph of a visit.

    Raises:
        FileRefused: it is empty, too large, or neither PDF, PNG nor JPEG.
    """
    require(abilities(actor, subject), "edit")
    paper = file_store(actor, record=subject, content=file, name=name or file.name or "", op_key=op_key)
    if not history_of(subject.partner).filter(pk=paper.pk).exists():
        write_entry(actor, subject.partner, "paper_attached", reason=str(paper), entry_id=paper.pk)
    return paper


@transaction.atomic
def paper_archive(actor: Actor, *, paper: StoredFile, archived: bool = True, reason: str = "") -> StoredFile:
    """Take a paper out of its partner's file, or put it back; its history stays."""
    subject = subject_of(paper)
    require(abilities(actor, subject), "archive")
    file_archive(actor, file=paper, archived=archived, reason=reason)
    action = "paper_removed" if archived else "paper_restored"
    write_entry(actor, subject.partner, action, reason=": ".join(filter(None, [str(paper), reason])))
    return paper


def _added(actor: Actor, partner: Partner, name: str, record: R) -> R:
    """Insert a record under a partner, once; the partner's history tells it."""
    return record_create_once(actor, record, parent=(partner, name))
