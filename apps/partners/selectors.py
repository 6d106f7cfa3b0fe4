"""Reads about the partners."""

import datetime as dt

from django.db.models import Max, Q, QuerySet

from apps.partners.models import Agreement, Partner


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
