"""The signed link by which a known donor declares food without typing who and where again.

It opens the declaration form for one donor and nothing else, for half a year, until it is revoked:
mail scanners open links, so a link never signs anybody in and opening one changes nothing.
"""

from typing import Final

from django.core import signing

from tenants.network.models import DonorAccount

SALT: Final = "collecto.network.declare"
VALID_SECONDS: Final = 180 * 24 * 3600


def declaration_word(account: DonorAccount) -> str:
    """Return the word of the link that opens the declaration form of a donor."""
    return signing.dumps([str(account.pk), account.link_version], salt=SALT)


def account_behind(word: str) -> DonorAccount | None:
    """Return the donor a word was signed for, ``None`` when it is false, too old or revoked."""
    try:
        pk, version = signing.loads(word, salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return None
    return DonorAccount.objects.filter(pk=pk, link_version=version).first()
