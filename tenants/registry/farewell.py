"""People of a bank that is erased: who wears a hat nowhere else loses the name and the address.

The account stays as a number, so that what others wrote about its acts still refers to something.
"""

from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet

from tenants.accounts.models import Membership, User
from tenants.accounts.signing_in.models import SignInEvent

NOWHERE: Final = "erased.invalid"
"""Domain of the addresses that nobody has any more."""


def people_leaving(bank_id: UUID) -> QuerySet[User]:
    """Return the people whose hats, present and past, were all in this bank; operators never leave."""
    return _people_of(bank_id).exclude(_elsewhere(bank_id))


def people_staying(bank_id: UUID) -> QuerySet[User]:
    """Return the people of this bank who wear or wore a hat elsewhere, and the operators among them."""
    return _people_of(bank_id).filter(_elsewhere(bank_id))


def people_made_nameless(bank_id: UUID) -> list[UUID]:
    """Take name, address and access from the people who leave with a bank; returns their numbers.

    The caller holds the owner's transaction; nobody gives them another hat before it ends.
    """
    locked = [person.pk for person in _people_of(bank_id).select_for_update().order_by("pk")]
    leaving = list(people_leaving(bank_id).filter(pk__in=locked).order_by("pk"))
    EmailAddress.objects.filter(user__in=leaving).delete()
    for person in leaving:
        person.email = f"erased-{person.pk.hex}@{NOWHERE}"
        person.full_name = person.language = ""
        person.is_active, person.last_login = False, None
        person.password = make_password(None)
    fields = ["email", "full_name", "language", "is_active", "last_login", "password"]
    SignInEvent.objects.filter(user__in=leaving).update(changes={})
    User.objects.bulk_update(leaving, fields, batch_size=500)
    return [person.pk for person in leaving]


def people_still_named(numbers: list[UUID]) -> int:
    """Return how many of these people still have a name or an address."""
    named = User.objects.filter(pk__in=numbers).exclude(email__endswith=f"@{NOWHERE}", full_name="")
    addresses: int = EmailAddress.objects.filter(user_id__in=numbers).count()
    return named.count() + addresses


def _people_of(bank_id: UUID) -> QuerySet[User]:
    return User.objects.filter(pk__in=Membership.objects.filter(bank_id=bank_id).values("user_id"))


def _elsewhere(bank_id: UUID) -> Q:
    others = Membership.objects.exclude(bank_id=bank_id).values("user_id")
    return Q(pk__in=others) | Q(is_staff=True) | Q(is_superuser=True)
