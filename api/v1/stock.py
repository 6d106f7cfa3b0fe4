"""What is in stock: lot by lot, and product by product."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from api.v1.goods import FamilyBrief, GoodsShape, LocationBrief, ProductBrief, SiteBrief, source_field
from apps.kernel.abilities import require
from apps.sites.models import Site
from apps.stock.abilities import abilities
from apps.stock.models import Lot
from apps.stock.selectors import available_by_lot, pallets_of, stock_by_product
from apps.stock.services import Checklist, lot_inspect
from apps.stock.states import Granularity, LotStatus


class LotShape(GoodsShape):
    """Goods of one origin and one date."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    granularity = serializers.ChoiceField(choices=Granularity.choices)
    supply_source = source_field()
    received_on = serializers.DateField()
    status = serializers.ChoiceField(choices=LotStatus.choices)
    is_food = serializers.BooleanField()
    is_fresh = serializers.BooleanField()
    is_organic = serializers.BooleanField()


class HeldLot(serializers.Serializer[Any]):
    """Grams of a lot at a location: free, and reserved by orders."""

    lot = LotShape()
    site = SiteBrief(source="location.site")
    location = LocationBrief()
    on_hand_grams = serializers.IntegerField()
    reserved_grams = serializers.IntegerField()


class PalletShape(serializers.Serializer[Any]):
    """A pallet of a lot with the number on its label, and what the label says it holds.

    ``number`` is an SSCC of eighteen digits when ``is_sscc``, else a number of the bank's own.
    ``unit_count`` is null when nobody counted.
    """

    id = serializers.UUIDField()
    number = serializers.CharField()
    is_sscc = serializers.BooleanField()
    net_grams = serializers.IntegerField(source="grams")
    unit_count = serializers.IntegerField(allow_null=True)
    labelled_at = serializers.DateTimeField(source="created_at")


class InspectionShape(serializers.Serializer[Any]):
    """What a trained person found when looking at food past its best-before date."""

    id = serializers.UUIDField()
    inspected_on = serializers.DateField()
    inspector = serializers.CharField(source="inspector_label")
    passed = serializers.BooleanField()
    valid_until = serializers.DateField(allow_null=True)
    packaging_intact = serializers.BooleanField()
    storage_respected = serializers.BooleanField()
    life_suffices = serializers.BooleanField()
    freezing_checked = serializers.BooleanField(allow_null=True)
    senses_good = serializers.BooleanField()
    traceable = serializers.BooleanField()
    comment = serializers.CharField()


class InspectionInput(serializers.Serializer[Any]):
    """An inspection; when a check does not hold, the lot is blocked. ``op_key`` unless sent as a header."""

    packaging_intact = serializers.BooleanField()
    storage_respected = serializers.BooleanField()
    life_suffices = serializers.BooleanField()
    freezing_checked = serializers.BooleanField(required=False, allow_null=True, default=None)
    senses_good = serializers.BooleanField()
    traceable = serializers.BooleanField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    op_key = serializers.UUIDField(required=False)


class AvailableGoods(serializers.Serializer[Any]):
    """What can be ordered at a site: a product, or the mixes of a family when ``product`` is null."""

    site_id = serializers.UUIDField()
    product = ProductBrief(allow_null=True)
    family = FamilyBrief()
    programme = serializers.CharField(help_text="Public programme of these goods, empty for none.")
    available_grams = serializers.IntegerField(source="grams")
    lot_count = serializers.IntegerField()
    earliest_on = serializers.DateField(allow_null=True)


class StockQuery(serializers.Serializer[Any]):
    """Filters of the stock."""

    site: serializers.PrimaryKeyRelatedField[Site] = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), pk_field=serializers.UUIDField(), required=False
    )


class Stock(Resource):
    """The stock of this bank, as it is now."""

    serializer_class = HeldLot

    @extend_schema(operation_id="stock_lots_list", parameters=[StockQuery], responses=HeldLot(many=True))
    def lots(self, request: Request) -> Response:
        """List lots by location, first expired first."""
        require(abilities(self.actor), "view")
        return self.listed(available_by_lot(self.asked(StockQuery).get("site")), HeldLot)

    @extend_schema(operation_id="stock_lot_pallets_list", responses=PalletShape(many=True))
    def pallets(self, request: Request, pk: UUID) -> Response:
        """List the labelled pallets of a lot, by number."""
        require(abilities(self.actor), "view")
        return self.listed(pallets_of(get_object_or_404(Lot, pk=pk)), PalletShape)

    @extend_schema(operation_id="stock_lot_inspections_list", responses=InspectionShape(many=True))
    def inspections(self, request: Request, pk: UUID) -> Response:
        """List the inspections of a lot, newest first; the newest counts."""
        require(abilities(self.actor), "view")
        return self.listed(get_object_or_404(Lot, pk=pk).inspections.all(), InspectionShape)

    @extend_schema(
        operation_id="stock_lot_inspect", request=InspectionInput, responses={201: InspectionShape}
    )
    def inspect(self, request: Request, pk: UUID) -> Response:
        """Record an inspection; without one, food past best before does not leave."""
        require(abilities(self.actor), "inspect")
        lot = get_object_or_404(Lot, pk=pk)
        body = self.sent(InspectionInput)
        names = [field.name for field in fields(Checklist)]
        inspection = lot_inspect(
            self.actor,
            op_key=self.op_key(body),
            lot=lot,
            checklist=Checklist(**{name: body[name] for name in names}),
            valid_until=body["valid_until"],
            comment=body["comment"],
        )
        return Response(InspectionShape(inspection).data, status=201)

    @extend_schema(
        operation_id="stock_products_list", parameters=[StockQuery], responses=AvailableGoods(many=True)
    )
    def products(self, request: Request) -> Response:
        """List what can be ordered now, by family and product."""
        require(abilities(self.actor), "view")
        return self.listed(stock_by_product(site=self.asked(StockQuery).get("site")), AvailableGoods)
