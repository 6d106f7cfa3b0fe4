"""What happens on the network, told to whoever must act later."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAsked(Errand):
    """A letter with a declaration link is due: of one donor, for a bank; of every donor with this address.

    ``account_id`` is ``None`` when somebody asked for their own link by typing an address, known or not.
    ``scheme`` and ``port`` are those of the page it was asked on; the host is that of the public site.
    """

    email: str
    account_id: UUID | None
    scheme: str
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPublished(Errand):
    """A donor has offered food on a page: the letter with the way to follow it is due.

    ``scheme`` and ``port`` are those of the page; ``language`` is what the donor read there. ``is_weekly``:
    it was offered by itself, as every week.
    """

    offer_id: UUID
    scheme: str
    port: str
    language: str
    is_weekly: bool = False
