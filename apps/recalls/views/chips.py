"""States of a recall as chips."""

from apps.kernel.display import Chip, Tone
from apps.recalls.models import RecallCase, RecallMatch, RecallReach
from apps.recalls.states import SETTLED, TO_TELEPHONE, CaseState, MatchState, ReachState

MATCH_TONES = {MatchState.TO_CHECK: Tone.WARN, MatchState.OURS: Tone.DANGER}


def case_chip(case: RecallCase) -> Chip:
    """Return the state of a case."""
    return Chip(case.get_state_display(), Tone.DANGER if case.state == CaseState.OPEN else Tone.NEUTRAL)


def match_chip(match: RecallMatch) -> Chip:
    """Return what holds for a lot."""
    return Chip(match.get_state_display(), MATCH_TONES.get(MatchState(match.state), Tone.NEUTRAL))


def reach_chip(reach: RecallReach) -> Chip:
    """Return where a partner stands."""
    if reach.is_to_telephone:
        return Chip(TO_TELEPHONE, Tone.DANGER)
    return Chip(reach.get_state_display(), Tone.OK if reach.state in SETTLED else Tone.WARN)


def is_waiting(reach: RecallReach) -> bool:
    """Tell whether the bank still waits for a partner."""
    return ReachState(reach.state) not in SETTLED
