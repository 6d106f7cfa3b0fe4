"""Delivery notes: what a partner brings back of one."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import IDEMPOTENCY_HEADER, Resource
from apps.delivery.abilities import abilities
from apps.delivery.selectors import document_of, notes_visible_to
from apps.kernel.abilities import require
from apps.kernel.quantity import MAX_GRAMS
from apps.sites.models import Location
from apps.stock.models import Lot
from apps.stock.services import stock_return
from apps.stock.states import ReturnReason


class ReturnInput(serializers.Serializer[Any]):
    """Goods that come back; ``location`` is a quarantine. ``op_key`` unless sent as a header."""

    lot: serializers.PrimaryKeyRelatedField[Lot] = serializers.PrimaryKeyRelatedField(
        queryset=Lot.objects.all(), pk_field=serializers.UUIDField()
    )
    location: serializers.PrimaryKeyRelatedField[Location] = serializers.PrimaryKeyRelatedField(
        queryset=Location.objects.all(), pk_field=serializers.UUIDField()
    )
    grams = serializers.IntegerField(min_value=1, max_value=MAX_GRAMS)
    reason = serializers.ChoiceField(choices=ReturnReason.choices)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    op_key = serializers.UUIDField(required=False)


class ReturnShape(serializers.Serializer[Any]):
    """A return as the ledger keeps it."""

    movement = serializers.IntegerField(source="pk")
    lot_id = serializers.UUIDField()
    grams = serializers.IntegerField()
    occurred_on = serializers.DateField()
    document_number = serializers.CharField()


class Deliveries(Resource):
    """Delivery notes of this bank."""

    serializer_class = ReturnShape

    @extend_schema(
        operation_id="delivery_note_return",
        request=ReturnInput,
        responses={201: ReturnShape},
        parameters=[
            OpenApiParameter(IDEMPOTENCY_HEADER, OpenApiTypes.UUID, OpenApiParameter.HEADER, required=False)
        ],
    )
    def take_back(self, request: Request, pk: UUID) -> Response:
        """Take goods of a delivery note back into quarantine; sent twice, once."""
        note = get_object_or_404(notes_visible_to(self.actor), pk=pk)
        require(abilities(self.actor, note), "take_back")
        body = self.sent(ReturnInput)
        key = self.op_key(body)
        wanted = {name: value for name, value in body.items() if name != "op_key"}
        made = stock_return(self.actor, op_key=key, document=document_of(note), **wanted)
        return Response(ReturnShape(made).data, status=201)
