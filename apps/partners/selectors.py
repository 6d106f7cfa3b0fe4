"""Reads about the partners."""

import datetime as dt

from django.db.models import Max, Q, QuerySet

from apps.kernel.files import files_about
from apps.kernel.models import StoredFile
from apps.partners.models import Agreement, HygieneVisit, Partner

Subject = Agreement | HygieneVisit
"""What a paper of a partner is the paper of."""
_SUBJECTS: tuple[type[Subject], ...] = (Agreement, HygieneVisit)


def active_partners() -> QuerySet[Partner]:
    """Return the partners in use, by name."""
    return Partner.objects.active()


def partners_followed(on: dt.date) -> QuerySet[Partner]:
    """Return the partners with ``agreement_until`` (of the one in force on a day) and ``visited_on``."""
    in_force = Q(agreements__starts_on__lte=on, agreements__ends_on__gte=on)
    return Partner.objects.annotate(
        agreement_until=Max("agreements__ends_on", filter=in_force),
        visited_on=Max("hygiene_visits__visited_on"),
    )


def agreement_in_force(partner: Partner, on: dt.date) -> Agreement | None:
    """Return the agreement with a partner that covers a day, if there is one."""
    return partner.agreements.filter(starts_on__lte=on, ends_on__gte=on).first()


def overlapping_agreements(agreement: Agreement) -> QuerySet[Agreement]:
    """Return the other agreements with the same partner that share days with one."""
    return Agreement.objects.filter(
        partner=agreement.partner_id, starts_on__lte=agreement.ends_on, ends_on__gte=agreement.starts_on
    ).exclude(pk=agreement.pk)


def subjects_of(partner: Partner) -> list[Subject]:
    """Return the agreements and the visits of a partner, latest first: what a paper may belong to."""
    return [*partner.agreements.all(), *partner.hygiene_visits.all()]


def papers_about(subjects: list[Subject]) -> QuerySet[StoredFile]:
    """Return the papers of some agreements and visits, latest first."""
    return files_about(subjects)


def papers() -> QuerySet[StoredFile]:
    """Return the papers of every partner, those that were removed too."""
    return StoredFile.objects.filter(record_kind__in=[model._meta.label_lower for model in _SUBJECTS])


def subject_of(paper: StoredFile) -> Subject:
    """Return the agreement or the visit that a paper belongs to, its partner loaded."""
    model = next(model for model in _SUBJECTS if model._meta.label_lower == paper.record_kind)
    subject: Subject = model._default_manager.select_related("partner").get(pk=paper.record_id)
    return subject
