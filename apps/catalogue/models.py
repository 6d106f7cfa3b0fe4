"""Families and products of one bank, adopted from the shared library or its own."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind, QualityLabel, TemperatureClass
from apps.kernel.models import ArchivableQuerySet, ArchivableRecord


class ProductFamily(ArchivableRecord):
    """A family of products, such as fresh fruit and vegetables; what a mixed lot is known by.

    ``is_food`` decides whether its weight counts as meals; ``grace_days`` is how long after *best
    before* it may still be given out, after an inspection.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_food = models.BooleanField(_("food"), default=True)
    is_fresh = models.BooleanField(_("fresh"), default=False)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    shelf_life_days = models.PositiveSmallIntegerField(_("usual life (days)"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days after best before"), default=0)
    reporting_category = models.CharField(_("reporting category"), max_length=4)
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)
    library_version = models.PositiveIntegerField(_("library version"), null=True, blank=True, editable=False)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("product family")
        verbose_name_plural = _("product families")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(ArchivableRecord):
    """A reference that can be offered, stocked and ordered; ``unit_grams`` is its net weight."""

    ref = models.CharField(_("reference"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="products", verbose_name=_("family")
    )
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    unit_label = models.CharField(_("unit"), max_length=20)
    unit_grams = models.PositiveBigIntegerField(_("weight of a unit"), validators=[MinValueValidator(1)])
    units_per_case = models.PositiveSmallIntegerField(
        _("units per case"), default=1, validators=[MinValueValidator(1)]
    )
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    shelf_life_days = models.PositiveSmallIntegerField(_("usual life (days)"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days after best before"), null=True, blank=True)
    is_fresh = models.BooleanField(_("fresh"), default=False)
    is_organic = models.BooleanField(_("organic"), default=False)
    quality_label = models.CharField(_("quality label"), max_length=12, choices=QualityLabel, blank=True)
    is_freezable = models.BooleanField(_("can be frozen"), default=False)
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)
    library_version = models.PositiveIntegerField(_("library version"), null=True, blank=True, editable=False)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [
            models.Index(fields=["gtin"], condition=~models.Q(gtin=""), name="product_gtin")
        ]

    def __str__(self) -> str:
        return self.name
