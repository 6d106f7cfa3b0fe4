"""The signed link by which a partner answers a recall without signing in: it opens one page."""

from typing import Final

from apps.kernel.signing import NotSigned, signed, unsigned
from apps.recalls.models import RecallReach
from apps.recalls.states import CaseState

ANSWER: Final = "recalls.answer"


def link_word(reach: RecallReach) -> str:
    """Return the signed word of the link by which a partner answers without signing in."""
    return signed([str(reach.pk), reach.link_version], purpose=ANSWER)


def link_reach(word: str) -> RecallReach | None:
    """Return what a word of this bank opens; ``None`` when it is false or the case is closed."""
    try:
        pk, version = unsigned(word, purpose=ANSWER)
    except (NotSigned, ValueError, TypeError):
        return None
    told = RecallReach.objects.filter(pk=pk, link_version=version, case__state=CaseState.OPEN)
    return told.select_related("case", "partner").first()
