"""The background jobs of the style guide: one in every state, invented."""

import datetime as dt
from typing import Any, Final

from apps.delivery.jobs import NOTES_OF_DAY
from apps.kernel import clock
from apps.kernel.jobs.running import BROKEN
from apps.kernel.jobs.states import JobState
from apps.kernel.models import Job
from apps.kernel.pages import Action
from collecto.jobs import Progress, ReadyFile

TOTAL: Final = 120
PART: Final = 50
STOP: Final = Action(label="Stop the job", url="#", icon="circle-x")
AGAIN: Final = Action(label="Try again", url="#", icon="rotate-cw")
SAMPLES: Final[tuple[tuple[JobState, int, list[Action]], ...]] = (
    (JobState.QUEUED, 0, [STOP]),
    (JobState.RUNNING, PART, [STOP]),
    (JobState.FAILED, PART, [AGAIN]),
    (JobState.CANCELLED, PART, [AGAIN]),
    (JobState.DONE, TOTAL, []),
)


def sample_jobs() -> list[dict[str, Any]]:
    """Return a job in every state, with what can be done with it."""
    return [{"progress": _progress(state, done), "actions": actions} for state, done, actions in SAMPLES]


def _progress(state: JobState, done: int) -> Progress:
    now = clock.now()
    began = now - dt.timedelta(seconds=8)
    is_over = state not in (JobState.QUEUED, JobState.RUNNING)
    job = Job(
        kind=NOTES_OF_DAY.code,
        asked_by_label="Inès Morel",
        created_at=began - dt.timedelta(seconds=2),
        state=state,
        done=done,
        total=TOTAL,
        started_at=None if state == JobState.QUEUED else began,
        ended_at=now if is_over else None,
        message_code=BROKEN if state == JobState.FAILED else "",
    )
    return Progress(
        job=job,
        heading="Delivery notes of 3 March",
        counted=NOTES_OF_DAY.counted(done, TOTAL),
        files=[_file(start) for start in range(0, done, PART)],
        now=now,
    )


def _file(start: int) -> ReadyFile:
    name = f"delivery-notes-2026-03-03-{start + 1:03d}-{min(start + PART, TOTAL):03d}.pdf"
    return ReadyFile(name=name, url="#", size_bytes=1_240_000)
