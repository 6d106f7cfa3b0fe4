"""What happens to people, told to whoever must act later."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInvited(Errand):
    """Somebody was invited, or is to be reminded: the letter is due.

    ``scheme`` and ``port`` are those of the page it was asked on; the host is the bank's own.
    """

    invitation_id: UUID
    scheme: str
    port: str
