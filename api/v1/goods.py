"""Shapes that several operations share: what goods are, where they are."""

from typing import Any

from rest_framework import serializers

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import SupplySource


class ProductBrief(serializers.Serializer[Any]):
    """A product of the bank's catalogue, and how it is packed.

    ``unit_sizes`` gives the grams of one of each unit in use (kg, unit, pack, case, crate, pallet); where
    ``is_variable_weight``, counts are near enough and the scales decide.
    """

    id = serializers.UUIDField()
    ref = serializers.CharField()
    name = serializers.CharField()
    unit_label = serializers.CharField()
    unit_sizes = serializers.DictField(child=serializers.IntegerField(), source="packing.sizes")
    is_variable_weight = serializers.BooleanField()


class FamilyBrief(serializers.Serializer[Any]):
    """A family of products of the bank's catalogue."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class SiteBrief(serializers.Serializer[Any]):
    """A site of the bank."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class LocationBrief(serializers.Serializer[Any]):
    """A storage location of a site."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class GoodsShape(serializers.Serializer[Any]):
    """What goods are: one product, or a mix of a family when ``product`` is null; their kind of date."""

    product = ProductBrief(allow_null=True)
    family = FamilyBrief()
    label = serializers.CharField()  # type: ignore[assignment]
    temperature_class = serializers.ChoiceField(choices=TemperatureClass.choices)
    date_kind = serializers.ChoiceField(choices=DateKind.choices)
    expires_on = serializers.DateField(allow_null=True)


def source_field() -> serializers.ChoiceField:
    """Return the field that says where goods come from."""
    return serializers.ChoiceField(choices=SupplySource.choices)
