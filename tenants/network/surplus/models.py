"""Public rows of surplus: lots a bank offers, what others ask of them, agreements, and shared resources.

A bank's role reads the rows that concern it (``BANK_ROWS``) and writes none.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.states import LOT_SOURCES
from apps.kernel import clock
from apps.kernel.models import TravellingRow
from tenants.network.surplus.states import AgreementState, Driver, Reach, RequestState, SurplusState
from tenants.registry.models import FoodBank

WRITES = "SELECT, INSERT, UPDATE"
BANK = "(SELECT public.current_bank())"


class Surplus(TravellingRow):
    """Lots that a bank offers to others until an instant; what nobody got yet is reserved in its ledger.

    ``seen_by`` holds the banks within reach when it was published; every bank sees what goes to the nation.
    """

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = f"bank_id = {BANK} OR reach = 'nation' OR {BANK} = ANY(seen_by)"
    FEDERATION_RIGHTS: ClassVar[str] = ""
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"seen_by"})
    ACTS: ClassVar[dict[str, Any]] = {
        "asked": _("Asked for"),
        "allocated": _("Allocated"),
        "declined": _("Request declined"),
        "unasked": _("Request taken back"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("food bank")
    )
    bank_label = models.CharField(_("food bank"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=SurplusState, default=SurplusState.OPEN)
    reach = models.CharField(_("who may see it"), max_length=10, choices=Reach, default=Reach.NATION)
    seen_by = ArrayField(models.UUIDField(), default=list, editable=False)
    until = models.DateTimeField(_("offered until"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    comment = models.CharField(_("message"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("surplus")
        verbose_name_plural = _("surplus of food banks")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=models.Q(state="open"), name="surplus_due")
        ]

    def __str__(self) -> str:
        return self.number


class SurplusLine(TravellingRow):
    """Grams of a lot in a surplus: allocated to banks, freed again, or still reserved for whoever asks.

    Labels are copied; what the lot came from travels with the transfer alone.
    """

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = "surplus_id IN (SELECT id FROM public.network_surplus)"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    surplus = models.ForeignKey(Surplus, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    lot_id = models.UUIDField()
    lot_number = models.CharField(_("lot"), max_length=20)
    location_id = models.UUIDField()
    label = models.CharField(_("goods"), max_length=120)
    family_code = models.CharField(_("family"), max_length=40)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    expires_on = models.DateField(_("date"), null=True, blank=True)
    programme = models.CharField(_("supply source"), max_length=20, choices=LOT_SOURCES)
    grams = models.PositiveBigIntegerField(_("offered"), validators=[MinValueValidator(1)])
    allocated_grams = models.PositiveBigIntegerField(_("allocated"), default=0)
    freed_grams = models.PositiveBigIntegerField(_("freed"), default=0)

    class Meta:
        verbose_name = _("surplus goods")
        verbose_name_plural = _("surplus goods")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="surplus_line_within_offered",
                condition=models.Q(grams__gte=models.F("allocated_grams") + models.F("freed_grams")),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def left_grams(self) -> int:
        """Grams still reserved for whoever asks."""
        return self.grams - self.allocated_grams - self.freed_grams


class SurplusRequest(TravellingRow):
    """What one bank asks of a surplus, and the answer of its owner."""

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = (
        f"bank_id = {BANK} OR surplus_id IN "  # noqa: S608 - constants
        f"(SELECT own.id FROM public.network_surplus AS own WHERE own.bank_id = {BANK})"
    )
    FEDERATION_RIGHTS: ClassVar[str] = ""

    op_key = models.UUIDField(unique=True, editable=False)
    surplus = models.ForeignKey(Surplus, on_delete=models.PROTECT, related_name="requests")
    bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("food bank")
    )
    bank_label = models.CharField(_("food bank"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    comment = models.CharField(_("message"), max_length=500, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    transfer = models.ForeignKey(
        "network.Transfer", on_delete=models.PROTECT, null=True, related_name="requests"
    )

    class Meta:
        verbose_name = _("request for surplus")
        verbose_name_plural = _("requests for surplus")
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["surplus", "bank"],
                condition=models.Q(state="asked"),
                name="surplus_asked_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.bank_label


class SurplusWish(TravellingRow):
    """Grams of one line that a request is about, and what was granted of them."""

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = "request_id IN (SELECT id FROM public.network_surplusrequest)"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    request = models.ForeignKey(SurplusRequest, on_delete=models.PROTECT, related_name="wishes")
    line = models.ForeignKey(SurplusLine, on_delete=models.PROTECT, related_name="wishes")
    grams = models.PositiveBigIntegerField(_("asked for"), validators=[MinValueValidator(1)])
    granted_grams = models.PositiveBigIntegerField(_("granted"), default=0)

    class Meta:
        verbose_name = _("goods asked for")
        verbose_name_plural = _("goods asked for")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "line"], name="surplus_line_wished_once"),
            models.CheckConstraint(
                name="surplus_grants_within_wish",
                condition=models.Q(granted_grams__lte=models.F("grams")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.grams}"


class TransferAgreement(TravellingRow):
    """What two banks agreed on for a time: goods of a family or class, how much a week, who drives.

    One proposes, the other agrees, either ends it.
    """

    PLATFORM_RIGHTS: ClassVar[str] = WRITES
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    BANK_ROWS: ClassVar[str] = f"from_bank_id = {BANK} OR to_bank_id = {BANK}"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    op_key = models.UUIDField(unique=True, editable=False)
    from_bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("sender")
    )
    from_label = models.CharField(_("sender"), max_length=120)
    to_bank = models.ForeignKey(
        FoodBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("receiver")
    )
    to_label = models.CharField(_("receiver"), max_length=120)
    proposing_bank_id = models.UUIDField(editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=AgreementState, default=AgreementState.PROPOSED
    )
    family_code = models.CharField(_("family"), max_length=40, blank=True)
    family_label = models.CharField(_("family"), max_length=120, blank=True)
    temperature_class = models.CharField(
        _("temperature class"), max_length=12, choices=TemperatureClass, blank=True
    )
    share_percent = models.PositiveSmallIntegerField(
        _("usual share (%)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    weekly_grams = models.PositiveBigIntegerField(_("usual weight a week"), null=True, blank=True)
    driver = models.CharField(_("who drives"), max_length=10, choices=Driver, blank=True)
    starts_on = models.DateField(_("from"), default=clock.today)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    comment = models.CharField(_("message"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("standing agreement")
        verbose_name_plural = _("standing agreements")
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="agreement_between_two_banks", condition=~models.Q(from_bank=models.F("to_bank"))
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_starts",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_label} → {self.to_label}"

    @property
    def goods(self) -> str:
        """What it is about: a family, a temperature class, or anything."""
        return self.family_label or str(
            self.get_temperature_class_display() if self.temperature_class else ""
        )


class SharedResource(models.Model):
    """What a bank chose to tell of itself for one temperature class: free cold room, what will arrive.

    A weight is null where the bank does not tell it.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    BANK_RIGHTS: ClassVar[str] = "SELECT"
    FEDERATION_RIGHTS: ClassVar[str] = ""

    bank = models.ForeignKey(
        FoodBank, on_delete=models.CASCADE, related_name="+", verbose_name=_("food bank")
    )
    bank_label = models.CharField(_("food bank"), max_length=120)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    free_grams = models.PositiveBigIntegerField(_("free room"), null=True)
    tells_arrivals = models.BooleanField(default=False)
    arriving_grams = models.PositiveBigIntegerField(_("expected soon"), null=True)
    arriving_count = models.PositiveIntegerField(_("offers expected"), null=True)
    told_at = models.DateTimeField(_("told"), default=clock.now)

    class Meta:
        verbose_name = _("resource of a food bank")
        verbose_name_plural = _("resources of the food banks")
        ordering: ClassVar = ["bank_label", "temperature_class"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "temperature_class"], name="resource_once_per_class")
        ]

    def __str__(self) -> str:
        return f"{self.bank_label} {self.temperature_class}"
