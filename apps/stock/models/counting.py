"""What was counted of a lot, and what a bank wants to have at least."""

from collections.abc import Mapping
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.kernel import clock
from apps.kernel.errors import Text
from apps.kernel.models import ArchivableRecord, Record
from apps.kernel.quantity import GRAMS_PER_KG
from apps.sites.models import Location, Site
from apps.stock.models.ledger import Lot
from apps.stock.states import (
    EntryStatus,
    LevelShare,
    SheetStatus,
)


class CountLimits(Record):
    """Which differences of a count wait for a second person, in this bank. One row.

    Above ``limit_grams``, or above ``limit_percent`` of what the books held (``rules.needs_approval``).
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "is_only"

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    limit_grams = models.PositiveBigIntegerField(_("approval above"), default=20_000)
    limit_percent = models.PositiveSmallIntegerField(
        _("approval above (percent of the books)"), default=5, validators=[MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("limits of counts")
        verbose_name_plural = _("limits of counts")
        constraints: ClassVar = [
            models.CheckConstraint(name="count_limits_only_one", condition=models.Q(is_only=True))
        ]

    def __str__(self) -> str:
        return str(_("Limits of counts"))


class CountSheet(Record):
    """A count of part of a site: what to look at, who opened it, until it is closed.

    ``location_codes`` empty stands for the whole site, ``family`` empty for every family. A blind sheet
    does not show what the books hold before it is counted.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    ACTS: ClassVar[Mapping[str, Text]] = {"closed": _("Closed")}

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("site"))
    location_codes = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, verbose_name=_("locations")
    )
    family = models.ForeignKey(
        ProductFamily,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("family"),
    )
    is_blind = models.BooleanField(_("blind count"), default=False)
    status = models.CharField(_("state"), max_length=6, choices=SheetStatus, default=SheetStatus.OPEN)
    opened_by_label = models.CharField(_("opened by"), max_length=200, editable=False)
    closed_by_label = models.CharField(_("closed by"), max_length=200, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("count sheet")
        verbose_name_plural = _("count sheets")
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.number


class CountLine(Record):
    """A lot at a location that a sheet asks to count; ``is_listed`` is false for what was found besides."""

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    NAMED_BY: ClassVar[str] = "position"

    sheet = models.ForeignKey(CountSheet, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    is_listed = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("line of a count")
        verbose_name_plural = _("lines of a count")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "lot", "location"], name="count_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.lot} · {self.location}"


class CountEntry(Record):
    """What somebody found of a lot at a location, and what the books held at that very instant.

    The id is the key of the act. ``posted_grams`` is what of the difference is in the books, with its sign;
    ``unsettled_grams`` is missing and promised to orders. ``tare_grams`` was taken off what the scales said.
    The movement of the difference has the same key.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "counted_at"

    line = models.ForeignKey(
        CountLine, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="counts", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    counted_grams = models.PositiveBigIntegerField(_("weight found"))
    tare_grams = models.PositiveBigIntegerField(_("tare"), default=0)
    on_hand_grams = models.PositiveBigIntegerField(_("free in the books"))
    reserved_grams = models.PositiveBigIntegerField(_("reserved in the books"))
    counted_at = models.DateTimeField(_("counted at"), default=clock.now)
    counted_by_id = models.UUIDField(null=True, editable=False)
    counted_by_label = models.CharField(_("counted by"), max_length=200)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    status = models.CharField(_("state"), max_length=8, choices=EntryStatus)
    posted_grams = models.BigIntegerField(_("difference posted"), default=0)
    unsettled_grams = models.PositiveBigIntegerField(_("to settle with orders"), default=0)
    decided_by_label = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        ordering: ClassVar = ["-counted_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["lot", "location"],
                name="count_entry_pending",
                condition=models.Q(status=EntryStatus.WAITING) | models.Q(unsettled_grams__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.lot} · {self.location}"

    @property
    def book_grams(self) -> int:
        """What the books held there at the instant of the count, reserved goods included."""
        return self.on_hand_grams + self.reserved_grams

    @property
    def difference_grams(self) -> int:
        """What was found more (above zero) or less than the books held."""
        return self.counted_grams - self.book_grams

    @property
    def difference_cents(self) -> int:
        """The valuation of the difference, rounded towards zero."""
        cents = abs(self.difference_grams) * self.lot.value_cents_per_kg // GRAMS_PER_KG
        return cents if self.difference_grams >= 0 else -cents


class MinimumLevel(ArchivableRecord):
    """What a bank wants to have at least of a product, or of a family, at a site or in all.

    ``share`` says who is told when there is less; ``tells_weight`` whether they are told how much is wanted.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "minimum_grams"

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    family = models.ForeignKey(
        ProductFamily,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("family"),
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    minimum_grams = models.PositiveBigIntegerField(_("minimum"), validators=[MinValueValidator(1)])
    share = models.CharField(_("who is told"), max_length=6, choices=LevelShare, default=LevelShare.NOBODY)
    tells_weight = models.BooleanField(_("say how much is wanted"), default=False)

    class Meta:
        verbose_name = _("minimum level")
        verbose_name_plural = _("minimum levels")
        ordering: ClassVar = ["family__name", "product__name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="level_of_a_product_or_a_family",
                condition=models.Q(product__isnull=True) ^ models.Q(family__isnull=True),
                violation_error_message=_("Choose a product or a family, one of the two."),
                violation_error_code="level_goods",
            ),
            models.UniqueConstraint(
                fields=["product", "family", "site"],
                condition=models.Q(archived_at__isnull=True),
                nulls_distinct=False,
                name="level_once",
                violation_error_message=_("These goods have a minimum there already."),
                violation_error_code="level_taken",
            ),
        ]

    def __str__(self) -> str:
        return str(self.product or self.family)
