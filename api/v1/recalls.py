"""Recalls of this bank: list, read with lots and partners, history."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.resources import Resource
from api.v1.history import HistoryShape, history_listed
from api.v1.orders import PartnerBrief
from apps.kernel.abilities import require
from apps.recalls.abilities import abilities
from apps.recalls.rules import Rung
from apps.recalls.selectors import cases_visible_to, found_lots, reaches_of
from apps.recalls.states import CaseSource, CaseState, MatchState, ReachState


class NamedShape(serializers.Serializer[Any]):
    """A product that a recall names, as written; any part may be empty."""

    gtin = serializers.CharField()
    lot = serializers.CharField(source="lot_text")
    date = serializers.CharField(source="date_text")


class FoundShape(serializers.Serializer[Any]):
    """A lot that was found: how sure (1 to 4; 4 is to check), why, and where its grams are."""

    lot_id = serializers.UUIDField(source="lot.pk")
    lot_number = serializers.CharField(source="lot.number")
    rung = serializers.ChoiceField(choices=[rung.value for rung in Rung], source="match.rung")
    reason = serializers.CharField(source="match.reason")
    state = serializers.ChoiceField(choices=MatchState.choices, source="match.state")
    entered_grams = serializers.IntegerField(source="grams.entered")
    in_stock_grams = serializers.IntegerField(source="grams.in_stock")
    served_grams = serializers.IntegerField(source="grams.served")
    lost_grams = serializers.IntegerField(source="grams.lost")
    shipped_grams = serializers.IntegerField(source="grams.shipped")


class ReachShape(serializers.Serializer[Any]):
    """A partner that was served, and what it answered."""

    partner = PartnerBrief()
    state = serializers.ChoiceField(choices=ReachState.choices)
    served_grams = serializers.IntegerField()
    returned_grams = serializers.IntegerField()
    destroyed_grams = serializers.IntegerField()
    used_grams = serializers.IntegerField()
    told_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class CaseShape(serializers.Serializer[Any]):
    """A recall in a list. That no lot was found does not say that goods are safe."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    source = serializers.ChoiceField(choices=CaseSource.choices)  # type: ignore[assignment]
    reference = serializers.CharField()
    title = serializers.CharField()
    is_exercise = serializers.BooleanField()
    state = serializers.ChoiceField(choices=CaseState.choices)
    opened_at = serializers.DateTimeField()
    kept_back_at = serializers.DateTimeField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class CaseSheet(CaseShape):
    """A recall with what it names, the lots found and the partners served."""

    motive = serializers.CharField()
    advice = serializers.CharField()
    named = NamedShape(many=True, source="groups.all")
    lots = FoundShape(many=True, source="lots_found")
    partners = ReachShape(many=True, source="partners_served")


class CaseQuery(serializers.Serializer[Any]):
    """Filters of the list."""

    state = serializers.ChoiceField(choices=CaseState.choices, required=False)


class Recalls(Resource):
    """Recalls of this bank."""

    serializer_class = CaseSheet

    @extend_schema(parameters=[CaseQuery], responses=CaseShape(many=True))
    def list(self, request: Request) -> Response:
        """List recalls, newest first."""
        require(abilities(self.actor), "view")
        return self.listed(cases_visible_to(self.actor).filter(**self.asked(CaseQuery)), CaseShape)

    @extend_schema(responses=CaseSheet)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Read a recall with the lots found, how sure, and what partners answered."""
        require(abilities(self.actor), "view")
        case: Any = get_object_or_404(cases_visible_to(self.actor), pk=pk)
        case.lots_found, case.partners_served = found_lots(case), reaches_of(case)
        return Response(CaseSheet(case).data)

    @extend_schema(operation_id="recalls_history", responses=HistoryShape(many=True))
    def history(self, request: Request, pk: UUID) -> Response:
        """Read what happened in a recall, newest first."""
        require(abilities(self.actor), "view")
        case = get_object_or_404(cases_visible_to(self.actor), pk=pk)
        return history_listed(self, case, abilities(self.actor, case))
