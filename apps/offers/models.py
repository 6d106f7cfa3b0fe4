"""Offers made to this bank, and their lines."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.catalogue.states import DateKind, TemperatureClass
from apps.donors.models import Donor
from apps.donors.states import SupplySource
from apps.kernel.models import Record, SharedRef
from apps.offers.states import DeclineReason, OfferKind, OfferStatus


class Offer(Record):
    """Food that a donor gives or sells, at a place, within a time window, to be answered by a time.

    ``network_step_id`` names the step of the network's routing that brought it here, if any: the
    network learns the answer from the fact that the answer emits.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"answered_at", "answered_by"})

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    network_step_id = SharedRef(to="network.RoutingStep", null=True, blank=True, unique=True, editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="offers", verbose_name=_("donor"))
    kind = models.CharField(_("kind"), max_length=8, choices=OfferKind, default=OfferKind.GIFT)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=SupplySource)
    status = models.CharField(_("state"), max_length=16, choices=OfferStatus, default=OfferStatus.PROPOSED)
    address = models.CharField(_("place"), max_length=200, blank=True)
    city = models.CharField(_("town"), max_length=80)
    department = models.CharField(_("department"), max_length=3)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    pickup_from = models.DateTimeField(_("pick-up from"))
    pickup_until = models.DateTimeField(_("pick-up until"))
    answer_by = models.DateTimeField(_("answer before"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True, editable=False)
    decline_reason = models.CharField(_("reason"), max_length=14, choices=DeclineReason, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["status", "pickup_until"], name="offer_status_until")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="offer_window_in_order", condition=models.Q(pickup_from__lte=models.F("pickup_until"))
            )
        ]

    def __str__(self) -> str:
        return self.number


class OfferLine(Record):
    """A product, or a mix of one family, in an offer; grams offered and grams the bank accepted."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(default=0)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, verbose_name=_("family"))
    label = models.CharField(_("goods"), max_length=120)
    temperature_class = models.CharField(_("temperature class"), max_length=12, choices=TemperatureClass)
    date_kind = models.CharField(_("kind of date"), max_length=11, choices=DateKind)
    expires_on = models.DateField(_("date"), null=True, blank=True)
    offered_grams = models.PositiveBigIntegerField(_("offered"), validators=[MinValueValidator(1)])
    accepted_grams = models.PositiveBigIntegerField(_("accepted"), default=0)
    pallet_count = models.PositiveSmallIntegerField(_("pallets"), null=True, blank=True)
    cents_per_kg = models.PositiveIntegerField(_("asked (cents per kg)"), default=0)

    class Meta:
        verbose_name = _("offer line")
        verbose_name_plural = _("offer lines")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="offer_line_accepted_within_offered",
                condition=models.Q(accepted_grams__lte=models.F("offered_grams")),
            ),
            models.CheckConstraint(
                name="offer_line_date_when_it_has_one",
                condition=models.Q(date_kind="NONE", expires_on__isnull=True) | ~models.Q(date_kind="NONE"),
            ),
        ]

    def __str__(self) -> str:
        return self.label
