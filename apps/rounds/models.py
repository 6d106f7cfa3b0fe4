"""Collection rounds, their stops, and what is collected at each."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.models import Record, SharedRef, new_id
from apps.offers.models import Offer, OfferLine
from apps.rounds.states import MissReason, RefusalReason, RoundStatus, StopStatus
from apps.sites.models import Site, Vehicle


class Round(Record):
    """One vehicle's day: a list of stops in order, from and back to a site."""

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, default=new_id, editable=False)
    day = models.DateField(_("day"))
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("site"))
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("vehicle")
    )
    driver_id = SharedRef(_("driver"), to="accounts.User", null=True, blank=True)
    driver_label = models.CharField(_("driver"), max_length=120, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=RoundStatus, default=RoundStatus.PLANNED)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering: ClassVar = ["-day", "number"]

    def __str__(self) -> str:
        return self.number


class Stop(Record):
    """A pick-up of one accepted offer; without a round it waits to be planned."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"done_at", "done_by"})

    round = models.ForeignKey(
        Round,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stops",
        verbose_name=_("round"),
    )
    offer = models.OneToOneField(
        Offer, on_delete=models.PROTECT, related_name="stop", verbose_name=_("offer")
    )
    sequence = models.PositiveSmallIntegerField(_("position"), default=0)
    status = models.CharField(_("state"), max_length=10, choices=StopStatus, default=StopStatus.WAITING)
    miss_reason = models.CharField(_("reason"), max_length=14, choices=MissReason, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.CharField(_("done by"), max_length=200, blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering: ClassVar = ["round", "sequence", "id"]
        indexes: ClassVar = [models.Index(fields=["status"], name="stop_status")]

    def __str__(self) -> str:
        return f"{self.offer}"


class PickupLine(Record):
    """What one offer line really gave at the donor's dock: grams taken, grams left and why, °C."""

    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="lines")
    offer_line = models.OneToOneField(OfferLine, on_delete=models.PROTECT, related_name="pickup")
    planned_grams = models.PositiveBigIntegerField(_("planned"))
    collected_grams = models.PositiveBigIntegerField(_("collected"), default=0)
    refused_grams = models.PositiveBigIntegerField(_("refused"), default=0)
    refusal_reason = models.CharField(_("reason"), max_length=12, choices=RefusalReason, blank=True)
    temperature_c = models.DecimalField(
        _("temperature (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )

    class Meta:
        verbose_name = _("pick-up line")
        verbose_name_plural = _("pick-up lines")
        ordering: ClassVar = ["offer_line__position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="refused_goods_have_a_reason",
                condition=models.Q(refused_grams=0) | ~models.Q(refusal_reason=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_line}"
