"""Rows of deferred work: turns of periodic jobs, and messages that came back."""

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


class Comeback(models.Model):
    """A message that the broker gave again because the process that ran it died.

    It is counted before each new run; a task that has killed its process too often is parked.
    """

    task_id = models.CharField(_("task"), max_length=155, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    bank_id = models.UUIDField(_("food bank"), null=True)
    times = models.PositiveSmallIntegerField(_("times"), default=0)
    last_at = models.DateTimeField(_("last time"), db_default=Now())
    parked_at = models.DateTimeField(_("parked at"), null=True)

    class Meta:
        verbose_name = _("task that came back")
        verbose_name_plural = _("tasks that came back")

    def __str__(self) -> str:
        return f"{self.name} · {self.times}"
