"""Reads about the donors."""

import datetime as dt

from django.db.models import Q, QuerySet

from apps.donors.models import Donor


def active_donors() -> QuerySet[Donor]:
    """Return the donors in use, by name."""
    return Donor.objects.active()


def convention_in_force(on: dt.date) -> Q:
    """Return the condition that a donor's convention is in force on a day, both ends included."""
    return Q(convention_from__lte=on) & (Q(convention_until__gte=on) | Q(convention_until__isnull=True))
