"""Partner charities of one bank: who serves people, with counts only, never a person's name."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.models import ArchivableQuerySet, ArchivableRecord, Record
from apps.partners.states import AccreditationKind, OrderRhythm, PartnerType


class Partner(ArchivableRecord):
    """An organisation that hands food to people."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    partner_type = models.CharField(_("type"), max_length=18, choices=PartnerType)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=5, blank=True)
    city = models.CharField(_("town"), max_length=80)
    department = models.CharField(_("department"), max_length=3)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    person_count = models.PositiveIntegerField(_("people registered"), default=0)
    household_count = models.PositiveIntegerField(_("households"), default=0)
    order_rhythm = models.CharField(
        _("rhythm"), max_length=12, choices=OrderRhythm, default=OrderRhythm.WEEKLY
    )
    accreditation_kind = models.CharField(
        _("accreditation"), max_length=20, choices=AccreditationKind, default=AccreditationKind.NONE
    )
    accreditation_until = models.DateField(_("accredited until"), null=True, blank=True)
    distributes_free = models.BooleanField(_("distributes free of charge"), default=True)
    has_chilled = models.BooleanField(_("cold room"), default=False)
    has_frozen = models.BooleanField(_("freezer"), default=False)
    accepts_past_best_before = models.BooleanField(_("accepts food past best before"), default=True)
    notes = models.TextField(_("notes"), blank=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_accredited(self, on: dt.date) -> bool:
        """Tell whether the partner may receive public food on a day (CASF L.266-2)."""
        if self.accreditation_kind == AccreditationKind.NONE:
            return False
        if self.accreditation_kind == AccreditationKind.PUBLIC_BODY_EXEMPT:
            return True
        return self.accreditation_until is None or on <= self.accreditation_until


class Agreement(Record):
    """The signed convention between the bank and a partner, for a period (both days included)."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("partner")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    signed_by = models.CharField(_("signed by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering: ClassVar = ["-starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="agreement_starts_before_it_ends",
                condition=models.Q(starts_on__lte=models.F("ends_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y}"


class HygieneVisit(Record):
    """A visit of the partner's premises: score out of 100, what must be put right and by when."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="hygiene_visits", verbose_name=_("partner")
    )
    visited_on = models.DateField(_("visited on"))
    visitor = models.CharField(_("visitor"), max_length=120)
    score = models.PositiveSmallIntegerField(_("score out of 100"))
    corrective_actions = models.TextField(_("to be put right"), blank=True)
    due_on = models.DateField(_("before"), null=True, blank=True)

    class Meta:
        verbose_name = _("hygiene visit")
        verbose_name_plural = _("hygiene visits")
        ordering: ClassVar = ["-visited_on"]
        constraints: ClassVar = [
            models.CheckConstraint(name="hygiene_score_range", condition=models.Q(score__lte=100))
        ]

    def __str__(self) -> str:
        return f"{self.visited_on:%d/%m/%Y}: {self.score}"
