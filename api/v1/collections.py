"""National collections: what shops weighed, sent by a scale or an application on a telephone."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import IDEMPOTENCY_HEADER, Resource
from apps.kernel.abilities import require
from apps.kernel.quantity import MAX_GRAMS
from apps.receiving.abilities import collecting_abilities
from apps.receiving.models import CollectionShop, Container, NationalCollection
from apps.receiving.selectors import shops_of
from apps.receiving.services import weighing_record


class ShopShape(serializers.Serializer[Any]):
    """A shop of a collection, and what it weighed so far."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    city = serializers.CharField()
    weighed_grams = serializers.IntegerField()
    weighing_count = serializers.IntegerField()


class WeighingInput(serializers.Serializer[Any]):
    """What a scale shows for a shop; ``op_key`` unless sent as a header."""

    scale_grams = serializers.IntegerField(min_value=1, max_value=MAX_GRAMS)
    container: serializers.PrimaryKeyRelatedField[Container] = serializers.PrimaryKeyRelatedField(
        queryset=Container.objects.all(), pk_field=serializers.UUIDField(), required=False, allow_null=True
    )
    container_count = serializers.IntegerField(min_value=1, max_value=500, required=False, default=1)
    op_key = serializers.UUIDField(required=False)


class WeighingShape(serializers.Serializer[Any]):
    """A weighing: what the scale showed, the containers, the goods."""

    id = serializers.UUIDField()
    shop_id = serializers.UUIDField()
    scale_grams = serializers.IntegerField()
    tare_grams = serializers.IntegerField()
    grams = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class Collections(Resource):
    """The national collections of this bank."""

    serializer_class = ShopShape

    @extend_schema(operation_id="collection_shops_list", responses=ShopShape(many=True))
    def shops(self, request: Request, pk: UUID) -> Response:
        """List the shops of a collection with what each weighed."""
        require(collecting_abilities(self.actor), "view")
        return self.listed(shops_of(get_object_or_404(NationalCollection, pk=pk)), ShopShape)

    @extend_schema(
        operation_id="collection_shop_weigh",
        request=WeighingInput,
        responses={201: WeighingShape},
        parameters=[
            OpenApiParameter(IDEMPOTENCY_HEADER, OpenApiTypes.UUID, OpenApiParameter.HEADER, required=False)
        ],
    )
    def weigh(self, request: Request, pk: UUID) -> Response:
        """Record what the scale shows for a shop; sent twice, weighed once."""
        shop = get_object_or_404(CollectionShop.objects.select_related("collection"), pk=pk)
        require(collecting_abilities(self.actor, shop), "weigh")
        body = self.sent(WeighingInput)
        made = weighing_record(
            self.actor,
            op_key=self.op_key(body),
            shop=shop,
            scale_grams=body["scale_grams"],
            container=body.get("container"),
            container_count=body["container_count"],
        )
        return Response(WeighingShape(made).data, status=201)
