"""Choices about people: what may happen to a hat, and where an invitation stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HatAct(models.TextChoices):
    """What happened to a role of a person."""

    GRANTED = "granted", _("Role given")
    ACCEPTED = "accepted", _("Invitation accepted")
    MOVED = "moved", _("Charity changed")
    ALLOWED = "allowed", _("May invite colleagues")
    DISALLOWED = "disallowed", _("May no longer invite")
    ENDED = "ended", _("Role ended")
    LEFT = "left", _("Left by themselves")
    RESTORED = "restored", _("End undone")


class InvitationAct(models.TextChoices):
    """What became of an invitation."""

    RESENT = "resent", _("Sent again")
    REVOKED = "revoked", _("Taken back")
    REPLACED = "replaced", _("Replaced by a new one")


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    PENDING = "pending", _("Waiting")
    EXPIRED = "expired", _("Expired")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")
