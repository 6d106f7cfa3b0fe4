"""Indicators of the bank over a period, with their definitions."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from apps.impact.abilities import abilities
from apps.impact.rules.periods import Period, Span, period_around
from apps.impact.selectors import indicators
from apps.impact.states import Unit
from apps.kernel import clock
from apps.kernel.abilities import require


@extend_schema_field({"type": "number", "nullable": True})
class Figure(serializers.Field[Any, Any, Any, Any]):
    """A whole number of grams or meals, or a share between 0 and 1; null when it means nothing."""

    def to_representation(self, value: int | Decimal) -> int | float:
        """Keep whole numbers whole."""
        return value if isinstance(value, int) else float(value)


class IndicatorShape(serializers.Serializer[Any]):
    """One indicator, how it is computed, its value and that of the period before."""

    code = serializers.CharField(source="definition.code")
    name = serializers.CharField(source="definition.name")
    formula = serializers.CharField(source="definition.formula")
    unit = serializers.ChoiceField(source="definition.unit", choices=[unit.value for unit in Unit])
    source = serializers.CharField(source="definition.source")  # type: ignore[assignment]
    version = serializers.IntegerField(source="definition.version")
    value = Figure()
    before = Figure()


class IndicatorSheet(serializers.Serializer[Any]):
    """The indicators of a period; the period before is as long as the days already lived."""

    since = serializers.DateField()
    until = serializers.DateField()
    before_since = serializers.DateField()
    before_until = serializers.DateField()
    indicators = IndicatorShape(many=True)


class IndicatorQuery(serializers.Serializer[Any]):
    """First and last day, both included; the current month when left out."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse half a period, or one that ends before it begins."""
        if len(attrs) == 1:
            raise serializers.ValidationError(_("Give the first and the last day."), code="half_period")
        if attrs and attrs["until"] < attrs["since"]:
            raise serializers.ValidationError({"until": [_("The last day comes before the first.")]})
        return attrs


class Indicators(Resource):
    """Indicators of this bank."""

    serializer_class = IndicatorSheet
    pagination_class = None

    @extend_schema(operation_id="indicators_read", parameters=[IndicatorQuery], responses=IndicatorSheet)
    def read(self, request: Request) -> Response:
        """Read every indicator over a period."""
        require(abilities(self.actor), "view")
        today = clock.today()
        asked = self.asked(IndicatorQuery)
        period = Period(span=Span.CUSTOM, **asked) if asked else period_around(Span.MONTH, today)
        before = period.compared_with(today)
        sheet = {
            "since": period.since,
            "until": period.until,
            "before_since": before.since,
            "before_until": before.until,
            "indicators": indicators(period),
        }
        return Response(IndicatorSheet(sheet).data)
