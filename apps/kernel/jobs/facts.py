"""What a job says has happened."""

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.facts import Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAdvanced(Errand):
    """So many items of a job are done, and more are left: the next part can begin.

    Told again, or by two, it has one part done: the one that begins at ``done``.
    """

    job_id: UUID
    done: int
