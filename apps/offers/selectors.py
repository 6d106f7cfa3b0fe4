"""Reads about offers."""

import datetime as dt

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from apps.offers.models import Offer
from apps.offers.states import OfferStatus


def offers_listed() -> QuerySet[Offer]:
    """Return offers with their donor, the grams offered and accepted, and the earliest date."""
    return Offer.objects.select_related("donor").annotate(
        offered_grams=Sum("lines__offered_grams"),
        accepted_grams=Sum("lines__accepted_grams"),
        line_count=Count("lines"),
        earliest_on=Min("lines__expires_on"),
    )


def offers_with_lines() -> QuerySet[Offer]:
    """Return offers with their donor and lines, for a sheet."""
    return offers_listed().prefetch_related("lines__product", "lines__family")


def counts_by_status() -> dict[str, int]:
    """Return how many offers stand in each state; states without any are absent."""
    rows = Offer.objects.order_by().values_list("status").annotate(found=Count("pk"))
    return dict(rows)


def offers_to_answer() -> QuerySet[Offer]:
    """Return the offers that wait for an answer, the most urgent first."""
    waiting = offers_listed().filter(status=OfferStatus.PROPOSED)
    return waiting.order_by(F("answer_by").asc(nulls_last=True), "pickup_until", "pk")


def offers_overdue(*, now: dt.datetime) -> QuerySet[Offer]:
    """Return the offers whose time to answer ended without an answer."""
    return Offer.objects.filter(status=OfferStatus.PROPOSED, answer_by__lt=now).order_by("answer_by", "pk")


def answers_due(*, soon: dt.datetime) -> dict[str, int]:
    """Return how many offers wait, and how many of them must be answered before an instant."""
    waiting = Offer.objects.filter(status=OfferStatus.PROPOSED)
    return waiting.aggregate(waiting=Count("pk"), urgent=Count("pk", filter=Q(answer_by__lt=soon)))
