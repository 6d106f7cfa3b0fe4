"""Choices of the catalogue: temperature classes, kinds of date, quality labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TemperatureClass(models.TextChoices):
    """Storage class of a product; maxima of the retail stage (order of 21 December 2009)."""

    AMBIENT = "AMBIENT", _("Ambient")
    COOL_8_12 = "COOL_8_12", _("Cool, 8 to 12 °C")
    CHILLED_5_15 = "CHILLED_5_15", _("Chilled, 5 to 15 °C")
    CHILLED_0_8 = "CHILLED_0_8", _("Chilled, 0 to 8 °C")
    CHILLED_0_4 = "CHILLED_0_4", _("Chilled, 0 to 4 °C")
    CHILLED_0_3 = "CHILLED_0_3", _("Chilled, 0 to 3 °C")
    CHILLED_0_2 = "CHILLED_0_2", _("Chilled, 0 to 2 °C")
    FROZEN_M18 = "FROZEN_M18", _("Frozen, −18 °C")


CHILLED = frozenset(
    {
        TemperatureClass.CHILLED_5_15,
        TemperatureClass.CHILLED_0_8,
        TemperatureClass.CHILLED_0_4,
        TemperatureClass.CHILLED_0_3,
        TemperatureClass.CHILLED_0_2,
    }
)
FROZEN = frozenset({TemperatureClass.FROZEN_M18})
LIKELY_DEGREES: dict[str, tuple[int, ...]] = {
    TemperatureClass.COOL_8_12: (8, 10, 12),
    TemperatureClass.CHILLED_5_15: (6, 8, 10, 12),
    **dict.fromkeys(CHILLED - {TemperatureClass.CHILLED_5_15}, (1, 2, 3, 4, 5)),
    TemperatureClass.FROZEN_M18: (-22, -20, -18, -16),
}
"""What a probe reads most, offered within one tap (°C); ambient goods are not probed."""


class DateKind(models.TextChoices):
    """What the date on a food means: safety, quality, or no date."""

    USE_BY = "USE_BY", _("Use by")
    BEST_BEFORE = "BEST_BEFORE", _("Best before")
    NONE = "NONE", _("No date")


class ReportingCategory(models.TextChoices):
    """What the State's reports call a food: the seven classes of the European food aid, and non-food."""

    FRUIT_VEGETABLES = "FL", _("Fruit and vegetables")
    MEAT_FISH_EGGS = "VPO", _("Meat, fish and eggs")
    STARCHES = "FEC", _("Flour, bread, potatoes, rice and starches")
    SUGAR = "SUC", _("Sugar and sweets")
    MILK = "LAI", _("Milk products")
    FATS = "MG", _("Fats and oils")
    OTHER_FOOD = "AUT", _("Prepared and other food")
    NOT_FOOD = "NA", _("Not food")


class QualityLabel(models.TextChoices):
    """Official sign of quality."""

    ORGANIC = "BIO", _("Organic")
    AOP = "AOP", _("AOP")
    IGP = "IGP", _("IGP")
    LABEL_ROUGE = "LABEL_ROUGE", _("Label Rouge")


class PackUnit(models.TextChoices):
    """What goods are counted in, from the smallest; the name of the piece is the product's own."""

    KG = "kg", _("kg")
    UNIT = "unit", _("unit")
    PACK = "pack", _("pack")
    CASE = "case", _("case")
    CRATE = "crate", _("crate")
    PALLET = "pallet", _("pallet")
