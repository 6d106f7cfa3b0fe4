"""Where a lot came from and went: as it is shown, and as EPCIS 2.0 events."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from apps.kernel.abilities import require
from apps.stock.models import Lot
from tenants.crossing import Purpose, in_platform
from tenants.network.abilities import abilities
from tenants.network.epcis import document_of
from tenants.network.tracing import NetworkTrace, trace_of_lot
from tenants.registry.models import FoodBank


class TracedLot(serializers.Serializer[Any]):
    """A lot of the trace; ``generation`` is below zero for what it was made of."""

    bank_id = serializers.UUIDField()
    bank = serializers.CharField(source="bank_label")
    is_own = serializers.BooleanField()
    id = serializers.UUIDField(source="lot.id")
    number = serializers.CharField(source="lot.number")
    label = serializers.CharField(source="lot.label")  # type: ignore[assignment]
    date_kind = serializers.CharField(source="lot.date_kind")
    expires_on = serializers.DateField(source="lot.expires_on", allow_null=True)
    frozen_on = serializers.DateField(source="lot.frozen_on", allow_null=True)
    generation = serializers.IntegerField()


class TracedWay(serializers.Serializer[Any]):
    """Grams of a lot that went into another one, in a workshop or over the road."""

    parent_id = serializers.UUIDField(source="parent_lot")
    child_id = serializers.UUIDField(source="child_lot")
    kind = serializers.CharField()
    grams = serializers.IntegerField()
    document = serializers.CharField(source="number", allow_blank=True)
    day = serializers.DateField()


class TracedStep(serializers.Serializer[Any]):
    """Grams that came in or went out; of another bank how many gave or got, never who."""

    lot_id = serializers.UUIDField()
    kind = serializers.CharField()
    party = serializers.CharField(source="party_label", allow_blank=True)
    party_count = serializers.IntegerField()
    document = serializers.CharField(source="document_number", allow_blank=True)
    day = serializers.DateField()
    grams = serializers.IntegerField()


class TraceShape(serializers.Serializer[Any]):
    """The trace of a lot; ``closed`` names banks that could not be asked."""

    lots = TracedLot(many=True)
    ways = TracedWay(many=True, source="edges")
    steps = TracedStep(many=True)
    closed = serializers.ListField(child=serializers.CharField())


class Traces(Resource):
    """The traces of this bank's lots."""

    serializer_class = TraceShape

    def traced(self, pk: UUID) -> NetworkTrace:
        """Return the trace of a lot of this bank."""
        require(abilities(self.actor), "trace")
        return trace_of_lot(self.actor, lot=get_object_or_404(Lot, pk=pk))

    @extend_schema(operation_id="stock_lot_trace", responses=TraceShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Follow a lot back to its donors and forward to its partners, through every bank it touched."""
        return Response(TraceShape(self.traced(pk)).data)

    @extend_schema(operation_id="stock_lot_epcis", responses=OpenApiTypes.OBJECT)
    def epcis(self, request: Request, pk: UUID) -> Response:
        """Give the trace as an EPCIS 2.0 document (JSON-LD)."""
        trace = self.traced(pk)
        with in_platform(Purpose.TRACE):
            bank = FoodBank.objects.prefetch_related("domains").get(pk=trace.root[0])
        return Response(document_of(bank, trace))
