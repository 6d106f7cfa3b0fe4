"""Batches of the workshop: what was taken, what was made of it, what was lost, to the gram."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Product, ProductFamily
from apps.kernel.errors import Text
from apps.kernel.guard import BankRow
from apps.kernel.models import Record
from apps.sites.models import Site
from apps.stock.models import Lot, Movement
from apps.workshop.states import BatchKind, BatchStatus, LineRole


class ProductionBatch(Record):
    """Goods made of others at a site: what is made, how, by what cooking.

    ``cooking_c`` (°C) and ``cooking_minutes`` are what was read at the heart of the food. At its commit the
    database refuses a closed batch that did not give back what it took.
    """

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    NAMED_BY: ClassVar[str] = "number"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({"op_key"})
    ACTS: ClassVar[Mapping[str, Text]] = {
        "taken": _("Goods taken"),
        "given_back": _("Goods given back"),
        BatchStatus.CLOSED.value: _("Closed"),
        BatchStatus.CANCELLED.value: _("Cancelled"),
    }

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    op_key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=9, choices=BatchKind, default=BatchKind.TRANSFORM)
    status = models.CharField(_("state"), max_length=9, choices=BatchStatus, default=BatchStatus.OPEN)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="batches", verbose_name=_("site"))
    label = models.CharField(_("what is made"), max_length=120)
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="+", verbose_name=_("family")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    recipe = models.TextField(_("recipe"), max_length=2000, blank=True)
    started_on = models.DateField(_("started on"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    cooking_c = models.DecimalField(
        _("cooking temperature (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    cooking_minutes = models.PositiveSmallIntegerField(_("cooking time (minutes)"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["status", "-created_at"], name="batch_status")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class BatchLine(BankRow):
    """A movement of the ledger as a part of a batch. Append-only: it no longer counts once it is reversed."""

    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    movement = models.OneToOneField(
        Movement, on_delete=models.PROTECT, primary_key=True, related_name="batch_line"
    )
    batch = models.ForeignKey(ProductionBatch, on_delete=models.PROTECT, related_name="lines")
    role = models.CharField(_("part"), max_length=6, choices=LineRole)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="batch_lines", verbose_name=_("lot"))

    class Meta:
        verbose_name = _("line of a batch")
        verbose_name_plural = _("lines of batches")
        ordering: ClassVar = ["movement_id"]

    def __str__(self) -> str:
        return f"{self.role} {self.lot_id}"
