"""Families and products of one bank, adopted from the shared library or its own."""

from typing import ClassVar, Final

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.catalogue import rules
from apps.catalogue.rules import EURO_PALLET_GRAMS, Packing, is_exact, packed_as
from apps.catalogue.states import DateKind, PackUnit, QualityLabel, ReportingCategory, TemperatureClass
from apps.kernel.display import number
from apps.kernel.folding import Fold
from apps.kernel.gs1 import is_gtin, is_in_store
from apps.kernel.models import ArchivableRecord


def validate_gtin(text: str) -> None:
    """Refuse what identifies no article: a wrong check digit, or a shop's own code.

    Raises:
        ValidationError: not an article number.
    """
    if not is_gtin(text):
        message = _("This GTIN is not right: write the 8 to 14 digits under the bars and check each of them.")
        raise ValidationError(message, code="gtin")
    if is_in_store(text):
        message = _(
            "This code was made by a shop for itself: it does not identify a product. Leave it empty."
        )
        raise ValidationError(message, code="gtin_in_store")


def _refuse_grace_after_use_by(date_kind: str, grace_days: int | None) -> None:
    """Refuse days of grace for a food that is dangerous past its date.

    Raises:
        ValidationError: at ``grace_days``.
    """
    if date_kind == DateKind.USE_BY and grace_days:
        message = _("Food past its use-by date is never given: write 0.")
        raise ValidationError({"grace_days": ValidationError(message, code="grace_after_use_by")})


_COUNTED: Final = {
    PackUnit.PACK: lambda n: ngettext("%(count)s pack", "%(count)s packs", n),
    PackUnit.CASE: lambda n: ngettext("%(count)s case", "%(count)s cases", n),
    PackUnit.CRATE: lambda n: ngettext("%(count)s crate", "%(count)s crates", n),
    PackUnit.PALLET: lambda n: ngettext("%(count)s pallet", "%(count)s pallets", n),
}


def in_units(packing: Packing, grams: int, *, unit_label: str) -> str:
    """Write a weight in the units in use but kg, in words; an empty text for goods that nobody counts.

    ``≈`` says that it is near enough: weights vary, or the weight is no whole number of units. What is over
    a whole case is said in units: ``2 cases + 3``.
    """
    about = "" if is_exact(packing, grams) else "≈\u00a0"
    said = []
    for unit, count, over in packed_as(packing, grams):
        if unit == PackUnit.UNIT:
            said.append(f"{about}{number(count)} × {unit_label}")
            continue
        rest = over // packing.unit_grams
        words = _COUNTED[PackUnit(unit)](count) % {"count": number(count)}
        said.append(f"{about}{words}{f' + {number(rest)}' if rest else ''}")
    return " · ".join(said)


def _refuse_grace_for_infants(grace_days: int | None) -> None:
    """Refuse days of grace for the food of infants, which is never given past any date.

    Raises:
        ValidationError: at ``grace_days``.
    """
    if grace_days:
        message = _("Food for infants is never given past its date: write 0.")
        raise ValidationError({"grace_days": ValidationError(message, code="grace_for_infants")})


class AdoptedRecord(ArchivableRecord):
    """A file that may come from the shared library, in a version; the bank's own changes are kept.

    ``is_overridden`` tells that the bank changed what it adopted: later versions leave the file alone.
    """

    library_version = models.PositiveIntegerField(_("library version"), null=True, blank=True, editable=False)
    is_overridden = models.BooleanField(_("changed here"), default=False, editable=False)

    class Meta:
        abstract = True


