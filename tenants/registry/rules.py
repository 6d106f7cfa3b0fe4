"""Rules of the sub-domain of a bank: what is a name, what is reserved, what looks like another name."""

import re
from enum import StrEnum
from typing import Final

LONGEST: Final = 40
_PLATFORM = "www collecto api admin public static media assets cdn platform operator operateur federation"
_PEOPLE = "support help aide status statut docs doc blog app login compte account accounts auth sso oauth"
_NETWORK = "mail smtp imap pop mx ns ns1 ns2 dns ftp vpn ssh localhost autoconfig autodiscover wpad security"
_OTHERS = "abuse postmaster hostmaster webmaster root owner postgres erased demo test staging dev preprod"
RESERVED: Final = frozenset(f"{_PLATFORM} {_PEOPLE} {_NETWORK} {_OTHERS} billing pay stripe".split())
"""Names that the platform keeps for itself, or that mean something to mail, browsers and networks."""

_NAME: Final = re.compile(r"[a-z](?:[a-z0-9]|-(?!-)){0,38}[a-z0-9]")
_LOOKALIKES: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))


class NameProblem(StrEnum):
    """Why a sub-domain cannot be used."""

    MALFORMED = "slug_malformed"
    RESERVED = "slug_reserved"


def name_problem(slug: str) -> NameProblem | None:
    """Return what is wrong with a sub-domain by itself: two to 40 letters, digits and single hyphens."""
    if len(slug) > LONGEST or not _NAME.fullmatch(slug):
        return NameProblem.MALFORMED
    if slug in RESERVED or skeleton(slug) in _RESERVED_SKELETONS:
        return NameProblem.RESERVED
    return None


def skeleton(slug: str) -> str:
    """Return what a hurried eye reads: two names with one skeleton are confusable."""
    text = slug.replace("-", "")
    for seen, read in _LOOKALIKES:
        text = text.replace(seen, read)
    return text


_RESERVED_SKELETONS: Final = frozenset(map(skeleton, RESERVED))
