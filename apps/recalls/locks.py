"""Row locks of the stage. Order of locks: the case, then lots; orders are never locked here."""

from uuid import UUID

from apps.recalls.errors import CaseClosed
from apps.recalls.models import RecallCase


def case_locked(case_id: UUID, *, is_open: bool = True) -> RecallCase:
    """Return a case as it stands now, held until the end of the transaction.

    Raises:
        CaseClosed: it is closed, and the act needs an open one.
    """
    case = RecallCase.objects.select_for_update(of=("self",)).get(pk=case_id)
    if is_open and not case.is_open:
        raise CaseClosed(case=case.number)
    return case
