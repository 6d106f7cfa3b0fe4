"""Donors and suppliers of one bank: its own file on each, private to it."""

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.donors import rules
from apps.donors.states import DonorKind, SupplySource
from apps.kernel.models import SharedRef
from apps.sites.models import AddressedRecord


def validate_siret(text: str) -> None:
    """Refuse a SIRET whose key is wrong.

    Raises:
        ValidationError: not fourteen digits, or a mistyped one.
    """
    if not rules.is_siret(text):
        message = _("This SIRET is not right: write its 14 digits and check each of them.")
        raise ValidationError(message, code="siret")


class Donor(AddressedRecord):
    """Who gives or sells food to the bank.

    ``account_id`` links to the donor's own account on the network, if it has one.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=DonorKind)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=SupplySource)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    sales_area_m2 = models.PositiveIntegerField(_("sales area (m²)"), null=True, blank=True)
    convention_from = models.DateField(_("convention from"), null=True, blank=True)
    convention_until = models.DateField(_("convention until"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    account_id = SharedRef(
        _("network account"), to="network.DonorAccount", null=True, blank=True, unique=True, editable=False
    )

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["siret"],
                condition=~models.Q(siret=""),
                name="donor_siret_once",
                violation_error_message=_("Another donor's file has this SIRET, perhaps an archived one."),
                violation_error_code="siret_taken",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse half a position, and a convention that ends before it begins.

        Raises:
            ValidationError: a coordinate is missing, or the days are in the wrong order.
        """
        super().clean()
        if self.convention_from and self.convention_until and self.convention_from > self.convention_until:
            message = _("Write a day after the beginning of the convention.")
            raise ValidationError({"convention_until": ValidationError(message, code="convention_order")})

    def has_convention(self, on: dt.date) -> bool:
        """Tell whether a convention is in force on a day (both ends included, an open end has none)."""
        if self.convention_from is None or self.convention_from > on:
            return False
        return self.convention_until is None or on <= self.convention_until
