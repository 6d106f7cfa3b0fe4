"""Orders of partners: list, read, place, cancel."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import IDEMPOTENCY_HEADER, Resource
from api.v1.goods import FamilyBrief, ProductBrief, SiteBrief
from api.v1.history import HistoryShape, history_listed
from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.rules import WEIGHED, Packing
from apps.catalogue.states import PackUnit
from apps.kernel.abilities import require
from apps.kernel.quantity import within_reach
from apps.orders.abilities import abilities
from apps.orders.forms import MOST_UNITS
from apps.orders.selectors import WantedLine, lines_of, orders_visible_to
from apps.orders.services import order_cancel, order_place
from apps.orders.states import OrderStatus
from apps.partners.models import Partner
from apps.sites.models import Site
from apps.sites.states import Programme


class PartnerBrief(serializers.Serializer[Any]):
    """Who orders."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ReservedLot(serializers.Serializer[Any]):
    """Grams of one lot kept for a line."""

    lot_id = serializers.UUIDField()
    lot_number = serializers.CharField(source="lot.number")
    location_code = serializers.CharField(source="location.code")
    expires_on = serializers.DateField(source="lot.expires_on", allow_null=True)
    grams = serializers.IntegerField()


class OrderLineShape(serializers.Serializer[Any]):
    """Goods of an order: wanted, and reserved (less when stock was short)."""

    id = serializers.UUIDField()
    product = ProductBrief(allow_null=True)
    family = FamilyBrief()
    label = serializers.CharField()  # type: ignore[assignment]
    wanted_grams = serializers.IntegerField()
    reserved_grams = serializers.IntegerField()
    reservations = ReservedLot(many=True)


class OrderShape(serializers.Serializer[Any]):
    """An order in a list."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    partner = PartnerBrief()
    site = SiteBrief()
    wanted_on = serializers.DateField()
    placed_by = serializers.CharField()
    comment = serializers.CharField()
    created_at = serializers.DateTimeField()
    wanted_grams = serializers.IntegerField()
    reserved_grams = serializers.IntegerField()


class OrderSheet(OrderShape):
    """An order with its lines and their lots."""

    lines = OrderLineShape(many=True, source="detailed_lines")


class OrderQuery(serializers.Serializer[Any]):
    """Filters of the list."""

    status = serializers.ChoiceField(choices=OrderStatus.choices, required=False)
    wanted_on = serializers.DateField(required=False)


class WantedLineInput(serializers.Serializer[Any]):
    """A product, or a family taken as it comes, and how much: one of the two ids.

    How much is ``grams``, or for a product ``quantity`` of a ``unit`` that it is packed in.
    """

    product = serializers.UUIDField(required=False)
    family = serializers.UUIDField(required=False)
    programme = serializers.ChoiceField(choices=Programme.choices, required=False, default="")
    grams = serializers.IntegerField(min_value=1, required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_UNITS, required=False)
    unit = serializers.ChoiceField(choices=PackUnit.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a line with both ids, or none; with two quantities, or none."""
        if ("product" in attrs) == ("family" in attrs):
            raise serializers.ValidationError(_("Name a product or a family, one of the two."))
        if ("grams" in attrs) == ("quantity" in attrs) or ("quantity" in attrs) != ("unit" in attrs):
            raise serializers.ValidationError({"grams": [_("Write grams, or a quantity and its unit.")]})
        return attrs


class OrderInput(serializers.Serializer[Any]):
    """A new order; a charity's person leaves ``partner`` out. ``op_key`` unless sent as a header."""

    partner: serializers.PrimaryKeyRelatedField[Partner] = serializers.PrimaryKeyRelatedField(
        queryset=Partner.objects.all(), pk_field=serializers.UUIDField(), required=False
    )
    site: serializers.PrimaryKeyRelatedField[Site] = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), pk_field=serializers.UUIDField()
    )
    wanted_on = serializers.DateField()
    lines = WantedLineInput(many=True, allow_empty=False, max_length=500)  # type: ignore[call-arg]
    comment = serializers.CharField(required=False, allow_blank=True, max_length=500)
    op_key = serializers.UUIDField(required=False)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[WantedLine]:
        """Find every product and family named, in two queries."""
        products = Product.objects.select_related("family").in_bulk(
            [x["product"] for x in lines if "product" in x]
        )
        families = ProductFamily.objects.in_bulk([x["family"] for x in lines if "family" in x])
        found = [_wanted(line, products, families) for line in lines]
        problems = [_unfit(line, wanted) for line, wanted in zip(lines, found, strict=True)]
        if any(problems):
            raise serializers.ValidationError(problems)
        if None in found:
            missing = [{} if wanted else {"product": [_("Not in the catalogue.")]} for wanted in found]
            raise serializers.ValidationError(missing, code="does_not_exist")
        return [wanted for wanted in found if wanted]


