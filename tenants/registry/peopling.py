"""The people of a bank in its export: their roles, and who is invited, by e-mail address.

An address is what another installation knows a person by. Links of letters do not leave: an invitation that
comes back waits for its letter to be sent again.
"""

import datetime as dt
from typing import Any

from tenants.accounts.models import Invitation, Membership
from tenants.accounts.services import person_ensure
from tenants.registry.bundle import Manifest
from tenants.registry.models import FoodBank


def people_told(bank: FoodBank) -> list[dict[str, Any]]:
    """Return the roles of a bank, past ones too, with what makes their people known again."""
    held = Membership.objects.filter(bank_id=bank.pk).select_related("user").order_by("created_at", "pk")
    return [
        {
            "email": hat.user.email,
            "full_name": hat.user.full_name,
            "language": hat.user.language,
            "role": hat.role,
            "partner_id": str(hat.partner_id) if hat.partner_id else None,
            "may_invite": hat.may_invite,
            "created_at": hat.created_at.isoformat(),
            "ended_at": hat.ended_at.isoformat() if hat.ended_at else None,
            "seen_on": hat.seen_on.isoformat() if hat.seen_on else None,
        }
        for hat in held
    ]


def invitations_told(bank: FoodBank) -> list[dict[str, Any]]:
    """Return the invitations to a bank that nobody has answered or taken back."""
    waiting = Invitation.objects.filter(bank_id=bank.pk, accepted_at=None, revoked_at=None)
    return [
        {
            "email": asked.email,
            "full_name": asked.full_name,
            "language": asked.language,
            "roles": asked.roles,
            "partner_id": str(asked.partner_id) if asked.partner_id else None,
            "partner_label": asked.partner_label,
            "may_invite": asked.may_invite,
            "reason": asked.reason,
            "invited_by_label": asked.invited_by_label,
            "created_at": asked.created_at.isoformat(),
            "expires_at": asked.expires_at.isoformat(),
        }
        for asked in waiting.order_by("created_at", "pk")
    ]


def people_loaded(bank: FoodBank, manifest: Manifest) -> None:
    """Give the bank's people their roles again; those that are held stay as they are."""
    for said in manifest.people:
        user = person_ensure(email=said["email"], full_name=said["full_name"], language=said["language"])
        hat = {"user": user, "bank": bank, "role": said["role"], "partner_id": said["partner_id"]}
        ended = _moment(said["ended_at"])
        if not Membership.objects.filter(**hat, ended_at=ended).exists():
            Membership.objects.create(
                **hat,
                may_invite=said.get("may_invite", False),
                created_at=dt.datetime.fromisoformat(said["created_at"]),
                ended_at=ended,
                seen_on=dt.date.fromisoformat(said["seen_on"]) if said.get("seen_on") else None,
            )


def invitations_loaded(bank: FoodBank, manifest: Manifest) -> None:
    """Bring back who is invited and has not answered; whoever has a role or an invitation is left alone."""
    for said in manifest.invitations:
        waiting = Invitation.objects.filter(bank=bank, email=said["email"], accepted_at=None, revoked_at=None)
        works_here = Membership.objects.filter(bank=bank, user__email=said["email"], ended_at=None)
        if not waiting.exists() and not works_here.exists():
            times = {name: _moment(said[name]) for name in ("created_at", "expires_at")}
            Invitation.objects.create(bank=bank, **said | times)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
