"""The state of a picking list as a chip."""

from apps.delivery.models import PickingList
from apps.delivery.states import PickingStatus
from apps.kernel.display import Chip, Tone

TONES = {
    PickingStatus.TO_PICK: Tone.WARN,
    PickingStatus.PICKED: Tone.OK,
    PickingStatus.CANCELLED: Tone.DANGER,
}


def status_chip(picking: PickingList) -> Chip:
    """Return the state of a picking list as a chip."""
    return Chip(picking.get_status_display(), TONES.get(PickingStatus(picking.status), Tone.NEUTRAL))
