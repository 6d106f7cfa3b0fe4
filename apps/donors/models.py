"""Donors and suppliers of one bank: its own file on each, private to it."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.donors import rules
from apps.donors.states import FILE_KINDS, SupplySource
from apps.kernel.errors import Text
from apps.kernel.folding import Fold
from apps.kernel.models import ArchivableRecord, SharedRef
from apps.sites.models import AddressedRecord
from apps.sites.states import Programme


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

    ACTS: ClassVar[Mapping[str, Text]] = {
        "link_made": _("Declaration link made"),
        "link_sent": _("Declaration link sent"),
        "link_renewed": _("Declaration link renewed"),
        "link_revoked": _("Declaration link revoked"),
        "link_restored": _("Declaration link in force again"),
    }

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=FILE_KINDS)
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
        ordering: ClassVar = [Fold("name")]
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


class Campaign(ArchivableRecord):
    """A campaign of a public programme, such as European food of 2026: its goods are an account of their own.

    Lots and receipts keep its name as their origin, so neither name nor programme ever changes. Closed
    (archived), nothing more is received for it; its inventory stays.
    """

    NAMED_BY: ClassVar[str] = "name"

    programme = models.CharField(_("programme"), max_length=20, choices=Programme)
    name = models.CharField(_("campaign"), max_length=40)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering: ClassVar = ["programme", "-starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="campaign_name_once",
                violation_error_message=_(
                    "This programme has a campaign of this name, perhaps a closed one."
                ),
                violation_error_code="campaign_taken",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a campaign that ends before it begins.

        Raises:
            ValidationError: at ``ends_on``.
        """
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            message = _("Write a day after the beginning of the campaign.")
            raise ValidationError({"ends_on": ValidationError(message, code="campaign_order")})
