"""Public rows of recalls: records as received, readings, notices of the network, each bank's standing."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.models import TravellingRow, new_id
from tenants.federation.alerts.states import BankStanding, NoticeSource, RecordState, Trouble
from tenants.registry.models import FoodBank

WRITES = "SELECT, INSERT, UPDATE"


class NoticeRecord(models.Model):
    """A record of the public source, kept as it was received; every content of every version once.

    ``troubles`` are codes of what was not understood; such a record waits for a person.
    """

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    FEDERATION_RIGHTS: ClassVar[str] = "SELECT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet_number = models.CharField(_("sheet"), max_length=60, blank=True)
    version = models.BigIntegerField(_("version"), default=0)
    guid = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    raw = models.JSONField(_("as received"), null=True)
    received_at = models.DateTimeField(_("received at"), default=clock.now)
    state = models.CharField(_("state"), max_length=8, choices=RecordState)
    troubles = models.JSONField(_("not understood"), default=list)
    settled_by = models.CharField(_("read by"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("record of a notice")
        verbose_name_plural = _("records of notices")
        ordering: ClassVar = ["-received_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet_number", "version", "digest"], name="notice_record_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(state__in=["partly", "unread"]),
                name="notice_record_to_read",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_number} v{self.version}" if self.sheet_number else str(self.pk)


class NoticeReading(models.Model):
    """One reading of the public source: when, how it ended, how much was new."""

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    FEDERATION_RIGHTS: ClassVar[str] = "SELECT"

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField(_("started at"), default=clock.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    is_complete = models.BooleanField(_("complete"), default=False)
    trouble = models.CharField(_("trouble"), max_length=12, choices=Trouble, blank=True)
    read_count = models.PositiveIntegerField(_("records read"), default=0)
    new_count = models.PositiveIntegerField(_("new notices"), default=0)
    to_read_count = models.PositiveIntegerField(_("to read by a person"), default=0)

    class Meta:
        verbose_name = _("reading of the notices")
        verbose_name_plural = _("readings of the notices")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class RecallNotice(TravellingRow):
    """A recall for the whole network: read from the public source, or entered by the federation.

    ``groups`` lists what it names (barcode, lot, date, as written). ``revision`` rises with every change that
    the banks must search again, ``version`` is the publisher's own.
    """

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"

    source = models.CharField(_("source"), max_length=12, choices=NoticeSource)
    sheet_number = models.CharField(_("reference"), max_length=60, unique=True)
    version = models.BigIntegerField(_("version"), default=1)
    revision = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(_("goods recalled"), max_length=200)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    motive = models.CharField(_("why"), max_length=1000, blank=True)
    advice = models.CharField(_("what to do"), max_length=2000, blank=True)
    distributors = models.CharField(_("distributors or donors"), max_length=1000, blank=True)
    zone = models.CharField(_("sold in"), max_length=500, blank=True)
    sold_from = models.DateField(_("sold or given from"), null=True, blank=True)
    sold_until = models.DateField(_("sold or given until"), null=True, blank=True)
    published_on = models.DateField(_("published on"))
    ends_on = models.DateField(_("procedure ends on"), null=True, blank=True)
    link = models.URLField(_("notice"), max_length=500, blank=True)
    groups = models.JSONField(_("products named"), default=list)
    gtins = models.JSONField(default=list, editable=False)
    is_exercise = models.BooleanField(_("exercise"), default=False)
    published_by = models.CharField(_("published by"), max_length=200, blank=True)
    arrived_at = models.DateTimeField(_("arrived at"), default=clock.now)

    class Meta:
        verbose_name = _("national recall")
        verbose_name_plural = _("national recalls")
        ordering: ClassVar = ["-published_on", "-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-published_on"], name="recall_notice_day")]

    def __str__(self) -> str:
        return self.title


class RecallStatus(TravellingRow):
    """How far one bank is with one recall of the network; each bank sees its own, the federation all.

    Weights are grams. Nothing of it names a person or a charity.
    """

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    notice = models.ForeignKey(RecallNotice, on_delete=models.PROTECT, related_name="statuses")
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("food bank")
    )
    standing = models.CharField(_("state"), max_length=9, choices=BankStanding)
    revision = models.PositiveIntegerField(default=1)
    lot_count = models.PositiveIntegerField(_("lots"), default=0)
    to_check_count = models.PositiveIntegerField(_("lots to check"), default=0)
    matched_grams = models.BigIntegerField(_("recalled"), default=0)
    quarantined_grams = models.BigIntegerField(_("kept back"), default=0)
    served_grams = models.BigIntegerField(_("served"), default=0)
    frozen_count = models.PositiveIntegerField(_("frozen lines"), default=0)
    partner_count = models.PositiveIntegerField(_("partners served"), default=0)
    told_count = models.PositiveIntegerField(_("partners told"), default=0)
    answered_count = models.PositiveIntegerField(_("partners that answered"), default=0)
    kept_back_at = models.DateTimeField(_("kept back at"), null=True, blank=True)
    told_at = models.DateTimeField(_("partners told at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("standing of a bank")
        verbose_name_plural = _("standings of banks")
        ordering: ClassVar = ["bank__name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "bank"], name="recall_status_once")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.bank_id}"
