"""The signed link by which a known donor declares food without typing who and where again.

It opens the declaration form for one donor and nothing else, until its day or until it is revoked: mail
scanners open links, so a link never signs anybody in and opening one changes nothing. What is signed is the
donor's number and the link's; the rest stands in the account, so that a day or a word of the bank ends it.
"""

from enum import StrEnum
from typing import Final

from django.conf import settings
from django.urls import reverse

from apps.kernel import clock
from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.accounts.addresses import Entry
from tenants.crossing import Purpose, in_platform
from tenants.network.models import DonorAccount

DECLARE: Final = "network.declare"
GIVEN: Final = "network.given"


class LinkState(StrEnum):
    """Where the declaration link of a donor stands."""

    NONE = "none"
    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


def link_state(account: DonorAccount | None) -> LinkState:
    """Return where the link of a donor stands now; a file without an account has none."""
    if account is None or account.link_expires_at is None:
        return LinkState.NONE
    if account.link_revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.GOOD if account.link_expires_at > clock.now() else LinkState.EXPIRED


def is_good(account: DonorAccount | None) -> bool:
    """Tell whether the link of a donor opens the form now."""
    return link_state(account) is LinkState.GOOD


def declaration_word(account: DonorAccount) -> str:
    """Return a word of the link of a donor; it opens the form while the link is good."""
    with in_platform(Purpose.REQUEST):
        return signed([str(account.pk), account.link_version], purpose=DECLARE)


def declaration_address(account: DonorAccount, entry: Entry) -> str:
    """Return the whole address of the link of a donor, on the public site."""
    path = reverse(
        "network_offer_declare", args=[declaration_word(account)], urlconf=settings.PUBLIC_SCHEMA_URLCONF
    )
    return entry.address(None, path)


def given_word(account: DonorAccount) -> str:
    """Return a word that opens what a donor gave so far and offers every week, while its link is good.

    Another than that of the declaration, which banks hand out and hang on walls: this one only leaves in
    letters to the address of the account.
    """
    with in_platform(Purpose.REQUEST):
        return signed([str(account.pk), account.link_version], purpose=GIVEN)


def given_address(account: DonorAccount, entry: Entry) -> str:
    """Return the address of what a donor gave so far, on the public site."""
    path = reverse("network_given", args=[given_word(account)], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    return entry.address(None, path)


def account_behind(word: str, *, purpose: str = DECLARE) -> DonorAccount | None:
    """Return the donor a word was signed for; ``None`` when it is false, too old, replaced or revoked."""
    with in_platform(Purpose.REQUEST):
        try:
            pk, version = unsigned(word, purpose=purpose)
        except NotSigned:
            return None
        account = DonorAccount.objects.filter(pk=pk, link_version=version).first()
    return account if is_good(account) else None
