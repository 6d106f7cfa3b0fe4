"""The signed link by which a known donor declares food without typing who and where again.

It opens the declaration form for one donor and nothing else, for half a year, until it is revoked:
mail scanners open links, so a link never signs anybody in and opening one changes nothing.
"""

from typing import Final

from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.crossing import Purpose, in_platform
from tenants.network.models import DonorAccount

DECLARE: Final = "network.declare"
VALID_SECONDS: Final = 180 * 24 * 3600


def declaration_word(account: DonorAccount) -> str:
    """Return the word of the link that opens the declaration form of a donor."""
    with in_platform(Purpose.REQUEST):
        return signed([str(account.pk), account.link_version], purpose=DECLARE)


def account_behind(word: str) -> DonorAccount | None:
    """Return the donor a word was signed for, ``None`` when it is false, too old or revoked."""
    with in_platform(Purpose.REQUEST):
        try:
            pk, version = unsigned(word, purpose=DECLARE, max_age=VALID_SECONDS)
        except NotSigned:
            return None
        return DonorAccount.objects.filter(pk=pk, link_version=version).first()
