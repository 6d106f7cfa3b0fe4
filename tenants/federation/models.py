"""Consolidated figures: append-only deltas written with each movement, and their rollup."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.impact.rules import Flow
from apps.impact.states import FLOW_LABELS


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
