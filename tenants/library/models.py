"""The shared library of families and products: what every bank may adopt, version by version."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind, QualityLabel, ReportingCategory, TemperatureClass


class LibraryFamily(models.Model):
    """A family as the network knows it; ``version`` grows with each change."""

    BANK_RIGHTS: ClassVar[str] = "SELECT"

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    is_food = models.BooleanField(_("food"))
    is_fresh = models.BooleanField(_("fresh"))
    is_infant_food = models.BooleanField(_("food for infants"), default=False, db_default=False)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    shelf_life_days = models.PositiveSmallIntegerField(_("usual life (days)"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days after best before"), default=0)
    reporting_category = models.CharField(_("reporting category"), max_length=4, choices=ReportingCategory)
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("family of the library")
        verbose_name_plural = _("families of the library")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class LibraryProduct(models.Model):
    """A product as the network knows it; ``unit_grams`` is the net weight of a unit.

    It is a sort of food, such as golden apples, and no brand's article: it has no GTIN.
    """

    BANK_RIGHTS: ClassVar[str] = "SELECT"

    ref = models.CharField(_("reference"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    family = models.ForeignKey(
        LibraryFamily, on_delete=models.PROTECT, related_name="products", verbose_name=_("family")
    )
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    unit_label = models.CharField(_("unit"), max_length=20)
    unit_grams = models.PositiveBigIntegerField(_("weight of a unit"))
    units_per_case = models.PositiveSmallIntegerField(_("units per case"), default=1)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    shelf_life_days = models.PositiveSmallIntegerField(_("usual life (days)"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days after best before"), null=True, blank=True)
    is_fresh = models.BooleanField(_("fresh"))
    is_organic = models.BooleanField(_("organic"))
    quality_label = models.CharField(_("quality label"), max_length=12, choices=QualityLabel, blank=True)
    is_freezable = models.BooleanField(_("can be frozen"))
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("product of the library")
        verbose_name_plural = _("products of the library")
        ordering: ClassVar = ["ref"]

    def __str__(self) -> str:
        return self.name
