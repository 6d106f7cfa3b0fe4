"""The identities from outside that open a person's account: listed, and taken away."""

from allauth.socialaccount.models import SocialAccount
from django.db.models import QuerySet

from tenants.accounts.models import User


def identities_of(user: User) -> QuerySet[SocialAccount]:
    """Return the identities that sign a person in, the one linked last first."""
    found: QuerySet[SocialAccount] = SocialAccount.objects.filter(user=user)
    return found.order_by("-date_joined", "-pk")


def identities_remove(*, user: User) -> bool:
    """Let no identity from outside open a person's account any more; tells whether one did.

    Whoever comes through the issuer later with the person's verified address is linked anew, and the person
    is told by e-mail.
    """
    _number, removed = identities_of(user).delete()
    return removed.get(SocialAccount._meta.label, 0) > 0