class CancellationInput(serializers.Serializer[Any]):
    """Why an order is cancelled."""

    reason = serializers.CharField(max_length=500)


class Orders(Resource):
    """Orders of the partners of this bank; a charity's person sees and places its own."""

    serializer_class = OrderSheet

    @extend_schema(parameters=[OrderQuery], responses=OrderShape(many=True))
    def list(self, request: Request) -> Response:
        """List orders, newest first."""
        require(abilities(self.actor), "view")
        return self.listed(orders_visible_to(self.actor).filter(**self.asked(OrderQuery)), OrderShape)

    @extend_schema(responses=OrderSheet)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Read an order with its lines and the lots kept for each."""
        require(abilities(self.actor), "view")
        return Response(self._sheet(pk))

    @extend_schema(
        request=OrderInput,
        responses={201: OrderSheet},
        parameters=[
            OpenApiParameter(
                IDEMPOTENCY_HEADER,
                OpenApiTypes.UUID,
                OpenApiParameter.HEADER,
                description="Made by the client: sent twice, the order is placed once and answered twice.",
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Place an order; what is in stock is reserved at once, first expired first."""
        require(abilities(self.actor), "view")
        body = self.sent(OrderInput)
        order = order_place(
            self.actor,
            op_key=self.op_key(body),
            partner=body.get("partner") or self._own_partner(),
            site=body["site"],
            wanted_on=body["wanted_on"],
            lines=body["lines"],
            comment=body.get("comment", ""),
        )
        return Response(self._sheet(order.pk), status=201)

    @extend_schema(operation_id="orders_cancel", request=CancellationInput, responses=OrderSheet)
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Cancel an order and release what was kept for it."""
        require(abilities(self.actor), "view")
        order = get_object_or_404(orders_visible_to(self.actor), pk=pk)
        order_cancel(self.actor, order=order, reason=self.sent(CancellationInput)["reason"])
        return Response(self._sheet(pk))

    @extend_schema(operation_id="orders_history", responses=HistoryShape(many=True))
    def history(self, request: Request, pk: UUID) -> Response:
        """Read what was done with an order, newest first; a charity reads no name of the staff."""
        require(abilities(self.actor), "view")
        order = get_object_or_404(orders_visible_to(self.actor), pk=pk)
        return history_listed(self, order, abilities(self.actor, order))

    def _own_partner(self) -> Partner:
        own = self.actor.partner_id
        partner = Partner.objects.filter(pk=own).first() if own else None
        if partner is None:
            raise serializers.ValidationError({"partner": [_("Say for which partner.")]}, code="required")
        return partner

    def _sheet(self, pk: UUID) -> Any:
        order: Any = get_object_or_404(orders_visible_to(self.actor), pk=pk)
        order.detailed_lines = lines_of(order)
        return OrderSheet(order).data


def _wanted(
    line: dict[str, Any], products: dict[Any, Product], families: dict[Any, ProductFamily]
) -> WantedLine | None:
    programme = line["programme"]
    if "product" in line:
        product = products.get(line["product"])
        if product is None:
            return None
        grams = _grams(line, product.packing)
        return WantedLine(product=product, family=product.family, grams=grams, programme=programme)
    family = families.get(line["family"])
    if family is None:
        return None
    return WantedLine(product=None, family=family, grams=_grams(line, WEIGHED), programme=programme)


def _grams(line: dict[str, Any], packing: Packing) -> int:
    """Return the grams of a line, 0 for a unit that its goods are not counted in."""
    if "grams" in line:
        return int(line["grams"])
    return packing.sizes.get(line["unit"], 0) * int(line["quantity"])


def _unfit(line: dict[str, Any], wanted: WantedLine | None) -> dict[str, Any]:
    """Return what is wrong with how much is wanted, by field."""
    if wanted is None:
        return {}
    if wanted.grams == 0:
        return {"unit": [_("These goods are not counted in this unit.")]}
    try:
        within_reach(wanted.grams)
    except ValidationError as error:
        return {"grams" if "grams" in line else "quantity": error.messages}
    return {}
