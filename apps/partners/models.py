"""Partner charities of one bank: who serves people, with counts only, never a person's name."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Text
from apps.kernel.folding import Fold
from apps.kernel.models import Record
from apps.partners.rules import life_wanted
from apps.partners.states import AccreditationKind, AccreditationState, OrderRhythm, PartnerType
from apps.sites.models import AddressedRecord

FULL_SCORE: Final = 100


class Partner(AddressedRecord):
    """An organisation that hands food to people."""

    ACTS: ClassVar[Mapping[str, Text]] = {
        "paper_attached": _("Paper attached"),
        "paper_removed": _("Paper removed"),
        "paper_restored": _("Paper restored"),
    }

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    partner_type = models.CharField(_("type"), max_length=18, choices=PartnerType)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    person_count = models.PositiveIntegerField(_("people registered"), default=0)
    household_count = models.PositiveIntegerField(_("households"), default=0)
    order_rhythm = models.CharField(
        _("rhythm"), max_length=12, choices=OrderRhythm, default=OrderRhythm.WEEKLY
    )
    needs_days_left = models.PositiveSmallIntegerField(
        _("days of life wanted at hand-over"), null=True, blank=True
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

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering: ClassVar = [Fold("name")]

    def __str__(self) -> str:
        return self.name

    @property
    def life_days(self) -> int:
        """Days of life its food must have left at hand-over: set by the bank, else by its rhythm."""
        return life_wanted(self.order_rhythm, self.needs_days_left)

    def is_accredited(self, on: dt.date) -> bool:
        """Tell whether the partner may receive public food on a day (CASF L.266-2)."""
        return self.accreditation_state(on) in (AccreditationState.VALID, AccreditationState.NOT_NEEDED)

    def accreditation_state(self, on: dt.date) -> AccreditationState:
        """Return where the accreditation stands on a day; the last day still counts."""
        if self.accreditation_kind == AccreditationKind.NONE:
            return AccreditationState.MISSING
        if self.accreditation_kind == AccreditationKind.PUBLIC_BODY_EXEMPT:
            return AccreditationState.NOT_NEEDED
        if self.accreditation_until is not None and self.accreditation_until < on:
            return AccreditationState.EXPIRED
        return AccreditationState.VALID


class Agreement(Record):
    """The signed convention between the bank and a partner, for a period (both days included)."""

    NAMED_BY: ClassVar[str] = "starts_on"

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
        return f"{self.starts_on:%Y-%m-%d} – {self.ends_on:%Y-%m-%d}"

    def clean(self) -> None:
        """Refuse an agreement that ends before it begins.

        Raises:
            ValidationError: the days are in the wrong order.
        """
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            message = _("Write a day after the beginning of the agreement.")
            raise ValidationError({"ends_on": ValidationError(message, code="agreement_order")})


class HygieneVisit(Record):
    """A visit of the partner's premises: score out of 100, what must be put right and by when."""

    NAMED_BY: ClassVar[str] = "visited_on"

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
            models.CheckConstraint(name="hygiene_score_range", condition=models.Q(score__lte=FULL_SCORE))
        ]

    def __str__(self) -> str:
        return f"{self.visited_on:%Y-%m-%d} · {self.score}"

    def clean(self) -> None:
        """Refuse a score above 100, and things to put right without a day to do it by.

        Raises:
            ValidationError: the score, or the day by which to act.
        """
        if self.score is not None and self.score > FULL_SCORE:
            message = _("Write a score between 0 and 100.")
            raise ValidationError({"score": ValidationError(message, code="hygiene_score")})
        if self.corrective_actions and self.due_on is None:
            message = _("Say by which day this must be put right.")
            raise ValidationError({"due_on": ValidationError(message, code="hygiene_due_missing")})
        if self.due_on and self.visited_on and self.due_on < self.visited_on:
            message = _("Write a day after the visit.")
            raise ValidationError({"due_on": ValidationError(message, code="hygiene_due_order")})
