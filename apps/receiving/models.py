"""Goods receipts: what arrives, weighed, checked, accepted or refused, before it is stock; collections."""

from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.models import Donor
from apps.donors.states import SupplySource
from apps.kernel.errors import Text
from apps.kernel.folding import Fold
from apps.kernel.models import ArchivableRecord, Record
from apps.kernel.quantity import format_kg
from apps.receiving.states import ReceiptStatus, Verdict
from apps.rounds.models import Stop
from apps.rounds.states import RefusalReason
from apps.sites.models import Location, Site


class GoodsReceipt(Record):
    """One arrival from one donor or supplier at one site; numbered when it is posted."""

    NAMED_BY: ClassVar[str] = "number"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"received_by", "posted_at", "parties"})

    number = models.CharField(  # noqa: DJ001 (several receipts wait without a number)
        _("number"), max_length=20, null=True, unique=True, editable=False
    )
    op_key = models.UUIDField(unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("site"))
    donor = models.ForeignKey(
        Donor, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("donor")
    )
    stop = models.OneToOneField(
        Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="receipt", verbose_name=_("stop")
    )
    supply_source = models.CharField(_("supply source"), max_length=20, choices=SupplySource)
    campaign = models.CharField(_("campaign"), max_length=40, blank=True)
    status = models.CharField(_("state"), max_length=9, choices=ReceiptStatus, default=ReceiptStatus.EXPECTED)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    received_by = models.CharField(_("received by"), max_length=200, blank=True)
    posted_at = models.DateTimeField(_("posted at"), null=True, editable=False)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    parties = models.JSONField(_("parties"), null=True, editable=False)
    """Who gave and who received, as called that day: ``issuer`` (legal identity), ``site``, ``donor``."""

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["status", "-created_at"], name="receipt_status")]

    def __str__(self) -> str:
        if self.number:
            return self.number
        is_expected = self.status == ReceiptStatus.EXPECTED
        return str(_("Receipt to check") if is_expected else _("Cancelled receipt"))


class ReceiptLine(Record):
    """A product, or a mix of one family, in a receipt: grams accepted, grams refused and why, °C."""

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, verbose_name=_("family"))
    label = models.CharField(_("goods"), max_length=120)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    expected_grams = models.PositiveBigIntegerField(_("expected"), default=0)
    accepted_grams = models.PositiveBigIntegerField(_("accepted"), default=0)
    refused_grams = models.PositiveBigIntegerField(_("refused"), default=0)
    refusal_reason = models.CharField(_("reason"), max_length=12, choices=RefusalReason, blank=True)
    temperature_c = models.DecimalField(
        _("temperature (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    expires_on = models.DateField(_("date"), null=True, blank=True)
    short_date_reason = models.CharField(_("taken in spite of its short date"), max_length=200, blank=True)
    supplier_lot = models.CharField(_("lot number on the label"), max_length=40, blank=True)
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("location")
    )

    class Meta:
        verbose_name = _("receipt line")
        verbose_name_plural = _("receipt lines")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="receipt_refusals_have_a_reason",
                condition=models.Q(refused_grams=0) | ~models.Q(refusal_reason=""),
            )
        ]

    def __str__(self) -> str:
        return self.label


class TemperatureLimit(Record):
    """What this bank requires of a temperature class at the dock, instead of the network's usual limit.

    Up to ``max_c`` goods are accepted, up to ``max_c + tolerance_c`` with reserve, above they are
    refused. A class without a row here follows ``rules.USUAL_LIMITS``.
    """

    NAMED_BY: ClassVar[str] = "temperature_class"

    temperature_class = models.CharField(
        _("temperature class"), max_length=12, choices=TemperatureClass, unique=True
    )
    max_c = models.DecimalField(_("maximum (°C)"), max_digits=4, decimal_places=1)
    tolerance_c = models.DecimalField(
        _("tolerance (°C)"), max_digits=3, decimal_places=1, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("temperature limit")
        verbose_name_plural = _("temperature limits")
        ordering: ClassVar = ["temperature_class"]

    def __str__(self) -> str:
        return self.get_temperature_class_display()


class Container(ArchivableRecord):
    """What goods are weighed in, and how much it weighs empty: a crate, a pallet, a box."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    tare_grams = models.PositiveBigIntegerField(_("empty weight"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("container")
        verbose_name_plural = _("containers")
        ordering: ClassVar = [Fold("name")]

    def __str__(self) -> str:
        return self.name


class NationalCollection(ArchivableRecord):
    """Days on which shops let the public give: weighed per shop, then sorted per family for weeks.

    ``donor`` is the one anonymous file under which its receipts are kept. ``tolerance_percent`` is how far
    sorting may pass what was weighed without a word: scales differ, and so do boxes.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="collections", verbose_name=_("sorted at")
    )
    donor = models.OneToOneField(
        Donor,
        on_delete=models.PROTECT,
        related_name="collection",
        verbose_name=_("donor"),
        editable=False,
    )
    tolerance_percent = models.PositiveSmallIntegerField(
        _("tolerance of sorting (%)"), default=3, validators=[MaxValueValidator(20)]
    )

    class Meta:
        verbose_name = _("national collection")
        verbose_name_plural = _("national collections")
        ordering: ClassVar = ["-starts_on", Fold("name")]

    def __str__(self) -> str:
        return self.name

    @property
    def year(self) -> int:
        """The year it is counted in: that of its first day."""
        return self.starts_on.year

    def clean(self) -> None:
        """Refuse days in the wrong order.

        Raises:
            ValidationError: at ``ends_on``.
        """
        super().clean()
        if self.starts_on and self.ends_on and self.starts_on > self.ends_on:
            message = _("The last day comes before the first one.")
            raise ValidationError({"ends_on": ValidationError(message, code="days_order")})


class CollectionShop(Record):
    """A shop that takes part in a collection; ``donor`` is its own file, when the bank has one."""

    collection = models.ForeignKey(
        NationalCollection, on_delete=models.PROTECT, related_name="shops", verbose_name=_("collection")
    )
    name = models.CharField(_("name"), max_length=120)
    city = models.CharField(_("town"), max_length=80)
    donor = models.ForeignKey(
        Donor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="collection_shops",
        verbose_name=_("file of the donor"),
    )

    class Meta:
        verbose_name = _("shop of a collection")
        verbose_name_plural = _("shops of a collection")
        ordering: ClassVar = [Fold("name"), Fold("city")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collection", "name", "city"],
                name="collection_shop_once",
                violation_error_message=_("This shop already takes part."),
                violation_error_code="shop_taken",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class Weighing(Record):
    """One turn of the scale for a shop: grams shown, grams of the containers, grams of goods.

    Never changed: a mistake is undone, and stays with who undid it.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    ACTS: ClassVar[Mapping[str, Text]] = {"undone": _("Undone")}

    shop = models.ForeignKey(
        CollectionShop, on_delete=models.PROTECT, related_name="weighings", verbose_name=_("shop")
    )
    scale_grams = models.PositiveBigIntegerField(_("on the scale"))
    container = models.ForeignKey(
        Container, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("container")
    )
    container_count = models.PositiveSmallIntegerField(_("containers"), default=0)
    tare_grams = models.PositiveBigIntegerField(_("empty weight"), default=0)
    grams = models.PositiveBigIntegerField(_("weight"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["shop", "-created_at"], name="weighing_shop")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="weighing_adds_up",
                condition=models.Q(grams__gt=0)
                & models.Q(scale_grams=models.F("grams") + models.F("tare_grams")),
            )
        ]

    def __str__(self) -> str:
        return format_kg(self.grams)
