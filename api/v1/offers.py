"""Offers made to the bank: list, read, accept, decline."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from api.v1.goods import GoodsShape, source_field
from api.v1.history import HistoryShape, history_listed
from apps.kernel.abilities import require
from apps.kernel.quantity import MAX_GRAMS
from apps.offers.abilities import abilities
from apps.offers.models import Offer
from apps.offers.selectors import offers_listed, offers_with_lines
from apps.offers.services import offer_accept, offer_decline
from apps.offers.states import DeclineReason, OfferKind, OfferStatus


class DonorBrief(serializers.Serializer[Any]):
    """Who offers."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class OfferLineShape(GoodsShape):
    """Goods of an offer."""

    id = serializers.UUIDField()
    offered_grams = serializers.IntegerField()
    accepted_grams = serializers.IntegerField()
    pallet_count = serializers.IntegerField(allow_null=True)
    cents_per_kg = serializers.IntegerField(help_text="Asked by the supplier; 0 for a gift.")


class OfferShape(serializers.Serializer[Any]):
    """An offer in a list."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=OfferKind.choices)
    status = serializers.ChoiceField(choices=OfferStatus.choices)
    supply_source = source_field()
    donor = DonorBrief()
    address = serializers.CharField()
    city = serializers.CharField()
    department = serializers.CharField()
    pickup_from = serializers.DateTimeField()
    pickup_until = serializers.DateTimeField()
    answer_by = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField()
    decline_reason = serializers.CharField(help_text="Code of the reason; empty unless declined.")
    comment = serializers.CharField()
    offered_grams = serializers.IntegerField()
    accepted_grams = serializers.IntegerField()
    earliest_on = serializers.DateField(allow_null=True, help_text="Soonest date among the lines.")


class OfferSheet(OfferShape):
    """An offer with its lines."""

    lines = OfferLineShape(many=True)


class OfferQuery(serializers.Serializer[Any]):
    """Filters of the list."""

    status = serializers.ChoiceField(choices=OfferStatus.choices, required=False)


class AcceptedLine(serializers.Serializer[Any]):
    """Grams accepted of one line."""

    line = serializers.UUIDField()
    accepted_grams = serializers.IntegerField(min_value=0, max_value=MAX_GRAMS)


class Acceptance(serializers.Serializer[Any]):
    """What is taken: everything when ``lines`` is absent, else the grams given; a line left out is not."""

    lines = AcceptedLine(many=True, required=False, allow_empty=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=500)


class Refusal(serializers.Serializer[Any]):
    """Why nothing is taken."""

    reason = serializers.ChoiceField(choices=DeclineReason.choices)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=500)


class Offers(Resource):
    """Offers made to this bank."""

    serializer_class = OfferSheet

    @extend_schema(parameters=[OfferQuery], responses=OfferShape(many=True))
    def list(self, request: Request) -> Response:
        """List offers, newest first."""
        require(abilities(self.actor), "view")
        offers = offers_listed().filter(**self.asked(OfferQuery))
        return self.listed(offers.order_by("-created_at", "-pk"), OfferShape)

    @extend_schema(responses=OfferSheet)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Read an offer with its lines."""
        require(abilities(self.actor), "view")
        return Response(OfferSheet(_offer(pk)).data)

    @extend_schema(operation_id="offers_accept", request=Acceptance, responses=OfferSheet)
    def accept(self, request: Request, pk: UUID) -> Response:
        """Accept an offer, in whole or in part."""
        require(abilities(self.actor), "view")
        body = self.sent(Acceptance)
        accepted = None
        if "lines" in body:
            accepted = {line["line"]: line["accepted_grams"] for line in body["lines"]}
        offer_accept(self.actor, offer=_offer(pk), accepted=accepted, comment=body.get("comment", ""))
        return Response(OfferSheet(_offer(pk)).data)

    @extend_schema(operation_id="offers_decline", request=Refusal, responses=OfferSheet)
    def decline(self, request: Request, pk: UUID) -> Response:
        """Decline an offer and say why; the network passes it on."""
        require(abilities(self.actor), "view")
        body = self.sent(Refusal)
        offer_decline(self.actor, offer=_offer(pk), reason=body["reason"], comment=body.get("comment", ""))
        return Response(OfferSheet(_offer(pk)).data)

    @extend_schema(operation_id="offers_history", responses=HistoryShape(many=True))
    def history(self, request: Request, pk: UUID) -> Response:
        """Read what was done with an offer, newest first."""
        require(abilities(self.actor), "view")
        offer = _offer(pk)
        return history_listed(self, offer, abilities(self.actor, offer))


def _offer(pk: UUID) -> Offer:
    return get_object_or_404(offers_with_lines(), pk=pk)
