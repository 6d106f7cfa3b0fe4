"""Counts of the stock: the sheets, and what was found line by line."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from api.v1.goods import FamilyBrief, LocationBrief, SiteBrief
from api.v1.stock import LotShape
from apps.kernel.abilities import require
from apps.stock.abilities import abilities
from apps.stock.models import CountLine
from apps.stock.selectors import latest_of, lines_listed, sheets_with_counts
from apps.stock.states import EntryStatus, SheetStatus


class SheetShape(serializers.Serializer[Any]):
    """A count of part of a site: no ``locations`` stand for all of them, no ``family`` for every one."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    site = SiteBrief()
    locations = serializers.ListField(child=serializers.CharField(), source="location_codes")
    family = FamilyBrief(allow_null=True)
    is_blind = serializers.BooleanField()
    status = serializers.ChoiceField(choices=SheetStatus.choices)
    opened_by = serializers.CharField(source="opened_by_label")
    opened_at = serializers.DateTimeField(source="created_at")
    closed_by = serializers.CharField(source="closed_by_label")
    closed_at = serializers.DateTimeField(allow_null=True)
    line_count = serializers.IntegerField()
    counted_count = serializers.IntegerField()
    waiting_count = serializers.IntegerField()


class EntryShape(serializers.Serializer[Any]):
    """What somebody found, and what the books held at that instant; a difference has its sign."""

    id = serializers.UUIDField()
    counted_grams = serializers.IntegerField()
    tare_grams = serializers.IntegerField()
    book_grams = serializers.IntegerField()
    difference_grams = serializers.IntegerField()
    unsettled_grams = serializers.IntegerField()
    status = serializers.ChoiceField(choices=EntryStatus.choices)
    counted_at = serializers.DateTimeField()
    counted_by = serializers.CharField(source="counted_by_label")


class SheetLineShape(serializers.Serializer[Any]):
    """A lot at a location and its latest count; before the first, nobody is told what the books hold."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    is_listed = serializers.BooleanField()
    lot = LotShape()
    location = LocationBrief()
    count = serializers.SerializerMethodField()

    @extend_schema_field(EntryShape(allow_null=True))
    def get_count(self, line: CountLine) -> dict[str, Any] | None:
        """Return the latest count."""
        latest = latest_of(line)
        return None if latest is None else dict(EntryShape(latest).data)


class Counts(Resource):
    """The count sheets of this bank."""

    serializer_class = SheetShape

    @extend_schema(operation_id="stock_counts_list", responses=SheetShape(many=True))
    def list(self, request: Request) -> Response:
        """List the sheets, newest first."""
        require(abilities(self.actor), "view")
        return self.listed(sheets_with_counts().order_by("-created_at", "-id"), SheetShape)

    @extend_schema(operation_id="stock_count_retrieve", responses=SheetShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one sheet."""
        require(abilities(self.actor), "view")
        return Response(SheetShape(get_object_or_404(sheets_with_counts(), pk=pk)).data)

    @extend_schema(operation_id="stock_count_lines_list", responses=SheetLineShape(many=True))
    def lines(self, request: Request, pk: UUID) -> Response:
        """List the lines of a sheet in the order of the walk."""
        require(abilities(self.actor), "view")
        return self.listed(lines_listed(get_object_or_404(sheets_with_counts(), pk=pk)), SheetLineShape)
