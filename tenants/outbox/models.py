"""Rows of the outbox."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

MAX_ATTEMPTS = 5


class OutboxMessage(models.Model):
    """One later reaction to one fact of one bank (or of the platform, without a bank).

    Written only by ``public.outbox_append``, which takes the bank from the role of the connection.
    Done rows are removed after a month; a row that failed ``MAX_ATTEMPTS`` times is parked until the
    operator of the platform has it tried again, or gives it up. ``history`` says who decided what, and why.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, UPDATE, DELETE"
    BANK_ROWS: ClassVar[str] = "bank_id = (SELECT public.current_bank())"

    id = models.BigAutoField(primary_key=True)
    bank_id = models.UUIDField(_("food bank"), null=True)
    fact = models.CharField(_("fact"), max_length=120)
    handler = models.CharField(_("handler"), max_length=120)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    due_at = models.DateTimeField(_("due at"), db_default=Now())
    done_at = models.DateTimeField(_("done at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), db_default=0)
    parked_at = models.DateTimeField(_("parked at"), null=True)
    last_error = models.CharField(_("last error"), max_length=500, db_default="")
    discarded_at = models.DateTimeField(_("given up at"), null=True)
    history = models.JSONField(_("decisions"), default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox messages")
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(done_at__isnull=True, parked_at__isnull=True),
                name="outbox_pending",
            ),
            models.Index(
                Coalesce("bank_id", models.Value(UUID(int=0))),
                "id",
                condition=models.Q(done_at__isnull=True, parked_at__isnull=True),
                name="outbox_turns",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} -> {self.handler}"
