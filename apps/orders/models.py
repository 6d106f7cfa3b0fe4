"""Orders of partner charities, reserved lot by lot the moment they are confirmed."""

from collections.abc import Mapping
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.kernel.errors import Text
from apps.kernel.models import Record
from apps.orders.states import OrderStatus
from apps.partners.models import Partner
from apps.sites.models import Location, Site
from apps.sites.states import Programme
from apps.stock.models import Lot
from apps.stock.states import LotStatus


class Order(Record):
    """What a partner orders for a day, at a site; every line is reserved or said to be short."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"placed_by"})
    ACTS: ClassVar[Mapping[str, Text]] = {
        "frozen": _("Frozen: goods may not leave"),
        "thawed": _("No longer frozen"),
        "revised": _("Frozen goods replaced or taken out"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="orders", verbose_name=_("partner")
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="orders", verbose_name=_("site"))
    wanted_on = models.DateField(_("wanted on"))
    status = models.CharField(_("state"), max_length=9, choices=OrderStatus, default=OrderStatus.CONFIRMED)
    placed_by = models.CharField(_("ordered by"), max_length=200)
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["status", "wanted_on"], name="order_status_day"),
            models.Index(fields=["partner", "-created_at"], name="order_partner"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Record):
    """A product, or a family taken as it comes, in an order: grams wanted and grams reserved.

    Of the goods of one public programme, or (empty) of those of none: they never stand in for each other.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, verbose_name=_("family"))
    programme = models.CharField(
        _("programme"), max_length=20, choices=Programme, blank=True, default="", db_default=""
    )
    label = models.CharField(_("goods"), max_length=120)
    wanted_grams = models.PositiveBigIntegerField(_("ordered"), validators=[MinValueValidator(1)])
    reserved_grams = models.PositiveBigIntegerField(_("reserved"), default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="order_line_reserved_within_wanted",
                condition=models.Q(reserved_grams__lte=models.F("wanted_grams")),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def frozen_grams(self) -> int:
        """Grams held of lots that may not leave any more (read the line with ``lines_of``)."""
        return sum(held.grams for held in self.reservations.all() if held.is_frozen)


class Reservation(Record):
    """Grams of one lot at one location kept for one order line."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="reservations")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reservations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    grams = models.PositiveBigIntegerField(_("reserved"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "lot", "location"], name="reservation_once")
        ]

    def __str__(self) -> str:
        return f"{self.lot}"

    @property
    def is_frozen(self) -> bool:
        """Tell whether these goods may not leave: their lot was blocked after they were reserved."""
        return self.grams > 0 and self.lot.status == LotStatus.BLOCKED
