"""Open sessions, and what happened to who a person is here and how they sign in."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.display import NOTHING
from apps.kernel.models import new_id
from tenants.registry.models import FoodBank


class SignInAct(models.TextChoices):
    """What happened to who a person is here, and to how they sign in."""

    NEW_DEVICE = "new_device", _("New device signed in")
    PASSKEY_ADDED = "passkey_added", _("Passkey added")
    PASSKEY_REMOVED = "passkey_removed", _("Passkey removed")
    APP_ADDED = "app_added", _("Authenticator app added")
    APP_REMOVED = "app_removed", _("Authenticator app removed")
    IDENTITY_ADDED = "identity_added", _("ProConnect linked")
    IDENTITY_REMOVED = "identity_removed", _("ProConnect unlinked")
    CODES_MADE = "codes_made", _("New recovery codes")
    SESSIONS_ENDED = "sessions_ended", _("Other devices signed out")
    FACTORS_RESET = "factors_reset", _("Second factor reset")
    NAME_CHANGED = "name_changed", _("Name changed")
    LANGUAGE_CHANGED = "language_changed", _("Language changed")
    ADDRESS_CHANGED = "address_changed", _("Address changed")
    PROGRAM_ENDED = "program_ended", _("Program shut out")


class OpenSession(models.Model):
    """A session that a person opened in one space; it is over when the session of its key is.

    Without a bank it was opened on the public site. ``browser`` is what the browser calls itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions")
    bank = models.ForeignKey(FoodBank, on_delete=models.CASCADE, null=True, related_name="+")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    browser = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=clock.now, editable=False)
    seen_at = models.DateTimeField(_("last seen"), default=clock.now)

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")
        ordering: ClassVar = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.bank_id}"


class SignInEvent(models.Model):
    """One change to who a person is here or how they sign in: what, where, by whom, why. Append-only.

    ``changes`` is ``{field: [before, after]}``; whoever leaves the network takes these values along.
    """

    PLATFORM_RIGHTS: ClassVar[str] = "SELECT, INSERT"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_events"
    )
    bank = models.ForeignKey(FoodBank, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(_("at"), default=clock.now, editable=False)
    act = models.CharField(_("what"), max_length=16, choices=SignInAct)
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changes = models.JSONField(_("changes"), default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        verbose_name = _("change of sign-in")
        verbose_name_plural = _("changes of sign-in")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "-at"], name="sign_in_event_person")]

    def __str__(self) -> str:
        return f"{self.act} {self.user_id}"

    @property
    def said(self) -> str:
        """What it was and what it is now, in words; empty when no value is kept."""
        return ", ".join(_said(before, after) for before, after in self.changes.values())


def _said(before: Any, after: Any) -> str:
    """Return a change in words; what has ended has no value after."""
    languages = dict(settings.LANGUAGES)
    was, now = (languages.get(value, value) or NOTHING for value in (before, after))
    if after is None:
        return str(was)
    return gettext("%(before)s, now %(after)s") % {"before": was, "after": now}
