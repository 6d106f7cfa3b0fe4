"""The batches of the workshop: what they took, made and lost."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from api.v1.goods import FamilyBrief, ProductBrief, SiteBrief
from api.v1.history import HistoryShape, history_listed
from apps.kernel.abilities import require
from apps.workshop.abilities import abilities
from apps.workshop.models import ProductionBatch
from apps.workshop.selectors import batches_listed, lines_of
from apps.workshop.states import BatchKind, BatchStatus, LineRole


class BatchShape(serializers.Serializer[Any]):
    """A batch, with the grams it took, made and lost."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=BatchKind.choices)
    status = serializers.ChoiceField(choices=BatchStatus.choices)
    site = SiteBrief()
    label = serializers.CharField()  # type: ignore[assignment]
    family = FamilyBrief()
    product = ProductBrief(allow_null=True)
    recipe = serializers.CharField()
    started_on = serializers.DateField()
    closed_at = serializers.DateTimeField(allow_null=True)
    cooking_c = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)
    cooking_minutes = serializers.IntegerField(allow_null=True)
    taken_grams = serializers.IntegerField()
    made_grams = serializers.IntegerField()
    lost_grams = serializers.IntegerField()


class BatchLineShape(serializers.Serializer[Any]):
    """Grams of a lot that were taken for a batch, made by it or lost in it."""

    role = serializers.ChoiceField(choices=LineRole.choices)
    lot_id = serializers.UUIDField()
    lot_number = serializers.CharField(source="lot.number")
    label = serializers.CharField(source="lot.label")  # type: ignore[assignment]
    grams = serializers.IntegerField(source="movement.grams")


class Batches(Resource):
    """The batches of this bank."""

    serializer_class = BatchShape

    @extend_schema(operation_id="workshop_batches_list", responses=BatchShape(many=True))
    def list(self, request: Request) -> Response:
        """List the batches, newest first."""
        require(abilities(self.actor), "view")
        return self.listed(batches_listed(), BatchShape)

    @extend_schema(operation_id="workshop_batches_retrieve", responses=BatchShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return a batch."""
        require(abilities(self.actor), "view")
        return Response(BatchShape(get_object_or_404(batches_listed(), pk=pk)).data)

    @extend_schema(operation_id="workshop_batch_lines_list", responses=BatchLineShape(many=True))
    def lines(self, request: Request, pk: UUID) -> Response:
        """List what a batch took, made and lost."""
        require(abilities(self.actor), "view")
        return self.listed(lines_of(get_object_or_404(ProductionBatch, pk=pk)), BatchLineShape)

    @extend_schema(operation_id="workshop_batch_history_list", responses=HistoryShape(many=True))
    def history(self, request: Request, pk: UUID) -> Response:
        """List what was done with a batch, newest first."""
        batch = get_object_or_404(ProductionBatch, pk=pk)
        return history_listed(self, batch, abilities(self.actor, batch))
