"""What is in stock: lot by lot, and product by product."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from api.v1.goods import FamilyBrief, GoodsShape, LocationBrief, ProductBrief, SiteBrief, source_field
from apps.kernel.abilities import require
from apps.sites.models import Site
from apps.stock.abilities import abilities
from apps.stock.selectors import available_by_lot, stock_by_product
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


class AvailableGoods(serializers.Serializer[Any]):
    """What can be ordered at a site: a product, or the mixes of a family when ``product`` is null."""

    site_id = serializers.UUIDField()
    product = ProductBrief(allow_null=True)
    family = FamilyBrief()
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

    @extend_schema(
        operation_id="stock_products_list", parameters=[StockQuery], responses=AvailableGoods(many=True)
    )
    def products(self, request: Request) -> Response:
        """List what can be ordered now, by family and product."""
        require(abilities(self.actor), "view")
        return self.listed(stock_by_product(site=self.asked(StockQuery).get("site")), AvailableGoods)
