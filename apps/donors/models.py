"""Donors and suppliers of one bank: its own file on each, private to it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.donors.states import DonorKind, SupplySource
from apps.kernel.models import ArchivableQuerySet, ArchivableRecord


class Donor(ArchivableRecord):
    """Who gives or sells food to the bank.

    ``account_id`` links to the donor's own account on the network, if it has one.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=DonorKind)
    supply_source = models.CharField(_("supply source"), max_length=20, choices=SupplySource)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True)
    city = models.CharField(_("town"), max_length=80)
    department = models.CharField(_("department"), max_length=3)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    sales_area_m2 = models.PositiveIntegerField(_("sales area (m²)"), null=True, blank=True)
    convention_from = models.DateField(_("convention from"), null=True, blank=True)
    convention_until = models.DateField(_("convention until"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    account_id = models.UUIDField(_("network account"), null=True, blank=True, unique=True, editable=False)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
