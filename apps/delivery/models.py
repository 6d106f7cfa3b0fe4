"""Picking lists, delivery notes and the solidarity contribution."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import in_units
from apps.catalogue.rules import Packing
from apps.catalogue.states import DateKind, TemperatureClass
from apps.delivery.states import PickingStatus
from apps.donors.states import LOT_SOURCES, SupplySource
from apps.kernel.errors import Text
from apps.kernel.models import Record
from apps.kernel.money import format_euros
from apps.orders.models import Order, Reservation
from apps.partners.models import Partner
from apps.partners.states import PartnerType
from apps.sites.models import Location
from apps.stock.models import Lot


class PickingList(Record):
    """What must be taken from the shelves for one order."""

    ACTS: ClassVar[Mapping[str, Text]] = {"weighed": _("Weighed"), "revised": _("Changed with the order")}
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"picked_at", "picked_by"})

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, related_name="picking_list", verbose_name=_("order")
    )
    status = models.CharField(_("state"), max_length=11, choices=PickingStatus, default=PickingStatus.TO_PICK)
    picked_at = models.DateTimeField(_("picked at"), null=True, blank=True)
    picked_by = models.CharField(_("picked by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("picking list")
        verbose_name_plural = _("picking lists")
        ordering: ClassVar = ["order__wanted_on", "id"]
        indexes: ClassVar = [models.Index(fields=["status"], name="picking_status")]

    def __str__(self) -> str:
        return str(self.order)


class PickLine(Record):
    """One lot to take at one location: grams reserved, grams really weighed at loading."""

    picking_list = models.ForeignKey(PickingList, on_delete=models.CASCADE, related_name="lines")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="pick_line")
    reserved_grams = models.PositiveBigIntegerField(_("reserved"))
    picked_grams = models.PositiveBigIntegerField(_("weighed"), null=True, blank=True)

    class Meta:
        verbose_name = _("pick line")
        verbose_name_plural = _("pick lines")
        ordering: ClassVar = ["reservation__location__code", "id"]

    def __str__(self) -> str:
        return f"{self.reservation}"


class DeliveryNote(Record):
    """What was handed over to a partner, numbered without gap, never changed afterwards."""

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"delivered_at", "handed_over_by", "parties"})

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    picking_list = models.OneToOneField(PickingList, on_delete=models.PROTECT, related_name="delivery_note")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="delivery_notes", verbose_name=_("partner")
    )
    delivered_on = models.DateField(_("delivered on"))
    delivered_at = models.DateTimeField(_("delivered at"))
    handed_over_by = models.CharField(_("handed over by"), max_length=200)
    received_by = models.CharField(_("received by"), max_length=120)
    chilled_temperature_c = models.DecimalField(
        _("chilled at departure (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    frozen_temperature_c = models.DecimalField(
        _("frozen at departure (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    contribution_cents = models.PositiveBigIntegerField(_("solidarity contribution"), default=0)
    parties = models.JSONField(_("parties"), null=True, editable=False)
    """Who gave and who took, as called that day: ``issuer`` (legal identity), ``site``, ``partner``."""

    class Meta:
        verbose_name = _("delivery note")
        verbose_name_plural = _("delivery notes")
        ordering: ClassVar = ["-delivered_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["delivered_on"], name="delivery_note_day")]

    def __str__(self) -> str:
        return self.number


class DeliveryLine(Record):
    """One lot on a delivery note, as it was that day, with its source and its contribution.

    Lines of the first versions do not say lot, date and temperature themselves: those are the lot's.
    ``packing`` keeps how the goods were packed that day, for the weight to be told in their units.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"packing"})

    note = models.ForeignKey(DeliveryNote, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="delivery_lines")
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    label = models.CharField(_("goods"), max_length=120)
    lot_number = models.CharField(_("lot"), max_length=20, default="", db_default="")
    supplier_lot = models.CharField(_("lot number on the label"), max_length=40, default="", db_default="")
    temperature_class = models.CharField(
        _("temperature class"), max_length=12, choices=TemperatureClass, default="", db_default=""
    )
    date_kind = models.CharField(
        _("kind of date"), max_length=11, choices=DateKind, default="", db_default=""
    )
    expires_on = models.DateField(_("date"), null=True)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=LOT_SOURCES)
    grams = models.PositiveBigIntegerField(_("weight"))
    contribution_cents = models.PositiveBigIntegerField(_("contribution"), default=0)
    packing = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        ordering: ClassVar = ["supply_source", "label", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def kept(self) -> "DeliveryLine | Lot":
        """What says date and temperature: this line, as of that day; of the first versions, the lot."""
        return self if self.lot_number else self.lot

    def packed(self, grams: int) -> str:
        """Write a weight in the units of the goods, packed as they were that day."""
        if not self.packing:
            return ""
        kept = dict(self.packing)
        unit_label = str(kept.pop("unit_label"))
        return in_units(Packing(**kept), grams, unit_label=unit_label)

    @property
    def lot_words(self) -> str:
        """The number of the lot, with the one on its label."""
        return " · ".join(filter(None, [self.lot_number or self.lot.number, self.kept.supplier_lot]))


class ContributionRate(Record):
    """What a kilogram contributes to logistics, by partner type and source, from a day on.

    An empty type or source means all; the most precise and latest rate applies. European food and
    market withdrawals are always free, whatever is written here.
    """

    NAMED_BY: ClassVar[str] = "cents_per_kg"

    partner_type = models.CharField(_("partner type"), max_length=18, choices=PartnerType, blank=True)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=SupplySource, blank=True)
    cents_per_kg = models.PositiveIntegerField(_("contribution (cents per kg)"))
    starts_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("contribution rate")
        verbose_name_plural = _("contribution rates")
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_type", "supply_source", "starts_on"], name="contribution_rate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{format_euros(self.cents_per_kg)}/kg"
