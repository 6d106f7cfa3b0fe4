"""Rows of periodic work."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class PeriodicSlot(models.Model):
    """One turn of one periodic job: whoever writes the row first runs the job, the others do not.

    ``slot`` counts periods since 1970, and goes on counting when the clock is set back.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.CharField(_("job"), max_length=120)
    slot = models.BigIntegerField(_("slot"))
    claimed_at = models.DateTimeField(_("claimed at"), db_default=Now())

    class Meta:
        verbose_name = _("periodic slot")
        verbose_name_plural = _("periodic slots")
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "slot"], name="periodic_job_slot")]

    def __str__(self) -> str:
        return f"{self.job} · {self.slot}"
