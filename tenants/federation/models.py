"""Consolidated figures: append-only deltas written with each movement, and their rollup."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.impact.rules import Flow
from apps.impact.states import FLOW_LABELS
from apps.kernel import clock
from apps.kernel.models import new_id
from tenants.federation.alerts.models import NoticeReading, NoticeRecord, RecallNotice, RecallStatus

__all__ = [
    "Delta",
    "NoticeReading",
    "NoticeRecord",
    "RecallNotice",
    "RecallStatus",
    "ReportSubscription",
    "Rollup",
]


class Figure(models.Model):
    """What is counted, by every dimension a report needs.

    ``detail`` is the partner type of an OUT, the reason of a LOSS; ``grams`` and ``cents`` are signed:
    a reversal counts backwards.
    """

    bank_id = models.UUIDField(_("food bank"))
    day = models.DateField(_("day"))
    site = models.CharField(_("site"), max_length=12)
    family = models.CharField(_("family"), max_length=40)
    source = models.CharField(_("supply source"), max_length=20)
    flow = models.CharField(
        _("flow"), max_length=8, choices=[(flow.value, FLOW_LABELS[flow]) for flow in Flow]
    )
    detail = models.CharField(_("detail"), max_length=24, blank=True)
    is_food = models.BooleanField(_("food"))
    is_fresh = models.BooleanField(_("fresh"))
    is_organic = models.BooleanField(_("organic"))
    grams = models.BigIntegerField(_("weight"))
    cents = models.BigIntegerField(_("valuation"))
    lines = models.IntegerField(_("lines"))

    class Meta:
        abstract = True


class Delta(Figure):
    """One counted movement, not yet folded into the rollup. Written only by ``federation_count``."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, UPDATE, DELETE"
    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"
    FEDERATION_RIGHTS: ClassVar[str] = "SELECT"

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("delta")
        verbose_name_plural = _("deltas")
        indexes: ClassVar = [models.Index(fields=["bank_id", "day"], name="delta_bank_day")]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.day} {self.flow} {self.grams}"


class Rollup(Figure):
    """Folded deltas: one row per combination of dimensions."""

    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"
    FEDERATION_RIGHTS: ClassVar[str] = "SELECT"

    class Meta:
        verbose_name = _("rollup")
        verbose_name_plural = _("rollups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "bank_id",
                    "day",
                    "site",
                    "family",
                    "source",
                    "flow",
                    "detail",
                    "is_food",
                    "is_fresh",
                    "is_organic",
                ],
                name="rollup_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.day} {self.flow} {self.grams}"


class ReportSubscription(models.Model):
    """A person who asked for the monthly report of one bank, or of the network, by e-mail.

    ``queued_month`` is the last month whose report is on its way, ``sent_month`` the last that was sent:
    each month is sent once. ``scheme`` and ``port`` are those of the page on which it was asked for.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    bank = models.ForeignKey(
        "registry.FoodBank", on_delete=models.CASCADE, related_name="+", verbose_name=_("food bank")
    )
    scheme = models.CharField(max_length=5, default="https", editable=False)
    port = models.CharField(max_length=5, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked for at"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    queued_month = models.DateField(_("last month prepared"))
    sent_month = models.DateField(_("last month sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("report subscription")
        verbose_name_plural = _("report subscriptions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "bank"], name="report_subscription_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.bank_id}"


class BooksCheck(models.Model):
    """What the last proof of a bank's books found: how many differences, and the first of them in words."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"

    bank_id = models.UUIDField(_("food bank"), primary_key=True)
    checked_at = models.DateTimeField(_("checked at"), default=clock.now)
    difference_count = models.PositiveIntegerField(_("differences"), default=0)
    differences = models.JSONField(_("first differences"), default=list)

    class Meta:
        verbose_name = _("proof of the books")
        verbose_name_plural = _("proofs of the books")

    def __str__(self) -> str:
        return f"{self.bank_id} {self.difference_count}"
