"""Goods receipts: what arrives, weighed, checked, accepted or refused, before it is stock; its limits."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.models import Donor
from apps.donors.states import SupplySource
from apps.kernel.models import Record
from apps.receiving.states import ReceiptStatus, Verdict
from apps.rounds.models import Stop
from apps.rounds.states import RefusalReason
from apps.sites.models import Location, Site


class GoodsReceipt(Record):
    """One arrival from one donor or supplier at one site; numbered when it is posted."""

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
    comment = models.CharField(_("comment"), max_length=500, blank=True)

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