class ProductFamily(AdoptedRecord):
    """A family of products, such as fresh fruit and vegetables; what a mixed lot is known by.

    ``is_food`` decides whether its weight counts as meals; ``grace_days`` is how long after *best
    before* it may still be given out, after an inspection. Food for infants has none, whatever is set here
    or on a product.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_food = models.BooleanField(_("food"), default=True)
    is_fresh = models.BooleanField(_("fresh"), default=False)
    is_infant_food = models.BooleanField(_("food for infants"), default=False, db_default=False)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    shelf_life_days = models.PositiveSmallIntegerField(_("usual life (days)"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days after best before"), default=0)
    reporting_category = models.CharField(_("reporting category"), max_length=4, choices=ReportingCategory)
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)

    class Meta:
        verbose_name = _("product family")
        verbose_name_plural = _("product families")
        ordering: ClassVar = [Fold("name")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="infants_have_no_grace",
                condition=models.Q(is_infant_food=False) | models.Q(grace_days=0),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse grace after use by or for infants, and a category that contradicts whether this is food.

        Raises:
            ValidationError: at ``grace_days`` or ``reporting_category``.
        """
        _refuse_grace_after_use_by(self.date_kind, self.grace_days)
        if self.is_infant_food:
            _refuse_grace_for_infants(self.grace_days)
        if self.is_food == (self.reporting_category == ReportingCategory.NOT_FOOD):
            message = _("Food has a category of food; what is not food is reported as “Not food”.")
            raise ValidationError({"reporting_category": ValidationError(message, code="category")})


class Product(AdoptedRecord):
    """A reference that can be offered, stocked and ordered; ``unit_grams`` is its net weight."""

    ref = models.CharField(_("reference"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="products", verbose_name=_("family")
    )
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True, validators=[validate_gtin])
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    unit_label = models.CharField(_("unit"), max_length=20)
    unit_grams = models.PositiveBigIntegerField(_("weight of a unit"), validators=[MinValueValidator(1)])
    units_per_case = models.PositiveSmallIntegerField(
        _("units per case"), default=1, validators=[MinValueValidator(1)]
    )
    units_per_pack = models.PositiveSmallIntegerField(
        _("units per pack"), default=1, db_default=1, validators=[MinValueValidator(1)]
    )
    units_per_crate = models.PositiveSmallIntegerField(_("units per crate"), default=0, db_default=0)
    cases_per_pallet = models.PositiveSmallIntegerField(_("cases per pallet"), default=0, db_default=0)
    crate_tare_grams = models.PositiveIntegerField(_("weight of an empty crate"), default=0, db_default=0)
    pallet_tare_grams = models.PositiveIntegerField(
        _("weight of an empty pallet"), default=EURO_PALLET_GRAMS, db_default=EURO_PALLET_GRAMS
    )
    is_variable_weight = models.BooleanField(_("variable weight"), default=False, db_default=False)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    shelf_life_days = models.PositiveSmallIntegerField(_("usual life (days)"), null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(_("days after best before"), null=True, blank=True)
    is_fresh = models.BooleanField(_("fresh"), default=False)
    is_organic = models.BooleanField(_("organic"), default=False)
    quality_label = models.CharField(_("quality label"), max_length=12, choices=QualityLabel, blank=True)
    is_freezable = models.BooleanField(_("can be frozen"), default=False)
    value_cents_per_kg = models.PositiveIntegerField(_("valuation (cents per kg)"), default=0)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar = [Fold("name")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gtin"],
                condition=~models.Q(gtin=""),
                name="product_gtin_once",
                violation_error_message=_("Another product has this GTIN, perhaps an archived one."),
                violation_error_code="gtin_taken",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def packing(self) -> Packing:
        """How it is packed, as the rules of conversion take it."""
        return Packing(
            unit_grams=self.unit_grams,
            units_per_pack=self.units_per_pack,
            units_per_case=self.units_per_case,
            units_per_crate=self.units_per_crate,
            cases_per_pallet=self.cases_per_pallet,
            crate_grams=self.crate_tare_grams,
            pallet_grams=self.pallet_tare_grams,
            is_variable=self.is_variable_weight,
        )

    def packed(self, grams: int) -> str:
        """Write a weight in every unit it is packed in: ``24 × packet · 2 cases``; ``≈`` where it varies."""
        return in_units(self.packing, grams, unit_label=self.unit_label)

    def clean(self) -> None:
        """Refuse grace after use by, or for infants.

        Raises:
            ValidationError: at ``grace_days``.
        """
        _refuse_grace_after_use_by(self.date_kind, self.grace_days)
        if self.family_id and self.family.is_infant_food:
            _refuse_grace_for_infants(self.grace_days)

    @property
    def allowed_grace_days(self) -> int:
        """Days after best before during which it may leave once inspected: its own, else its family's."""
        return rules.grace_days(
            self.grace_days, family_days=self.family.grace_days, is_infant_food=self.family.is_infant_food
        )
